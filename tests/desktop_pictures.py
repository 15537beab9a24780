"""Photographs the import window of Anki's desktop, in Indonesian, when an update comes.

    PYTHON tests/desktop_pictures.py OLD.apkg NEW.apkg FOLDER

PYTHON is that of an environment of its own with `pip install "aqt[qt]==26.9.3"`; the collection is
a new one in a temporary folder, and no screen is needed.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SIZE = (620, 520)
READY = "document.querySelector('button') && document.fonts.status !== 'loading'"
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
PRESS = "document.querySelector('button.primary').click()"
DONE = "!document.querySelector('button.primary') && document.querySelectorAll('table').length > 0"


def main(old: Path, new: Path, folder: Path) -> None:
    """Runs the app until both pictures are taken."""
    base = tempfile.mkdtemp()
    os.environ |= {
        "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu",
        "ANKI_SINGLE_INSTANCE_KEY": base,
    }
    _profile(base)
    import aqt

    app = aqt._run(["anki", "-b", base, "-p", "Siswa", "-l", "id"], exec=False)
    steps = _steps(aqt, old, new, folder)
    timer = aqt.qt.QTimer()
    waiting: list[Callable[[], Any]] = []

    def tick() -> None:
        if waiting and not waiting[0]():
            return
        waiting[:] = [next(steps)]

    timer.timeout.connect(tick)
    timer.start(50)
    aqt.qt.QTimer.singleShot(120_000, lambda: os._exit(1))
    app.exec()
    shutil.rmtree(base, ignore_errors=True)


def _profile(base: str) -> None:
    """One that asks nothing and calls nobody."""
    import anki.lang
    from aqt.profiles import ProfileManager, VideoDriver

    anki.lang.set_lang("id")
    profiles = ProfileManager(ProfileManager.get_created_base_folder(base))
    profiles.setupMeta()
    profiles.setLang("id")
    profiles.create("Siswa")
    profiles.load("Siswa")
    profiles.meta.update(firstRun=False, check_for_updates=False, theme=1)
    profiles.profile.update(autoSync=False, syncMedia=False, syncKey=None)
    profiles.save()
    profiles.set_video_driver(VideoDriver.Software)
    profiles.db.close()


def _steps(aqt: Any, old: Path, new: Path, folder: Path) -> Iterator[Callable[[], Any]]:
    """Each step is what to wait for before the next one."""
    from anki.collection import ImportAnkiPackageOptions, ImportAnkiPackageRequest
    from aqt.import_export.import_dialog import ImportDialog

    yield lambda: aqt.mw and aqt.mw.col and aqt.mw.state == "deckBrowser"
    request = ImportAnkiPackageRequest(package_path=str(old), options=ImportAnkiPackageOptions())
    aqt.mw.col.import_anki_package(request)
    aqt.mw.handleImport(str(new.resolve()))
    yield lambda: isinstance(aqt.mw.app.activeModalWidget(), ImportDialog)
    window = aqt.mw.app.activeModalWidget()
    window.resize(*SIZE)
    yield _true(window.web, READY)
    window.web.eval(OPEN)
    yield _soon()
    window.grab().save(str(folder / "siswa-impor.webp"), "webp", 70)
    window.web.eval(PRESS)
    yield _true(window.web, DONE)
    yield _soon()
    window.grab().save(str(folder / "siswa-ringkasan.webp"), "webp", 70)
    os._exit(0)


def _soon() -> Callable[[], bool]:
    """A second from now: everything is painted."""
    until = time.monotonic() + 1
    return lambda: time.monotonic() > until


def _true(web: Any, expression: str) -> Callable[[], bool]:
    """That something has become true on the page."""
    answers: list[Any] = []

    def look() -> bool:
        web.evalWithCallback(f"!!({expression})", answers.append)
        return any(answers)

    return look


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
