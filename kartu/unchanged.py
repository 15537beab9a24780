"""A build with nothing to do: all that it would read and write is as the last build left it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from typing import NamedTuple

from kartu import cache as kept
from kartu.core.model import MANIFEST, PackageInfo

# The folders of a project that a build reads.
_READ = ("cards", "templates")


class LastBuild(NamedTuple):
    """What is kept in `path` of the last build of some decks of the project in `root` into `out`.

    `inputs` is a hash of all that this build reads, `seen` one of the times of these files, and
    `digests` holds a hash of each by its path.
    """

    path: Path
    root: Path
    out: Path
    inputs: str
    seen: str
    digests: dict[str, str]

    def packages(self) -> list[PackageInfo] | None:
        """What the manifest says of the packages, where this build would write the same again.

        A draft keeps the time at which it was first built. None where anything differs.
        """
        last = kept.read(self.path)
        if last is None or last["inputs"] != self.inputs:
            return None
        packages = [PackageInfo(**one) for one in last["packages"]]
        files = {one.file: one.sha256 for one in packages}
        files[MANIFEST] = last["manifest"]
        same = all(_digest(self.out / name) == digest for name, digest in files.items())
        return packages if same else None

    def stands(self) -> bool:
        """Whether no file was written since this build began."""
        return _seen(self.root) == self.seen

    def keep(self, packages: list[PackageInfo]) -> None:
        """Keeps that this build wrote these packages."""
        manifest = _digest(self.out / MANIFEST)
        entries = [one._asdict() for one in packages]
        kept.write(self.path, {"inputs": self.inputs, "packages": entries, "manifest": manifest})


def last_build(
    folder: Path, root: Path, out: Path, decks: tuple[str, ...], time: str
) -> LastBuild | None:
    """The last build, if `folder` holds one; `time` is SOURCE_DATE_EPOCH.

    None where the project holds links or what cannot be read, or where a deck extends another one,
    which may lie anywhere in the project.
    """
    options = (os.path.realpath(out), decks, time)
    digests = {}
    try:
        seen = _seen(root)
        for path, full in _files(root):
            with open(full, "rb") as file:
                if path.endswith("/deck.yaml") and b"extends" in file.read():
                    return None
                file.seek(0)
                digests[path] = file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
    told = repr((options, list(digests.items()))).encode("utf-8", "surrogatepass")
    inputs = sha256(told).hexdigest()
    return LastBuild(kept.path_for(folder, root, "build"), root, out, inputs, seen, digests)


def _seen(root: Path) -> str:
    """A hash of when each file was changed last; OSError as `_files`."""
    digest = sha256()
    for path, full in _files(root):
        there = os.stat(full)
        times = f"\0{there.st_size}\0{there.st_mtime_ns}\0{there.st_ctime_ns}\0"
        digest.update(os.fsencode(path) + times.encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[tuple[str, str]]:
    """The path of each file that a build reads, in the project and whole; OSError for a link."""
    waiting = [(name, os.path.join(root, name)) for name in _READ]
    while waiting:
        path, full = waiting.pop()
        if os.path.islink(full):
            raise OSError(f"{path} is a link")
        if os.path.isdir(full):
            names = sorted(os.listdir(full))
            waiting += [(f"{path}/{name}", os.path.join(full, name)) for name in names]
        else:
            yield path, full


def _digest(path: Path) -> str:
    """Its sha256, empty where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
