"""Publishing from the page: the plan, a job that proves and writes, and what came of it."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kartu.core.language import _
from kartu.ledger.file import changelog_path
from kartu.load.access import changing
from kartu.load.files import Files
from kartu.package.packages import Package
from kartu.publish.one_file import release_file
from kartu.publish.plan import (
    Planned,
    planned,
    rehearsed,
    student_changes,
    students_packages,
)
from kartu.publish.release import ReleaseOptions, ReleaseResult, release
from kartu.publish.verify import VerifyOptions, verify
from kartu.publish.verify.earlier import is_failure
from kartu.publish.verify.findings import Gate
from kartu.report.diff import markdown
from kartu.show.editor.files import Download
from kartu.show.editor.jobs import Job, job_refusal
from kartu.show.editor.opened import stamps_of
from kartu.show.editor.planning import plan_value
from kartu.show.editor.ways import Accepted, refusals

if TYPE_CHECKING:
    from kartu.show.editor.desk import Desk

_STEPS = ("check", "pack", "prove", "write")
_PACKAGE, _CHANGELOG = "application/octet-stream", "text/markdown; charset=utf-8"


class Publishing:
    """The releases of an open project: what was accepted, and the jobs that publish."""

    def __init__(self, desk: Desk, cache: Path | None) -> None:
        self._desk = desk
        self._cache = cache
        self._accepted: dict[str, Accepted] = {}

    # --- plan -------------------------------------------------------------------------------------

    def plan(self, id: str) -> dict[str, Any]:
        """Returns what a release of a deck would change, and what stops it."""
        options = self._options(id)
        found = planned(options)
        student = student_changes(options, found.family) if found.plan is not None else None
        return self._desk.run(lambda: self._value(id, found, student))

    def accept(self, id: str, **accepted: Any) -> None:
        """Takes down what a teacher accepts of the next release of a deck."""
        self._accepted[id] = self.accepted(id)._replace(**accepted)

    def accepted(self, id: str) -> Accepted:
        """Returns what was accepted of the next release of a deck."""
        return self._accepted.get(id, Accepted())

    def _value(self, id: str, found: Planned, student: Any) -> dict[str, Any]:
        self._desk.refresh()
        deck = self._desk.deck(id)
        session, accepted = self._desk.session, self.accepted(id)
        value: dict[str, Any] = {
            "version": str(deck.version),
            "before": "",
            "step": "none",
            "nothing": False,
            "counts": {},
            "changes": [],
            "outside": [],
        }
        if found.plan is not None:
            value = plan_value(found, student, lambda note: session.title(deck, note) or note)
        value["refusals"] = list(refusals(self._desk, deck, found, accepted))
        return value | {"accepted": accepted._asdict()}

    def _options(self, id: str, message: str = "") -> ReleaseOptions:
        accepted = self.accepted(id)
        one = Files(self._desk.root).one is not None
        return ReleaseOptions(
            self._desk.root,
            () if one else (id,),
            self._cache,
            major=accepted.reason,
            touch_all=accepted.looks,
            message=message,
        )

    # --- jobs -------------------------------------------------------------------------------------

    def publish(self, id: str, message: str) -> str:
        """Begins to publish a deck, and returns the name of the job.

        Raises UsageError while another job is under way.
        """
        self._desk.deck(id)
        work = _Work(self, self._desk, id, self._options(id, message))
        return self._desk.jobs.begin(_STEPS, work.run)

    def published(self, id: str) -> None:
        """Forgets what was accepted: it was for one release."""
        self._accepted.pop(id, None)

    def blocking(self, id: str, found: Planned) -> list[dict[str, Any]]:
        """Returns what stops a release and was not accepted."""

        def refused() -> list[dict[str, Any]]:
            self._desk.refresh()
            deck, accepted = self._desk.deck(id), self.accepted(id)
            every = refusals(self._desk, deck, found, accepted)
            return [one for one in every if not one["accepted"]]

        return self._desk.run(refused)


class _Proof(NamedTuple):
    gates: tuple[Gate, ...]
    harmful: tuple[Gate, ...]

    def value(self) -> dict[str, Any]:
        findings = [
            {"rule": one.rule, "message": one.message, "help": one.help, "note": one.note}
            for gate in self.gates
            for one in gate.findings
        ]
        anki = sorted({gate.anki for gate in self.gates if gate.anki})
        return {
            "ok": not self.harmful,
            "anki": anki,
            "updates": sum(1 for gate in self.gates if gate.old),
            "findings": findings,
        }


class _Work:
    """Publishes a deck: nothing is written before the real engine has imported it."""

    def __init__(
        self, publishing: Publishing, desk: Desk, id: str, options: ReleaseOptions
    ) -> None:
        self._publishing = publishing
        self._desk = desk
        self._id = id
        self._options = options

    def run(self, job: Job) -> None:
        """Takes down in `job` what came of it."""
        root = self._desk.root
        job.begin(0)
        seen = _seen(root)
        found = planned(self._options, job.report)
        job.refusals = self._publishing.blocking(self._id, found)
        if job.refusals or found.plan is None:
            return
        if found.plan.step == "none" and found.plan.before:
            job.refusals = [job_refusal("nothing", _("nothing has changed since the last release"))]
            return
        job.begin(1)
        packages = rehearsed(root, found, job.report)
        job.begin(2)
        proof = self._proof(packages, found, job) if _can_verify() else None
        if proof is not None and proof.harmful:
            job.refusals = list(_of_gates(proof.harmful))
            return
        job.begin(3)
        with changing(root):
            if _seen(root) != seen:
                message = _("the files were changed meanwhile: publish again")
                job.refusals = [job_refusal("changed", message)]
                return
            done = self._release()
            if not done.ok:
                job.refusals = [job_refusal("usage", plan.refused) for plan in done.plans]
                return
            result = self._result(done, proof)
        version = found.plan.after
        self._desk.run(lambda: self._desk.session.keep_release(self._id, version))
        self._desk.refresh()
        self._publishing.published(self._id)
        job.result = result

    def _release(self) -> ReleaseResult:
        if self._options.root.is_file():
            return release_file(self._options, markdown)
        return release(self._options, markdown)

    def _proof(self, packages: Sequence[Package], found: Planned, job: Job) -> _Proof:
        """What the real engine says of the packages, and of updates to them."""
        olds = students_packages(self._options, found.family)
        gates: list[Gate] = []
        with tempfile.TemporaryDirectory(prefix="kartu-publish-") as folder:
            for one in packages:
                path = Path(folder, one.file)
                path.write_bytes(one.content)
                old = olds.get(one.file)
                options = VerifyOptions(path, (old,) if old is not None else ())
                gates += verify(options, job.report).gates
        accepted = bool(self._options.major)
        harmful = (
            gate
            for gate in gates
            if gate.findings and (not (accepted and gate.old) or is_failure(gate))
        )
        return _Proof(tuple(gates), tuple(harmful))

    def _result(self, done: ReleaseResult, proof: _Proof | None) -> dict[str, Any]:
        desk, (plan,) = self._desk, done.plans
        files = []
        for one in done.packages:
            path = done.out / one.file
            file = Download(one.file, _PACKAGE, path)
            token = desk.downloads.token(f"{path} {one.sha256}", file)
            files.append({"name": one.file, "size": one.size, "token": token})
        return {
            "version": plan.after,
            "folder": str(done.out),
            "files": files,
            "changelog": self._changelog(),
            "proof": proof.value() if proof is not None else None,
        }

    def _changelog(self) -> dict[str, Any]:
        """The changelog, and its newest section as text."""
        files, path = Files(self._desk.root), changelog_path(self._desk.deck(self._id))
        full = Path(files.path(path))
        content = full.read_bytes()
        name = f"{self._id}-changelog.md"
        file = Download(name, _CHANGELOG, full, content)
        token = self._desk.downloads.token(f"{path} {hash(content)}", file)
        sections = content.decode().split("\n## ")
        newest = f"## {sections[1].strip()}\n" if len(sections) > 1 else ""
        return {"name": name, "token": token, "text": newest}


def _seen(root: Path) -> dict[str, Any]:
    return dict(stamps_of(Files(root)))


def _can_verify() -> bool:
    return importlib.util.find_spec("anki") is not None


def _of_gates(gates: Sequence[Gate]) -> Iterator[dict[str, Any]]:
    for gate in gates:
        for one in gate.findings:
            yield job_refusal(one.rule, one.message, one.help, one.note.partition(":")[2])
