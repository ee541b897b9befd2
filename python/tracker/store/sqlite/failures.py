"""SQLite's errors in words that say what to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from tracker.errors import StoreError

_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full. Free some space; what was stored before is safe.",
    sqlite3.SQLITE_READONLY: "It cannot be written: check the permissions of the file and of its "
    "folder, or set another tracking URI.",
    sqlite3.SQLITE_CANTOPEN: "It cannot be opened: check that the folder exists and that you may "
    "read and write it, or set another tracking URI.",
    sqlite3.SQLITE_PERM: "Permission denied: check who owns the file and its folder.",
    sqlite3.SQLITE_CORRUPT: "The file is damaged. Keep a copy, then recover what is readable with "
    "the sqlite3 shell's command .recover.",
    sqlite3.SQLITE_NOTADB: "The file is not an SQLite database. Set another tracking URI or move "
    "the file away.",
    sqlite3.SQLITE_BUSY: "Another process has been writing to it for minutes. If that one hangs, "
    "end it.",
    sqlite3.SQLITE_IOERR: "The disk or network drive failed to read or write. Check that it is "
    "still mounted and healthy.",
}


def store_error(path: Path, error: sqlite3.Error) -> StoreError:
    """Return our error for SQLite's; the caller raises it `from` the original."""
    code = getattr(error, "sqlite_errorcode", None)
    advice = _ADVICE.get(code & 0xFF, "") if code is not None else ""
    return StoreError(f"The store {path}: {error}. {advice}".rstrip())
