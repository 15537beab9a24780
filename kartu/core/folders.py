"""kartu's own folders in the user's home, where each system has them."""

from __future__ import annotations

import os
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
