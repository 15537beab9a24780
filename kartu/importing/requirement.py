"""What a project writes into requirements.txt, so that pip installs this kartu from where it came.

A package that is only named could be anybody's. Nothing here opens a connection: what pip noted of
the installation (PEP 610), and in a checkout what git knows of its remotes, has to do.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname

from kartu.core.language import _
from kartu.core.version import __version__

_WITH_EXTRAS = "kartu[sheets,verify]"
_PACKAGE = Path(__file__).parent.parent

# An address as git takes it besides URLs: user@host:path.
_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+\.[\w-]+):(?!//)(.+)")


class Requirement(NamedTuple):
    """A line for pip; where it is not known, `example` of one and the `reason` why not."""

    line: str
    example: str = ""
    reason: str = ""


def requirement() -> Requirement:
    """What installs this kartu with all that a project needs; never a path of this computer."""
    noted = _noted()
    if noted is None:
        return Requirement(f"{_WITH_EXTRAS}=={__version__}")
    folder = noted.get("dir_info") is not None
    return of_checkout(_path(noted["url"])) if folder else of_noted(noted)


def of_noted(noted: Mapping[str, Any]) -> Requirement:
    """Of what pip noted of a repository (`vcs_info`) or a file (`archive_info`)."""
    address = https(noted["url"])
    if "vcs_info" in noted:
        commit = noted["vcs_info"]["commit_id"]
        below = f"#subdirectory={noted['subdirectory']}" if "subdirectory" in noted else ""
        return _of_repository(address, commit, below)
    archive = noted.get("archive_info", {})
    digest = archive.get("hashes", {}).get("sha256") or archive.get("hash", "").partition("=")[2]
    if address and digest:
        return Requirement(f"{_WITH_EXTRAS} @ {address}#sha256={digest}")
    name = os.path.basename(urlsplit(noted["url"]).path)
    return Requirement(
        "",
        f"{_WITH_EXTRAS} @ https://<where it is>/{name}#sha256={digest or '<its sha256>'}",
        _("it was installed from a file on this computer"),
    )


def https(url: str) -> str:
    """An address of the web without user and password, or nothing."""
    found = _SCP.fullmatch(url)
    if found and "://" not in url:
        return f"https://{found[1]}/{found[2].lstrip('/')}"
    parts = urlsplit(url.removeprefix("git+"))
    if not parts.hostname or parts.scheme not in ("https", "ssh", "git"):
        return ""
    port = f":{parts.port}" if parts.port and parts.scheme == "https" else ""
    return urlunsplit(("https", parts.hostname + port, parts.path, parts.query, ""))


def _noted() -> Mapping[str, Any] | None:
    """What pip noted of where kartu came from; None where that was an index.

    A kartu that runs without being installed came from the folder that it is in.
    """
    folder = {"url": _PACKAGE.parent.absolute().as_uri(), "dir_info": {}}
    try:
        installed = distribution("kartu")
    except PackageNotFoundError:
        return folder
    if not os.path.samefile(_PACKAGE, str(installed.locate_file("kartu"))):
        return folder
    text = installed.read_text("direct_url.json")
    found: Mapping[str, Any] | None = json.loads(text) if text else None
    return found


def _path(url: str) -> str:
    return url2pathname(urlsplit(url).path)


def _of_repository(address: str, commit: str, below: str = "") -> Requirement:
    if address:
        return Requirement(f"{_WITH_EXTRAS} @ git+{address}@{commit}{below}")
    example = f"{_WITH_EXTRAS} @ git+https://<host>/<owner>/<repository>@{commit}"
    return Requirement("", example, _("its repository has no web address"))


def of_checkout(folder: str) -> Requirement:
    """The commit of a checkout and a remote's address, where the remote has that commit."""
    example = f"{_WITH_EXTRAS} @ git+https://<host>/<owner>/<repository>@<commit>"
    top = _git(folder, "rev-parse", "--show-toplevel")
    if not top or not os.path.samefile(top, folder):
        return Requirement("", example, _("it is in a folder on this computer"))
    commit = _git(folder, "rev-parse", "HEAD")
    if _git(folder, "status", "--porcelain"):
        return Requirement("", example, _("its checkout has changes that are not committed"))
    for name in _git(folder, "branch", "-r", "--contains", commit, "--format=%(refname)").split():
        address = https(_git(folder, "remote", "get-url", name.split("/")[2]))
        if address:
            return _of_repository(address, commit)
    reason = _("no remote on the web has its commit {commit}", commit=commit[:12])
    return Requirement("", example, reason)


def _git(folder: str, *arguments: str) -> str:
    """What git prints; nothing where it fails or is not there."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.strip()
