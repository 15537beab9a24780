"""Card sets and templates of strangers: they neither reach out nor hold up."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.program import Run
from support.projects import write_project

from kartu.pipeline import Options, check
from kartu.report.diagnostics import as_text

FRONT = "--- templates/dasar/maju.front.html\n"
SET = "--- cards/contoh/kartu.yaml\nnote_type: dasar\nnotes:\n"

posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes")


@pytest.mark.parametrize(
    "text",
    [
        FRONT + "{{Depan}}{{" + " " * 5000 + "{",
        FRONT + "{{Depan}}" + "<!--" * 40_000,
        FRONT + "{{Depan}}" + "<script>" * 20_000,
        FRONT + "{{Depan}}" + "{{#Depan}}" * 10_000,
        SET + "  - {id: a, depan: a, belakang: '" + "[sound:" * 20_000 + "'}\n",
        SET + "  - {id: a, depan: a, belakang: '" + "<div>" * 60_000 + "'}\n",
        SET + "  - {id: a, depan: a, belakang: '" + "> " * 60_000 + "'}\n",
        SET + "  - {id: a, depan: a, belakang: '" + "{{c1::" * 20_000 + "'}\n",
        SET + f"  - id: a\n    depan: &a {'x' * 50_000}\n    x-b: [{'*a, ' * 20_000}]\n",
    ],
    ids=lambda text: text[len(FRONT) : len(FRONT) + 30],
)
def test_nothing_holds_kartu_up(kartu: Run, tmp_path: Path, text: str) -> None:
    """Input made to take for ever ends with diagnostics (or none) within the process's limit."""
    done = kartu("--no-cache", "check", cwd=write_project(tmp_path, text))
    assert done.returncode in (0, 1), done.stderr


@posix
def test_what_is_no_file_is_not_read(kartu: Run, tmp_path: Path) -> None:
    """Endless devices and pipes in the project are told, in templates and card sets."""
    root = write_project(tmp_path)
    (root / "templates/_shared/zero.html").symlink_to("/dev/zero")
    os.mkfifo(root / "templates/_shared/pipe.html")
    os.mkfifo(root / "cards/contoh/pipe.yaml")
    done = kartu("check", cwd=root)
    assert done.returncode == 1
    assert "pipe.yaml:1:1: error[file-unreadable]" in done.stdout


@posix
def test_a_link_prepared_in_the_output_folder_is_not_followed(kartu: Run, tmp_path: Path) -> None:
    """Neither temporary names nor build/ itself lead kartu to a file outside."""
    root = write_project(tmp_path / "p")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (root / "build").mkdir()
    for number in range(os.getpid(), os.getpid() + 200):
        (root / f"build/.kartu-{number}-contoh.apkg.tmp").symlink_to(victim)
    (root / "build/contoh.apkg").symlink_to(victim)
    assert kartu("build", cwd=root).returncode == 0
    assert victim.read_text() == "precious"
    assert not (root / "build/contoh.apkg").is_symlink()
    outside = write_project(tmp_path / "q")
    (outside / "build").symlink_to(tmp_path)
    refused = kartu("build", cwd=outside)
    assert (refused.returncode, "leads out of the project" in refused.stderr) == (2, True)


@posix
@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("cards/contoh/pipa.yaml", 1),
        ("cards/contoh/media/pipa.png", 0),
        ("cards/contoh/changelog.md", 0),
        ("templates/dasar/pipa", 0),
        ("build/manifest.json", 0),
        ("build/contoh.apkg", 0),
    ],
)
def test_a_pipe_is_not_waited_for(kartu: Run, tmp_path: Path, place: str, status: int) -> None:
    """A build reads no pipe and no device, wherever one lies."""
    root = write_project(tmp_path)
    (root / place).parent.mkdir(exist_ok=True)
    os.mkfifo(root / place)
    for _ in range(2):
        assert kartu("build", cwd=root).returncode == status
    assert (root / "build/contoh.apkg").exists() == (status == 0)


