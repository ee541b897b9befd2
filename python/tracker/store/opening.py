"""URI -> store. One object for each store and process, however often it is opened."""

from __future__ import annotations

import atexit
import os
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from tracker.errors import InvalidValue, NotFound, StoreError, TrackerError
from tracker.locate import make_store_folder
from tracker.remote.address import is_remote
from tracker.store.base import Store
from tracker.store.headers import header_of

DATABASE = "tracker.db"
"""Name of the file of our own store in its folder."""

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")
_APPLICATION_ID_AT = 68
_opened: dict[tuple[int, Path | str], _Reopenable] = {}
_opening = threading.Lock()


def open_store(uri: str | Path, *, create: bool = True) -> Store:
    """Return the store at a folder or file, made where there is none and told by what lies there.

    A folder is our own store's, or MLflow's if it holds its experiments or is called `mlruns`;
    `sqlite:///path/file.db` is our own database, or one of MLflow's, which is only read. Opening it
    again in the same process returns the same object. With `create=False` nothing is made.
    `http://`, `https://` and `databricks[://profile]` mean a server, which is not asked before it
    has to be. Raises NotFound (nothing there and not to be created), InvalidValue (the URI),
    StoreError, StoreTooNew.
    """
    if isinstance(uri, str) and is_remote(uri):
        return _open_remote(uri)
    path = database_path(uri)
    is_folder = isinstance(uri, Path) or not uri.startswith("sqlite:")
    with _opening:
        if is_folder and not _has_content(path) and _is_mlruns(path.parent):
            return _reopen(path.parent, create, _open_mlruns)
        return _reopen(path, create, _open_file)


T = TypeVar("T", Path, str)


class _Reopenable(Store, Protocol):
    """A store that knows whether what it opened is still there."""

    def is_there(self) -> bool:
        """Whether the path still leads to it."""


def _open_remote(uri: str) -> Store:
    from tracker.remote import address, credentials
    from tracker.store.rest.store import RestStore

    server, user = address.parse(uri)
    if user is not None:
        credentials.remember(server, user)
    with _opening:
        return _reopen(server.uri, True, lambda _, __: RestStore(server).take_up())


def _reopen(place: T, create: bool, open_anew: Callable[[T, bool], _Reopenable]) -> _Reopenable:
    key = (os.getpid(), place)
    found = _opened.get(key)
    if found is not None:
        if found.is_there():
            return found
        found.close()
    _close_those_removed()
    _opened[key] = store = open_anew(place, create)
    return store


def _close_those_removed() -> None:
    """Let go of stores that were removed: who opens many in a long life runs out of files."""
    for key, store in list(_opened.items()):
        pid, place = key
        if pid == os.getpid() and isinstance(place, Path) and _is_removed(place):
            del _opened[key]
            with suppress(TrackerError, OSError):  # whoever still uses it is told then
                store.close()


def _is_removed(path: Path) -> bool:
    """Whether nothing is there for sure; a drive that does not answer for now is no reason."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _open_file(path: Path, create: bool) -> _Reopenable:
    if not _has_content(path):
        if not create:
            raise NotFound(f"There is no store at {path} yet. It is made when a run starts.")
    elif not is_our_own(path):
        from tracker.store.mlflow_db.connection import is_mlflow_database

        if is_mlflow_database(path):
            from tracker.store.mlflow_db.store import MlflowDatabase

            return MlflowDatabase(path)
    from tracker.store.sqlite.store import SqliteStore

    make_store_folder(path.parent)
    return SqliteStore(path)


def _open_mlruns(folder: Path, create: bool) -> _Reopenable:
    from tracker.store.mlruns.layout import holds_experiments
    from tracker.store.mlruns.store import MlrunsStore

    if not create and not holds_experiments(folder):
        raise NotFound(
            f"There are no runs in {folder} yet. Where it holds only artifacts of MLflow's, their "
            "runs are in a database beside it: open sqlite:///path/to/mlflow.db."
        )
    return MlrunsStore(folder)


def _is_mlruns(folder: Path) -> bool:
    from tracker.store.mlruns.layout import is_mlruns

    return is_mlruns(folder)


def is_our_own(path: Path) -> bool:
    """Whether a file says in its header that it is a database of tracker's."""
    from tracker.store.sqlite.schema import APPLICATION_ID

    try:
        header = header_of(path, _APPLICATION_ID_AT + 4)
    except OSError:
        return True  # whose it is cannot be told; opening it says why
    return header[_APPLICATION_ID_AT:] == APPLICATION_ID.to_bytes(4)


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
