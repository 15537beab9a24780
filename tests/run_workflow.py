"""Runs a workflow of this repository here, on a clean clone of HEAD, and prints each step's time.

    python tests/run_workflow.py decks.yml [TAG | JOB]

Python, pip and all `run:` steps are real, in an environment made for it; what stands in for GitHub
is documented in tests/support/github_host.py. A TAG is made at HEAD, a JOB is run alone, after
those that it needs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from support.github_host import ROOT, Host, git  # noqa: E402


def main(workflow: str, what: str = "") -> int:
    """Prints the log; 1 where a step failed."""
    with tempfile.TemporaryDirectory(prefix="kartu-workflow-") as folder:
        host = Host(Path(folder, "host"))
        tag = what if "v" in what and "." in what else ""
        git(ROOT, "push", "--quiet", str(host.repository), "HEAD:refs/heads/main")
        if tag:
            git(host.repository, "tag", tag, "main")
        subprocess.run([sys.executable, "-m", "venv", str(Path(folder, "env"))], check=True)
        host.first_on_path = Path(folder, "env/bin")
        only = "" if tag else what
        run = host.run(workflow, tag or "main", real=True, only=only)
        for step in run.steps:
            print(f"== {step.seconds:6.1f} s  {step.job}: {step.name.splitlines()[0]}")
            print("".join(f"     {line}\n" for line in step.output.splitlines()[-12:]), end="")
        print(f"== summary\n{run.summary}")
    return int(run.failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
