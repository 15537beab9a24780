"""What GitHub's services and actions refuse, after their sources and documentation.

Each function raises RefusedError with words of the original. tests/test_limits.py gives each a
fault, and compares with the code of the actions where that is at hand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

# Inputs of each action at the version that is pinned here (action.yml).
INPUTS = {
    "actions/checkout": {"ref", "repository", "path", "fetch-depth", "persist-credentials"},
    "actions/setup-python": {"python-version", "allow-prereleases", "cache"},
    "actions/cache": {"path", "key", "restore-keys", "fail-on-cache-miss", "lookup-only"},
    "actions/upload-artifact": {
        "name",
        "path",
        "if-no-files-found",
        "retention-days",
        "compression-level",
        "overwrite",
        "include-hidden-files",
    },
    "actions/download-artifact": {"name", "path", "run-id", "github-token", "repository"},
    "actions/upload-pages-artifact": {"name", "path", "retention-days", "include-hidden-files"},
    "actions/deploy-pages": {"token", "timeout", "artifact_name"},
    "actions/attest-build-provenance": {"subject-path", "subject-checksums", "show-summary"},
    "pypa/gh-action-pypi-publish": {"packages-dir", "attestations"},
}
REQUIRED = {"actions/cache": {"path", "key"}, "actions/upload-artifact": {"path"}}

# What the token of a job must be allowed to do for an action.
RIGHTS = {
    "actions/checkout": {"contents": "read"},
    "actions/deploy-pages": {"pages": "write", "id-token": "write"},
    "actions/attest-build-provenance": {"id-token": "write", "attestations": "write"},
    "pypa/gh-action-pypi-publish": {"id-token": "write"},
}

MOST_SUBJECTS = 1024
MOST_OF_A_SUMMARY = 1024 * 1024
MOST_OF_OUTPUTS = 1024 * 1024
MOST_ARTIFACTS = 500

_IN_NO_PATH = re.compile('[":<>|*?\r\n]')
_IN_NO_NAME = re.compile('[":<>|*?\r\n\\\\/]')


class RefusedError(Exception):
    """What the real part would fail with."""


def inputs(action: str, given: Collection[str]) -> None:
    """Those that an action has, and all that it requires (an unknown one is only a warning)."""
    unknown = set(given) - INPUTS[action]
    if unknown:
        raise RefusedError(f"Unexpected input(s) {sorted(unknown)} of {action}")
    for name in sorted(REQUIRED.get(action, set()) - set(given)):
        raise RefusedError(f"Input required and not supplied: {name}")


def rights(what: str, wanted: Mapping[str, str], have: Mapping[str, str]) -> None:
    """Those that a job gives its token; `write` includes `read`."""
    for name, right in wanted.items():
        if have.get(name) not in (right, "write"):
            raise RefusedError(f"{what}: Resource not accessible by integration ({name}: {right})")


def cache(given: Mapping[str, str]) -> None:
    """Keys of actions/cache: at most ten, none with a comma or of more than 512 characters."""
    if not given["path"].split():
        raise RefusedError("Path Validation Error: At least one directory or file path is required")
    keys = [given["key"], *given.get("restore-keys", "").split("\n")]
    keys = [key.strip() for key in keys if key.strip()]
    if len(keys) > 10:
        raise RefusedError("Key Validation Error: Keys are limited to a maximum of 10.")
    for key in keys:
        if len(key) > 512:
            raise RefusedError(f"Key Validation Error: {key} cannot be larger than 512 characters.")
        if "," in key:
            raise RefusedError(f"Key Validation Error: {key} cannot contain commas.")


def artifact(name: str, there: Collection[str], paths: Iterable[str]) -> None:
    """An artifact's name, once in a run, and the paths of the files in it."""
    if not name:
        raise RefusedError("Provided artifact name input during validation is empty")
    if _IN_NO_NAME.search(name):
        raise RefusedError(f"The artifact name is not valid: {name}")
    if name in there:
        raise RefusedError(
            "Conflict: an artifact with this name already exists on the workflow run"
        )
    if len(there) >= MOST_ARTIFACTS:
        raise RefusedError(f"a job has at most {MOST_ARTIFACTS} artifacts")
    for path in paths:
        if _IN_NO_PATH.search(path):
            raise RefusedError(f"The path for one of the files in artifact is not valid: {path}")


def visible(folder: Path) -> list[Path]:
    """The files that an upload takes: none that is hidden, or in a hidden folder."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def environment(name: str, ref: str, default_branch: str, kind: str) -> None:
    """GitHub makes the environment github-pages with the default branch as the only one."""
    if name == "github-pages" and (kind, ref) != ("branch", default_branch):
        raise RefusedError(
            f'{kind.capitalize()} "{ref}" is not allowed to deploy to github-pages due to'
            " environment protection rules."
        )


def pages(environment: str, artifacts: Collection[str], *, enabled: bool) -> None:
    """What actions/deploy-pages needs: an environment, Pages, and one artifact of this run."""
    if not environment:
        raise RefusedError(
            "Missing environment. Ensure your workflow's deployment job has an environment"
        )
    if not enabled:
        raise RefusedError(
            "Failed to create deployment (status: 404). Ensure GitHub Pages has been enabled"
        )
    if "github-pages" not in artifacts:
        raise RefusedError('No artifacts named "github-pages" were found for this workflow run.')


def subjects(found: Collection[str], pattern: str, *, public: bool) -> None:
    """What is attested: something, not too much, and in a public repository."""
    if not found:
        raise RefusedError(f"Could not find subject at path {pattern}")
    if len(found) > MOST_SUBJECTS:
        raise RefusedError(
            f"Too many subjects specified. The maximum number of subjects is {MOST_SUBJECTS}."
        )
    if not public:
        raise RefusedError(
            "Failed to persist attestation: Feature not available for private repositories"
        )


def outputs(text: str) -> dict[str, str]:
    """What a step wrote into $GITHUB_OUTPUT: `name=value`, or `name<<END`, lines and END."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, separator, value = line.partition("=")
        before, begins, end = line.partition("<<")
        if begins and len(before) < len(name):
            inside = []
            for inner in lines:
                if inner == end:
                    break
                inside.append(inner)
            else:
                raise RefusedError(f"Invalid value. Matching delimiter not found '{end}'")
            found[before] = "\n".join(inside)
        elif separator and name:
            found[name] = value
        elif line:
            raise RefusedError(
                f"Unable to process file command 'output' successfully. Invalid format '{line}'"
            )
    return found


def job_outputs(found: Mapping[str, str]) -> None:
    """At most 1 MB for a job, in UTF-16 as GitHub counts."""
    if sum(len(value.encode("utf-16-le")) for value in found.values()) > MOST_OF_OUTPUTS:
        raise RefusedError("Outputs of a job can be a maximum of 1 MB")


def summary(size: int) -> None:
    """What one step adds to the summary."""
    if size > MOST_OF_A_SUMMARY:
        raise RefusedError(
            "$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k"
        )


def python(version: str) -> None:
    """A version of Python that setup-python has; 3.10 without quotes is 3.1."""
    if version not in ("3.11", "3.12", "3.13", "3.14"):
        raise RefusedError(f"The version '{version}' with architecture 'x64' was not found")
