"""Stand-ins for the actions that the workflows use; support/limits says what they refuse."""

from __future__ import annotations

import json
import shutil
import tarfile
from typing import TYPE_CHECKING

from support import limits
from support.limits import RefusedError
from support.workflow import Context, Place, StandIn

if TYPE_CHECKING:
    from support.github_host import Host


class Actions:
    """Those of one run, which has a place for its artefacts."""

    def __init__(self, host: Host, ref: str, run: str) -> None:
        self.host = host
        self.ref = ref
        self.run = run
        self.there = host.folder / "artefacts" / run

    def table(self) -> dict[str, StandIn]:
        return {
            "actions/checkout": self.checkout,
            "actions/setup-python": self.setup_python,
            "actions/cache": self.cache,
            "actions/upload-artifact": self.upload,
            "actions/download-artifact": self.download,
            "actions/upload-pages-artifact": self.upload_pages,
            "actions/deploy-pages": self.deploy,
            "actions/attest-build-provenance": self.attest,
            "pypa/gh-action-pypi-publish": self.publish,
        }

    def stored(self) -> list[str]:
        return sorted(path.name for path in self.there.iterdir())

    def checkout(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        assert given["persist-credentials"] == "false"
        self.host.clone(place.workspace, self.ref)
        return {}

    def setup_python(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        limits.python(given["python-version"])
        return {}

    def cache(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        limits.cache(given)
        return {"cache-hit": "false"}

    def upload(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        source = place.workspace / given["path"]
        files = limits.visible(source) if source.is_dir() else [source] if source.exists() else []
        base = source if source.is_dir() else source.parent
        name = given.get("name", "artifact")
        if not files and given.get("if-no-files-found", "warn") == "error":
            raise RefusedError(f"No files were found with the provided path: {given['path']}")
        limits.artifact(name, self.stored(), (path.relative_to(base).as_posix() for path in files))
        for path in files:
            target = self.there / name / path.relative_to(base)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        self.host.on_upload(self.there / name)
        return {"artifact-url": f"https://contoh.example/{name}"}

    def upload_pages(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        files = limits.visible(place.workspace / given["path"])
        with tarfile.open(place.temp / "artifact.tar", "w", dereference=True) as archive:
            for path in files:
                archive.add(path, path.relative_to(place.workspace / given["path"]).as_posix())
        inner = {"name": "github-pages", "path": str(place.temp / "artifact.tar")}
        return self.upload(place, {**inner, "if-no-files-found": "error"}, context)

    def download(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        other = given.get("run-id", self.run)
        if other != self.run:
            limits.rights("actions/download-artifact", {"actions": "read"}, place.rights)
            assert given["github-token"]
        source = self.host.folder / "artefacts" / other / given["name"]
        if not source.is_dir():
            raise RefusedError(f"Artifact not found for name: {given['name']}")
        shutil.copytree(source, place.workspace / given["path"], dirs_exist_ok=True)
        return {}

    def attest(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        found = sorted(path.name for path in place.workspace.glob(given["subject-path"]))
        limits.subjects(found, given["subject-path"], public=self.host.public)
        self.host.attested += found
        return {}

    def deploy(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        state = json.loads((self.host.folder / "state.json").read_text())
        limits.pages(place.environment, self.stored(), enabled=state["pages"])
        shutil.rmtree(self.host.pages, ignore_errors=True)
        with tarfile.open(self.there / "github-pages/artifact.tar") as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            archive.extractall(self.host.pages)
        return {"page_url": "https://contoh.example/dek/"}

    def publish(self, place: Place, given: dict[str, str], context: Context) -> dict[str, str]:
        found = sorted(path.name for path in (place.workspace / "dist").iterdir())
        if not found or not all(name.endswith((".whl", ".tar.gz")) for name in found):
            raise RefusedError(f"InvalidDistribution: {found}")
        return {}
