"""Runs a workflow of GitHub Actions here: its jobs in order, its `run:` steps in bash.

What others made (`uses:`) is replaced by stand-ins; composite actions of the repository are run
step by step. Of expressions it knows names, texts, ==, !=, &&, ||, ! and a few functions: an
unknown one is an error, so that nothing is taken for tried which was not.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from support import limits
from support.limits import RefusedError
from support.served import Execute, in_processes

Context = dict[str, Any]

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(==|!=|&&|\|\||[!(),])|([A-Za-z_][\w.-]*))")


class Step(NamedTuple):
    """What was done: its output as a log shows it, and how long it took in seconds."""

    job: str
    name: str
    outcome: str
    output: str
    seconds: float


class Place(NamedTuple):
    """Where a job runs: `workspace` holds the checkout, `temp` is the runner's own.

    `rights` are those of its token, `environment` is the one that it names.
    """

    job: str
    workspace: Path
    temp: Path
    summary: Path
    rights: Mapping[str, str]
    environment: str


StandIn = Callable[[Place, dict[str, str], Context], dict[str, str]]


class Runner:
    """Runs workflows of a repository; `steps` is all that was done, in order."""

    def __init__(
        self,
        folder: Path,
        stand_ins: Mapping[str, StandIn],
        github: Mapping[str, str],
        env: Mapping[str, str],
        guard: Callable[[Place], None] = lambda place: None,
        execute: Execute = in_processes,
    ) -> None:
        self.folder = folder
        self.execute = execute
        self.guard = guard
        self.stand_ins = stand_ins
        self.github = dict(github)
        self.env = dict(env)
        self.steps: list[Step] = []
        self.failed = False

    def run(self, workflow: Path, only: str = "", inputs: Mapping[str, str] | None = None) -> None:
        """Every job after those that it needs; one whose needs failed is skipped.

        Of `only` one job, with those that it needs; `inputs` are those with which a workflow is
        started by hand.
        """
        content = yaml.load(workflow.read_text("utf-8"), yaml.BaseLoader)
        given = started(content, inputs)
        jobs = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]
        results: Context = {}
        chosen = _with_needs(only, jobs) if only else {*jobs}
        for name, job in jobs.items():  # in the files here a job is below those it needs
            needs = _needs(job)
            context: Context = {"github": self.github, "needs": results, "inputs": given}
            context["succeeded"] = True
            wanted = name in chosen and evaluate(str(job.get("if", "true")), context)
            if not wanted or any(results[one]["result"] != "success" for one in needs):
                results[name] = {"result": "skipped", "outputs": {}}
                continue
            results[name] = self._job(name, job, context)
            self.failed |= results[name]["result"] != "success"

    def output(self, name: str) -> str:
        """What the steps of this name said."""
        return "".join(step.output for step in self.steps if step.name == name)

    @property
    def summary(self) -> str:
        return "".join(path.read_text("utf-8") for path in sorted(self.folder.glob("*/summary.md")))

    def _job(self, name: str, job: dict[str, Any], context: Context) -> Context:
        home = self.folder / name
        environment = job.get("environment", "")
        environment = environment["name"] if isinstance(environment, dict) else environment
        place = Place(
            name,
            home / "work",
            home / "temp",
            home / "summary.md",
            job.get("permissions", {}),
            environment,
        )
        place.workspace.mkdir(parents=True)
        place.temp.mkdir()
        matrix = job.get("strategy", {}).get("matrix", {})
        first = {key: values[0] for key, values in matrix.items() if key != "include"}
        context |= {"runner": {"os": "Linux", "temp": str(place.temp)}, "matrix": first}
        context |= {"steps": {}, "workspace": place.workspace}
        context["shell"] = job.get("defaults", {}).get("run", {}).get("shell")
        env = {**self.env, **strings(job.get("env", {}), context)}
        outputs: dict[str, str] = {}
        try:
            self.guard(place)
            succeeded = self._sequence(job["steps"], place, context, env)
            outputs = strings(job.get("outputs", {}), context)
            limits.job_outputs(outputs)
        except RefusedError as error:
            self.steps.append(Step(name, name, "failure", f"{error}\n", 0))
            succeeded = False
        return {"result": "success" if succeeded else "failure", "outputs": outputs}

    def _sequence(
        self, steps: list[dict[str, Any]], place: Place, context: Context, env: Mapping[str, str]
    ) -> bool:
        succeeded = True
        for step in steps:
            context["succeeded"] = succeeded
            condition = str(step.get("if", "success()"))
            guarded = any(word in condition for word in ("always()", "success()", "failure()"))
            if not evaluate(condition, context) or not (succeeded or guarded):
                continue
            succeeded &= self._step(step, place, context, env)
        return succeeded

    def _step(
        self, step: dict[str, Any], place: Place, context: Context, env: Mapping[str, str]
    ) -> bool:
        env = {**env, **strings(step.get("env", {}), context)}
        if "uses" in step:
            done, outputs = self._uses(step, place, context, env)
        else:
            done, outputs = self._bash(step, place, context, env)
        if "id" in step:
            context["steps"][step["id"]] = {"outputs": outputs}
        return done

    def _uses(
        self, step: dict[str, Any], place: Place, context: Context, env: Mapping[str, str]
    ) -> tuple[bool, dict[str, str]]:
        named = step["uses"]
        given = strings(step.get("with", {}), context)
        if named.startswith(("./", "$/")):
            return self._composite(place.workspace / named[2:], given, place, context, env)
        begun, output, outputs, outcome = time.monotonic(), "", {}, "success"
        action = named.partition("@")[0]
        try:
            limits.inputs(action, given)
            limits.rights(action, limits.RIGHTS.get(action, {}), place.rights)
            outputs = self.stand_ins[action](place, given, context)
        except RefusedError as error:
            output, outcome = f"{error}\n", "failure"
        self.steps.append(Step(place.job, named, outcome, output, time.monotonic() - begun))
        return outcome == "success", outputs

    def _composite(
        self,
        folder: Path,
        given: dict[str, str],
        place: Place,
        context: Context,
        env: Mapping[str, str],
    ) -> tuple[bool, dict[str, str]]:
        action = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
        declared = action["inputs"]
        assert given.keys() <= declared.keys(), "an input that the action does not have"
        usual = {key: one.get("default", "") for key, one in declared.items()}
        inner = {
            **context,
            "github": {**context["github"], "action_path": str(folder)},
            "inputs": {**strings(usual, context), **given},
            "steps": {},
        }
        steps = action["runs"]["steps"]
        assert all("shell" in one for one in steps if "run" in one), "a composite action names it"
        done = self._sequence(steps, place, inner, env)
        outputs = {key: one["value"] for key, one in action["outputs"].items()}
        return done, strings(outputs, inner)

    def _bash(
        self, step: dict[str, Any], place: Place, context: Context, env: Mapping[str, str]
    ) -> tuple[bool, dict[str, str]]:
        assert "${{" not in step["run"], "values reach a script by env: alone"
        script, outputs = place.temp / "script.sh", place.temp / "outputs"
        script.write_text(step["run"], "utf-8")
        outputs.write_text("")
        env = {
            **env,
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(place.summary),
            "GITHUB_WORKSPACE": str(place.workspace),
            "RUNNER_TEMP": str(place.temp),
            "HOSTED_RIGHTS": json.dumps(dict(place.rights)),
        }
        before = place.summary.stat().st_size if place.summary.exists() else 0
        shell = step.get("shell", context.get("shell"))
        options = ["-eo", "pipefail"] if shell == "bash" else ["-e"]
        folder = place.workspace / evaluated(step.get("working-directory", "."), context)
        begun = time.monotonic()
        done = self.execute(["bash", "--noprofile", "--norc", *options, str(script)], folder, env)
        output, found, failed = done.stdout, {}, bool(done.returncode)
        try:
            found = limits.outputs(outputs.read_text("utf-8"))
            after = place.summary.stat().st_size if place.summary.exists() else 0
            limits.summary(after - before)
        except RefusedError as error:
            output, failed = f"{output}{error}\n", True
        outcome = "failure" if failed else "success"
        name = step.get("name", step["run"].strip())
        self.steps.append(Step(place.job, name, outcome, output, time.monotonic() - begun))
        return not failed, found


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else list(needs)


def _with_needs(name: str, jobs: Mapping[str, Any]) -> set[str]:
    """A job and those that it needs."""
    return {name}.union(*(_with_needs(one, jobs) for one in _needs(jobs[name])))


def started(content: dict[str, Any], given: Mapping[str, str] | None) -> dict[str, str]:
    """The inputs of a workflow that is started by hand, with their defaults."""
    events = content["on"]
    if given is None:
        return {}
    if "workflow_dispatch" not in events:
        raise RefusedError("Workflow does not have 'workflow_dispatch' trigger")
    declared = (events["workflow_dispatch"] or {}).get("inputs", {})
    if unexpected := set(given) - set(declared):
        raise RefusedError(f"Unexpected inputs provided: {sorted(unexpected)}")
    for name, one in declared.items():
        if one.get("required") == "true" and name not in given:
            raise RefusedError(f"Required input '{name}' not provided")
    return {**{name: one.get("default", "") for name, one in declared.items()}, **given}


def strings(values: Mapping[str, Any], context: Context) -> dict[str, str]:
    """Values of YAML as the texts that they are in an environment."""
    return {key: evaluated(value, context) for key, value in values.items()}


def evaluated(value: Any, context: Context) -> str:
    """A value with its `${{ }}` replaced."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return _EXPRESSION.sub(lambda found: _shown(evaluate(found[1], context)), text)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def evaluate(text: str, context: Context) -> Any:
    """The value of an expression, with or without `${{ }}` around it."""
    whole = _EXPRESSION.fullmatch(text.strip())
    text = whole[1].strip() if whole else text.strip()
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found, f"what does {text!r} mean?"
        tokens.append(found[0].strip())
        at = found.end()
    return _Expression(tokens, context).either()


