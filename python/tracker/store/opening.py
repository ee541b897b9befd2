"""URI -> store. One object for each store and process, however often it is opened."""

from __future__ import annotations

import atexit
import os
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.locate import make_store_folder
from tracker.store.base import Store

if TYPE_CHECKING:
    from tracker.store.sqlite.store import SqliteStore

DATABASE = "tracker.db"
"""Name of the file of our own store in its folder."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_opened: dict[tuple[int, Path], SqliteStore] = {}
_opening = threading.Lock()


def open_store(uri: str | Path, *, create: bool = True) -> Store:
    """Return the store at a folder or at `sqlite:///path/tracker.db`, made where there is none.

    Opening it again in the same process returns the same object. With `create=False` nothing is
    made. Raises NotFound (nothing there and not to be created), InvalidValue (the URI),
    StoreError, StoreTooNew.
    """
    path = database_path(uri)
    key = (os.getpid(), path)
    with _opening:
        found = _opened.get(key)
        if found is not None:
            if found.is_there():
                return found
            found.close()
        if not _has_content(path):
            _refuse_mlruns(path.parent)
            if not create:
                raise NotFound(f"There is no store at {path} yet. It is made when a run starts.")
        from tracker.store.sqlite.store import SqliteStore

        make_store_folder(path.parent)
        _opened[key] = store = SqliteStore(path)
        return store


def _close_stores() -> None:
    """At the end of the process: points still in journals go into the database."""
    for (pid, _), store in list(_opened.items()):
        if pid == os.getpid():
            store.close()


def _after_fork_in_child() -> None:
    global _opening
    _opening = threading.Lock()


atexit.register(_close_stores)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def database_path(uri: str | Path) -> Path:
    """Return the resolved file of the store that a URI names. Raises InvalidValue, StoreError."""
    if isinstance(uri, Path):
        return _in_folder(uri)
    scheme = _SCHEME.match(uri)
    if scheme is None:
        return _in_folder(Path(uri))
    if scheme[1] == "sqlite":
        return Path(_sqlite_path(uri)).expanduser().resolve()
    if scheme[1] == "file":
        return _in_folder(Path(unquote(urlsplit(uri).path)))
    raise InvalidValue(
        f"Stores of the kind {scheme[1]}: are not supported yet ({uri}). Give a folder, or "
        "sqlite:///path/to/tracker.db."
    )


def _has_content(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StoreError(f"Cannot look for a store at {path}: {error.strerror}.") from error


def _sqlite_path(uri: str) -> str:
    """As in SQLAlchemy's URLs: three slashes before a relative path, four in all with its own."""
    rest = uri.removeprefix("sqlite:")
    if not rest.startswith("///") or len(rest) == 3 or "?" in rest:
        raise InvalidValue(
            f"{uri} does not name a file. Write sqlite:///relative/tracker.db or "
            "sqlite:////absolute/tracker.db."
        )
    return rest[3:]


def _in_folder(folder: Path) -> Path:
    folder = folder.expanduser().resolve()
    if folder.is_file():
        raise StoreError(
            f"{folder} is a file. Give its folder, or sqlite:///{folder.as_posix()} to use it as "
            "the store."
        )
    return folder / DATABASE


def _refuse_mlruns(folder: Path) -> None:
    if any(folder.glob("[0-9]*/meta.yaml")):
        raise StoreError(
            f"{folder} holds runs in MLflow's file layout, which this version cannot open yet. "
            "Give another folder."
        )
