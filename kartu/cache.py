"""The cache between runs: it saves time and changes no result.

Each file that a build reads is hashed once, and the digest has two uses. Where everything that the
last build read and wrote is unchanged, there is nothing to do; and template results are reused for
the same templates and values. All of it is in the user's cache folder and may be deleted at any
time: a file that is damaged, or was written by different code, counts as missing.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

from kartu.compile.render.results import MOST, Results
from kartu.core.folders import user_folder
from kartu.core.language import _
from kartu.core.model import MANIFEST, PackageInfo
from kartu.core.shipped import SHIPPED, TEMPLATES, is_shipped
from kartu.core.version import __version__
from kartu.load.files import Files

# The folders of a project that a build reads, where no deck extends another one.
_INPUT_FOLDERS = ("cards", TEMPLATES, SHIPPED)

_DAYS_UNUSED = 90


def cache_folder() -> Path | None:
    """kartu's folder in the user's cache directory, or None without a home directory."""
    return user_folder("Caches", os.environ.get("XDG_CACHE_HOME", ""), ".cache")


class Cache:
    """The cache, in `folder`, of runs on the project in `root`; with None nothing is cached.

    Create it before anything of the project is read. A run sets `reads_elsewhere` when it reads
    other folders of the project as well, such as those of an extended deck: which ones is only
    known by reading the sources, so the next run cannot be skipped.
    """

    def __init__(self, folder: Path | None, root: Path) -> None:
        self.reads_elsewhere = False
        self._folder = folder
        self._root = root
        self._inputs = _Inputs(root)
        self._results: dict[tuple[str, ...], _SavedResults] = {}

    def results(self, folders: tuple[str, ...]) -> Results:
        """The results of the templates in these folders of the project."""
        if folders not in self._results:
            self._results[folders] = self._read_results(folders)
        return self._results[folders].results

    def has_results(self) -> bool:
        """Whether an earlier run saved results of the project's templates, valid or not."""
        return self._folder is not None and _path_for(self._folder, self._root, TEMPLATES).exists()

    def save_results(self) -> None:
        """Saves the results that this run used and that are not saved yet."""
        for one in self._results.values():
            if one.path is None or one.results.used.keys() <= one.earlier.keys():
                continue
            if self._inputs.unchanged():
                whole = {**one.earlier, **one.results.used}
                _write(one.path, [one.inputs, whole if len(whole) <= MOST else one.results.used])

    def last_build(self, out: Path, decks: tuple[str, ...], time: str) -> LastBuild | None:
        """The last build of these decks into `out`; `time` is the value of SOURCE_DATE_EPOCH.

        None without a cache, or where the project contains links or unreadable files.
        """
        if self._folder is None:
            return None
        inputs = self._inputs.digest((os.path.realpath(out), decks, time), _INPUT_FOLDERS)
        if not inputs:
            return None
        return LastBuild(_path_for(self._folder, self._root, "build"), out, inputs, self)

    def inputs_unchanged(self) -> bool:
        """Whether this run read only files that were hashed, and none has changed since."""
        return not self.reads_elsewhere and self._inputs.unchanged()

    def _read_results(self, folders: tuple[str, ...]) -> _SavedResults:
        inputs = self._inputs.digest((), folders) if self._folder is not None else ""
        if self._folder is None or not inputs:
            return _SavedResults(Results(), None, inputs, {})
        others = sha256("\0".join(folders).encode()).hexdigest()[:16]
        what = f"{TEMPLATES}-{others}" if folders != (TEMPLATES, SHIPPED) else TEMPLATES
        path = _path_for(self._folder, self._root, what)
        saved = _read(path)
        earlier = saved[1] if saved is not None and saved[0] == inputs else {}
        return _SavedResults(Results(earlier, lasting=True), path, inputs, earlier)


class _SavedResults(NamedTuple):
    """Results, the file they are saved in, a hash of their inputs, and those already saved."""

    results: Results
    path: Path | None
    inputs: str
    earlier: dict[str, Any]


class LastBuild(NamedTuple):
    """The record, in `path`, of the last build into `out`; `inputs` is a hash of all it reads."""

    path: Path
    out: Path
    inputs: str
    cache: Cache

    def packages(self) -> list[PackageInfo] | None:
        """The packages' manifest entries, where this build would write the same files again.

        A draft keeps the time of its first build. None where anything differs.
        """
        last = _read(self.path)
        if last is None or last["inputs"] != self.inputs:
            return None
        packages = [PackageInfo(**one) for one in last["packages"]]
        files = {one.file: one.sha256 for one in packages}
        files[MANIFEST] = last["manifest"]
        same = all(_digest(self.out / name) == digest for name, digest in files.items())
        return packages if same else None

    def save(self, packages: list[PackageInfo]) -> None:
        """Records that these packages were written, where the inputs have not changed since."""
        if self.cache.inputs_unchanged():
            manifest = _digest(self.out / MANIFEST)
            entries = [one._asdict() for one in packages]
            _write(self.path, {"inputs": self.inputs, "packages": entries, "manifest": manifest})