class _Expression:
    def __init__(self, tokens: list[str], context: Context) -> None:
        self.tokens = tokens
        self.context = context

    def either(self) -> Any:
        value = self.both()
        while self.taken("||"):
            other = self.both()
            value = value or other
        return value

    def both(self) -> Any:
        value = self.equal()
        while self.taken("&&"):
            other = self.equal()
            value = value and other
        return value

    def equal(self) -> Any:
        value = self.one()
        if self.taken("=="):
            return value == self.one()
        return value != self.one() if self.taken("!=") else value

    def one(self) -> Any:
        if self.taken("!"):
            return not self.one()
        if self.taken("("):
            value = self.either()
            assert self.taken(")")
            return value
        token = self.tokens.pop(0)
        if token in ("true", "false"):
            return token == "true"
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        return self.function(token) if self.taken("(") else self.named(token)

    def taken(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False

    def named(self, token: str) -> Any:
        value: Any = self.context
        for part in token.split("."):
            assert isinstance(value, Mapping), token
            if part not in value:
                assert token.startswith(("steps.", "needs.")), f"unknown: {token}"
                return ""  # of a step that did not run
            value = value[part]
        return value

    def function(self, name: str) -> Any:
        arguments = []
        while not self.taken(")"):
            arguments.append(self.either())
            self.taken(",")
        known: dict[str, Callable[..., Any]] = {
            "always": lambda: True,
            "success": lambda: self.context["succeeded"],
            "failure": lambda: not self.context["succeeded"],
            "hashFiles": lambda *patterns: hash_of(self.context["workspace"], patterns),
        }
        return known[name](*arguments)


def hash_of(workspace: Path, patterns: tuple[str, ...]) -> str:
    """A digest of the files that match, or nothing where there is none."""
    found = {path for one in patterns for path in workspace.glob(one) if path.is_file()}
    found |= {inner for one in patterns for path in workspace.glob(one.removesuffix("/**"))
              if one.endswith("/**") for inner in path.rglob("*") if inner.is_file()}  # fmt: skip
    if not found:
        return ""
    return sha256(
        b"".join(sha256(path.read_bytes()).digest() for path in sorted(found))
    ).hexdigest()


def clean_environment() -> dict[str, str]:
    """This one without what would tell kartu or git something of here."""
    left_out = ("GITHUB_", "KARTU", "GIT_", "SOURCE_DATE_EPOCH", "PYTHONPATH")
    return {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
