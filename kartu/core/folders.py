"""kartu's own folders in the user's home, where each system has them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path


def user_folder(mac: str, named: str, elsewhere: str) -> Path | None:
    """Returns kartu's folder for one kind of files, None without a home directory.

    Args:
        mac: The folder below ~/Library on macOS; on Windows it is %LOCALAPPDATA%.
        named: The folder that a variable names elsewhere (XDG Base Directory); where it is empty,
            it is `elsewhere` below ~.
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.expanduser(f"~/Library/{mac}")
    else:
        base = named or os.path.expanduser(f"~/{elsewhere}")
    return Path(base) / "kartu" if os.path.isabs(base) else None


def documents_folder() -> Path:
    """Returns the user's folder for documents, as the system names it, or the home directory."""
    found = _of_windows() if sys.platform == "win32" else _of_desktop()
    return next((path for path in (found, Path.home() / "Documents") if path.is_dir()), Path.home())


def _of_desktop() -> Path:
    """Returns the folder that xdg-user-dirs keeps, in the user's language; else a missing one."""
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    try:
        text = Path(config, "user-dirs.dirs").read_text("utf-8", "replace")
    except OSError:
        text = ""
    line = re.search(r'^XDG_DOCUMENTS_DIR="(?:\$HOME/)?(.+)"$', text, re.MULTILINE)
    return Path.home() / (line[1] if line else "Documents")


def _of_windows() -> Path:
    """Returns the folder that the registry names: it may be in OneDrive or on another disk."""
    if sys.platform != "win32":
        return Path.home()
    import winreg

    key = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as folders:
            return Path(os.path.expandvars(winreg.QueryValueEx(folders, "Personal")[0]))
    except OSError:
        return Path.home() / "Documents"