@posix
def test_a_folder_in_the_way_writes_nothing(kartu: Run, tmp_path: Path) -> None:
    """Where one file of a build cannot be written, none is."""
    root = write_project(tmp_path)
    (root / "build/manifest.json").mkdir(parents=True)
    assert kartu("build", cwd=root).returncode == 2
    assert os.listdir(root / "build") == ["manifest.json"]


@posix
def test_odd_file_names_are_no_fault_of_ours(kartu: Run, tmp_path: Path) -> None:
    """Names that are no text, too long or impossible end in diagnostics."""
    root = write_project(tmp_path, FRONT + '{{Depan}}[[% include "' + "x" * 300 + '/y.html" %]]\n')
    for name in (b"templates/_shared/\xff.html", b"cards/contoh/\xff.txt"):
        with open(os.path.join(os.fsencode(root), name), "w", encoding="utf-8") as file:
            file.write("x")
    done = kartu("check", cwd=root)
    assert done.returncode == 1
    assert "error[template-missing]" in done.stdout
    assert "warning[unexpected-file]" in done.stdout


def test_a_terminal_obeys_no_card_set(tmp_path: Path) -> None:
    """Escape sequences and line breaks of a value are shown, not sent."""
    root = write_project(tmp_path, SET + '  - {id: "x\\e[2J\\n::error::y", depan: a}\n')
    text = as_text(check(Options(root)), str, lambda place: None)
    assert "\x1b" not in text
    assert not any(line.startswith("::") for line in text.splitlines())


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1"])
def test_any_console_can_show_any_source(kartu_process: Run, tmp_path: Path, encoding: str) -> None:
    """What the console's encoding lacks is shown as an escape."""
    root = write_project(tmp_path, SET + "  - {id: A→🙂, depan: a}\n")
    done = kartu_process("check", cwd=root, env={"PYTHONIOENCODING": encoding})
    assert done.returncode == 1
    assert "error[bad-id]" in done.stdout


@posix
@pytest.mark.parametrize("redirect", ["2>&-", ">&-", "<&-"])
def test_a_closed_stream_is_like_none(tmp_path: Path, root: Path, redirect: str) -> None:
    """Without a stream to speak to the exit status still tells the result."""
    write_project(tmp_path)
    command = f"exec {sys.executable} {root / 'build_deck.py'} check {redirect}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_check_looks_only_into_the_project(kartu: Run, tmp_path: Path) -> None:
    """A path outside is wrong use; one that exists in both places means the project's."""
    broken = write_project(tmp_path / "p", SET + "  - {id: A}\n")
    here = write_project(tmp_path / "here")
    assert kartu("-C", broken, "check", "/etc/hostname", cwd=here).returncode == 2
    assert kartu("-C", broken, "check", "cards", cwd=here).returncode == 1


def test_a_deck_that_cannot_be_read_can_be_named(kartu: Run, tmp_path: Path) -> None:
    """`build DECK` tells what is wrong with its deck.yaml."""
    root = write_project(tmp_path, "--- cards/contoh/deck.yaml\nname: [\n")
    done = kartu("build", "contoh", cwd=root)
    assert (done.returncode, "error[yaml-syntax]" in done.stderr) == (1, True)


def test_ids_of_any_length_are_told(kartu: Run, tmp_path: Path) -> None:
    """Numbers that no computer can hold are wrong values, not crashes."""
    digits = "1" * 5000
    root = write_project(
        tmp_path,
        "--- templates/dasar/note_type.yaml\nid: dasar\nname: Dasar\n"
        f"anki: {{id: {digits}, name: x, fields: {{? {digits} : 1}}, cards: {{1: 2}}}}\n"
        "fields: [{key: depan, name: Depan, id: 1}]\ncards: []\n",
    )
    done = kartu("check", "--format", "json", cwd=root)
    assert done.returncode == 1
    assert "bad-value" in {one["code"] for one in json.loads(done.stdout)}


