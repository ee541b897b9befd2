"""What people are told of a store: kind, short name, where it lies, whether it takes changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from tracker.errors import TrackerError
from tracker.locate import FOLDER
from tracker.remote.address import is_remote
from tracker.server.rows import shown_uri
from tracker.server.wire import StoreChoiceRow, StoreKind, StoreRow
from tracker.store.base import Store
from tracker.store.mlruns.layout import USUAL_NAME, holds_experiments
from tracker.store.opening import DATABASE, database_path, is_our_own


def store_row(uri: str, store: Store | None, revision: int) -> StoreRow:
    """Return what a list shows of its store, None for one that is not there yet."""
    return {
        "uri": shown_uri(uri),
        "exists": store is not None,
        "revision": revision,
        "name": name_of(uri),
        "kind": kind_of(uri),
        "writable": is_writable(uri),
    }


def choice_row(uri: str, folder: str, root: Path) -> StoreChoiceRow:
    """Return a store to choose; `folder` is what means it on the wire."""
    return {
        "folder": folder,
        "name": name_of(uri),
        "kind": kind_of(uri),
        "place": place_of(uri, root),
        "uri": shown_uri(uri),
    }


def kind_of(uri: str) -> StoreKind:
    """Return the kind of a store as its URI and files tell, without opening it."""
    if is_remote(uri):
        return "server"
    path = _path(uri)
    if path is None or path.name == DATABASE:
        folder = None if path is None else path.parent
        is_mlruns = folder is not None and not cast(Path, path).exists() and _is_mlruns(folder)
        return "mlruns" if is_mlruns else "tracker"
    return "mlflow" if path.exists() and not is_our_own(path) else "tracker"


def is_writable(uri: str) -> bool:
    """Whether runs of the store can be changed, as far as that can be told without trying."""
    kind = kind_of(uri)
    path = _path(uri)
    if kind == "mlflow":
        return False
    if kind == "server" or path is None:
        return True
    target = path.parent if kind == "mlruns" else path
    return not target.exists() or os.access(target, os.W_OK)


def name_of(uri: str) -> str:
    """Return a short name: that of the project whose runs are kept, or the server's address."""
    if is_remote(uri):
        shown = shown_uri(uri)
        return (shown.partition("://")[2] or shown).rstrip("/")
    place = _place(uri)
    if place.name in (FOLDER, USUAL_NAME, "mlflow.db"):
        return place.parent.name or str(place.parent)
    return place.name or str(place)


def place_of(uri: str, root: Path) -> str:
    """Return where a store lies, from the root where it lies below."""
    if is_remote(uri):
        return shown_uri(uri)
    place = _place(uri)
    real_root = Path(os.path.realpath(root))
    if place.is_relative_to(real_root):
        return place.relative_to(real_root).as_posix()
    return str(place)


def _place(uri: str) -> Path:
    """Return the folder or file that people know the store by."""
    path = _path(uri)
    if path is None:
        return Path(uri)
    return path.parent if path.name == DATABASE else path


def _path(uri: str) -> Path | None:
    try:
        return database_path(uri)
    except TrackerError:
        return None


def _is_mlruns(folder: Path) -> bool:
    return folder.name == USUAL_NAME or holds_experiments(folder)