class _Inputs:
    """The files of a project, each folder hashed on first use."""

    def __init__(self, root: Path) -> None:
        self._files = Files(root)
        self._digests: dict[str, dict[str, str]] = {}  # of each folder, by path
        self._times: dict[str, dict[str, str]] = {}

    def digest(self, options: object, folders: tuple[str, ...]) -> str:
        """A hash of the options and of all files in the folders.

        Empty where these contain links, which may point anywhere, or unreadable files.
        """
        try:
            found = [(folder, list(self._of(folder).items())) for folder in folders]
        except OSError:
            return ""
        return sha256(repr((options, found)).encode("utf-8", "surrogatepass")).hexdigest()

    def unchanged(self) -> bool:
        """Whether no file was written, created or deleted since it was hashed."""
        try:
            return all(_times(self._files, one) == times for one, times in self._times.items())
        except OSError:
            return False

    def _of(self, folder: str) -> dict[str, str]:
        if folder not in self._digests:
            self._times[folder] = _times(self._files, folder)
            self._digests[folder] = {
                path: "" if path.endswith("/") else self._hash(path, times)
                for path, times in self._times[folder].items()
            }
        return self._digests[folder]

    def _hash(self, path: str, times: str) -> str:
        file = str(self._files.path(path))
        return _hash_of_shipped(file, times) if is_shipped(path) else _hash_of(file)


def _times(files: Files, top: str) -> dict[str, str]:
    """The size and times of each file in a folder, by path; raises OSError as `_entries` does."""
    return dict(_entries(files, top))


def _entries(files: Files, top: str) -> Iterator[tuple[str, str]]:
    """Each folder, with a trailing slash, and each file with its size and times.

    Nothing for a missing folder.

    Raises:
        OSError: for a link, a device and the like.
    """
    waiting = [top] if os.path.lexists(files.path(top)) else []
    state = os.stat if is_shipped(top) else os.lstat  # installers may make links
    while waiting:
        path = waiting.pop()
        there = state(files.path(path))
        if stat.S_ISDIR(there.st_mode):
            yield f"{path}/", ""
            waiting += [f"{path}/{name}" for name in sorted(os.listdir(files.path(path)))]
        elif stat.S_ISREG(there.st_mode):
            yield path, f"{there.st_size} {there.st_mtime_ns} {there.st_ctime_ns}"
        else:
            raise OSError(_("{path} is neither a file nor a folder", path=path))


def _hash_of(path: str | Path) -> str:
    with open(path, "rb") as file:
        return file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=1000)
def _hash_of_shipped(path: str, times: str) -> str:
    """The hash of a file of the program itself, which nobody changes while it runs."""
    return _hash_of(path)


def _digest(path: Path) -> str:
    """The SHA-256 of a file, empty where it cannot be read."""
    try:
        return _hash_of(path) if path.is_file() else ""
    except OSError:
        return ""


def _path_for(folder: Path, root: Path, what: str) -> Path:
    """The cache file in `folder` for `what` of the project in `root`."""
    project = sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:16]
    return folder / f"{project}-{what}.json"


def _read(path: Path) -> Any:
    """The saved value; None where the file is missing, damaged or of another version."""
    try:
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if sha256(body).hexdigest().encode() != digest:
        return None
    try:
        saved = json.loads(body)
    except ValueError:
        return None
    # Another version of kartu may use another format.
    ours = isinstance(saved, list) and len(saved) == 2 and saved[0] == _code_digest()
    return saved[1] if ours else None


def _write(path: Path, value: Any) -> None:
    """Saves a JSON value atomically; a full disk is ignored."""
    body = json.dumps([_code_digest(), value]).encode()
    temporary = path.with_name(f"{path.name}.{os.urandom(8).hex()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            temporary.write_bytes(sha256(body).hexdigest().encode() + b"\n" + body)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        _delete_old(path.parent)


@cache
def _delete_old(folder: Path) -> None:
    """Deletes the cache files of projects that have not been built for a long time."""
    oldest = time.time() - _DAYS_UNUSED * 86_400
    for entry in os.scandir(folder):
        if entry.stat().st_mtime < oldest:
            os.unlink(entry)


@cache
def _code_digest() -> str:
    """A hash of the running code: of kartu's files by size and time, of libraries by folder."""
    digest = sha256(f"{__version__} {sys.version}".encode())
    for folder in sys.path:
        if folder.endswith("-packages") and os.path.isdir(folder):
            digest.update(f"{folder}\0{os.stat(folder).st_mtime_ns}\0".encode())
    for folder, names, files in os.walk(os.path.dirname(__file__)):
        names.sort()
        for name in sorted(files):
            if not name.endswith(".pyc"):
                there = os.stat(os.path.join(folder, name))
                digest.update(f"{name}\0{there.st_size}\0{there.st_mtime_ns}\0".encode())
    return digest.hexdigest()