_LIMITED = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
_CALLS = """
import json, sys
from pathlib import Path
from support.program import in_process

done = [in_process(*call, cwd=Path(root)) for root, *call in json.loads(sys.argv[1])]
json.dump([(one.returncode, one.stdout, one.stderr) for one in done], sys.stdout)
"""


def _as_a_user(*calls: tuple[Path, *tuple[str, ...]]) -> list[tuple[int, str, str]]:
    """Status and streams of the program in these folders, with the rights of an ordinary user,
    where root can read and write anything."""
    command = [*(_LIMITED if os.geteuid() == 0 else ()), sys.executable, "-c", _CALLS]
    tests = Path(__file__).parent
    done = subprocess.run(
        [*command, json.dumps(calls, default=str)],
        env={**os.environ, "PYTHONPATH": f"{tests.parent}{os.pathsep}{tests}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return [tuple(one) for one in json.loads(done.stdout)]


@posix
def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Nothing of a project vanishes silently, and nothing else is accused."""
    variant = "--- cards/contoh/i18n/en.yaml\nuid: abcdef0123456789\nname: E\nprefix: E\n"
    folders = ["cards", "cards/contoh", "cards/contoh/i18n", "templates"]
    cases = list(itertools.product(folders, (0o000, 0o444)))
    roots = [
        write_project(
            tmp_path / f"{number}", f"{SET}  - {{id: a, depan: a, belakang: b}}\n{variant}"
        )
        for number in range(len(cases))
    ]
    try:
        for root, (folder, mode) in zip(roots, cases, strict=True):
            (root / folder).chmod(mode)
        found = _as_a_user(*((root, "--no-cache", "check") for root in roots))
    finally:
        for root, (folder, _) in zip(roots, cases, strict=True):
            (root / folder).chmod(0o755)
    for case, (status, out, _) in zip(cases, found, strict=True):
        errors = [line for line in out.splitlines() if "error[" in line]
        place = f"{case[0]}:1:1: error[file-unreadable]"
        assert (status, len(errors), place in out) == (1, 1, True), (case, out)


@posix
def test_a_file_that_is_read_only_stays(kartu: Run, tmp_path: Path) -> None:
    """A release that would replace it does nothing."""
    root = write_project(tmp_path, f"{SET}  - {{id: a, depan: a, belakang: b}}\n")
    deck = root / "cards/contoh/deck.yaml"
    assert kartu("release", cwd=root).returncode == 0
    card_set = root / "cards/contoh/kartu.yaml"
    card_set.write_text(card_set.read_text().replace("belakang: b", "belakang: c"))
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    deck.chmod(0o444)
    ((status, _, said),) = _as_a_user((root, "release"))
    deck.chmod(0o644)
    assert status == 2
    assert "deck.yaml is read-only" in said
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert {path: data for path, data in after.items() if path in before} == before


@pytest.mark.parametrize("name", ["con", "NUL", "aux", "com1", "Lpt9"])
def test_a_deck_with_the_name_of_a_device(kartu: Run, tmp_path: Path, name: str) -> None:
    """No deck can have it; one that is made gets another name, by new and as a file."""
    id = f"{name.lower()}-deck"
    done = kartu("new", name, "--name", name, "--language", "id", "--subject", "A", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / name / "cards" / id / "deck.yaml").is_file()
    deck = tmp_path / name / "cards" / id
    deck.rename(deck.with_name(name.lower()))
    text = deck.with_name(name.lower()) / "deck.yaml"
    text.write_text(text.read_text("utf-8").replace(f"id: {id}", f"id: {name.lower()}"), "utf-8")
    done = kartu("check", cwd=tmp_path / name)
    assert f'error[bad-id]: Windows reserves the name "{name.lower()}"' in done.stdout
