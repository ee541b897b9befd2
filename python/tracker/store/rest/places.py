"""Where outboxes are: one folder for each server, in a folder of this user's own.

It is TRACKER_OUTBOX, else where programs keep their state for this user. Not a cache: what lies
here is nowhere else.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from tracker.errors import StoreError

VARIABLE = "TRACKER_OUTBOX"
DATABASE = "outbox.db"


def outboxes_folder() -> Path:
    """Return the folder in which each server's outbox has a folder."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        parent = Path(base) if base else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        parent = Path.home() / "Library" / "Application Support"
    else:
        state = os.environ.get("XDG_STATE_HOME")
        is_usable = state is not None and Path(state).is_absolute()
        parent = Path(str(state)) if is_usable else Path.home() / ".local" / "state"
    return parent / "jupyterlab-tracker" / "outbox"


def outbox_folder(server: str) -> Path:
    """Return the folder of a server's outbox, made where there is none. Raises StoreError."""
    name = hashlib.sha256(server.encode()).hexdigest()[:32]
    try:
        folder = outboxes_folder() / name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise StoreError(
            f"There is no place for what waits to be sent to {server}: {error}. Name a folder in "
            f"{VARIABLE}."
        ) from error
    return folder


def existing_outboxes() -> Iterator[Path]:
    """Yield the folders of outboxes that are there."""
    for path in sorted(outboxes_folder().glob(f"*/{DATABASE}")):
        yield path.parent
