"""What lies at a place -> the source that reads it, told by its content and never by guessing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tracker.errors import InvalidValue, NotFound
from tracker.remote.address import is_remote
from tracker.store import open_store
from tracker.store.base import Store
from tracker.store.headers import SQLITE, header_of
from tracker.store.opening import DATABASE
from tracker.transfer.source import Source
from tracker.transfer.storesource import StoreSource, TakeFiles

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


class Found(NamedTuple):
    """Something that can be imported, where it is, and how it is opened."""

    name: str
    path: Path
    open: Callable[[], Source]


def open_source(place: str | Path, *, take: TakeFiles = TakeFiles.OWN) -> Source:
    """Return the source at a folder, file or URI, told by what lies there.

    Raises NotFound, InvalidValue (nothing known there, or several things), StoreError.
    """
    path = _local(place)
    if path is None:
        store = open_store(str(place), create=False)
        return StoreSource(store, _name_of(store), take)
    if not path.exists():
        raise NotFound(f"There is nothing at {path}.")
    found = list(_recognised(path, take))
    if not found:
        raise InvalidValue(
            f"Nothing that can be imported was recognised at {path}. Give the folder of a tracker "
            "store, of mlruns, of an export, of TensorBoard's event files, of wandb or of Aim, or "
            "the file of a database of tracker's, MLflow's or trackio's."
        )
    if len(found) > 1:
        listed = "; ".join(f"{it.name} ({it.path})" for it in found)
        raise InvalidValue(f"There are several things at {path}: {listed}. Give one of them.")
    return found[0].open()


def _local(place: str | Path) -> Path | None:
    """Return the path that is meant, None for what only `open_store` understands."""
    if isinstance(place, Path):
        return place.expanduser().absolute()
    if is_remote(place):
        return None
    scheme = _SCHEME.match(place)
    if scheme is None:
        return Path(place).expanduser().absolute()
    if scheme[1] == "file":
        return Path(unquote(urlsplit(place).path))
    if scheme[1] == "sqlite" and place.startswith("sqlite:///") and len(place) > len("sqlite:///"):
        return Path(place.removeprefix("sqlite:///")).expanduser().absolute()
    return None


def _recognised(path: Path, take: TakeFiles) -> Iterator[Found]:
    """Yield what lies at a path; TensorBoard's files only where there is nothing else."""
    found = list(_files(path, take) if path.is_file() else _folders(path, take))
    yield from found
    if not found:
        yield from _tensorboard(path)


def _files(path: Path, take: TakeFiles) -> Iterator[Found]:
    from tracker.store.mlflow_db.connection import is_mlflow_database
    from tracker.transfer import trackio_files, wandb_files

    if path.suffix == ".wandb":
        yield Found("a run of W&B", path.parent, lambda: wandb_files.open_folder(path.parent))
    elif trackio_files.is_database(path):
        yield Found("a database of trackio's", path, lambda: trackio_files.open_database(path))
    elif is_tracker_database(path) or is_mlflow_database(path):
        yield _store(f"sqlite:///{path.as_posix()}", path, take)


def _folders(path: Path, take: TakeFiles) -> Iterator[Found]:
    from tracker.store.mlruns.layout import holds_experiments
    from tracker.transfer import aim_files, folder, trackio_files, wandb_files

    if folder.is_export(path):
        yield Found("an export of tracker's", path, lambda: folder.FolderSource(path))
        return
    if holds_experiments(path):
        yield _store(path, path, take)
        return
    if is_tracker_database(path / DATABASE):
        yield _store(path, path, take)
    if is_tracker_database(path / ".tracker" / DATABASE):
        yield _store(path / ".tracker", path / ".tracker", take)
    if holds_experiments(path / "mlruns"):
        yield _store(path / "mlruns", path / "mlruns", take)
    if (path / "mlflow.db").is_file():
        yield from _files(path / "mlflow.db", take)
    if wandb_files.is_folder(path):
        yield Found("runs of W&B", path, lambda: wandb_files.open_folder(path))
    if trackio_files.is_folder(path):
        yield Found("databases of trackio's", path, lambda: trackio_files.open_folder(path))
    if aim_files.is_repository(path):
        yield Found("a repository of Aim's", path, lambda: aim_files.open_repository(path))


def _tensorboard(path: Path) -> Iterator[Found]:
    from tracker.transfer import tensorboard_files

    if tensorboard_files.holds_events(path):
        name = "event files of TensorBoard's"
        yield Found(name, path, lambda: tensorboard_files.open_folder(path))


def _store(uri: str | Path, path: Path, take: TakeFiles) -> Found:
    def opened() -> Source:
        store = open_store(uri, create=False)
        return StoreSource(store, _name_of(store), take)

    return Found("a store", path, opened)


def is_tracker_database(path: Path) -> bool:
    """Whether a file says in its header that it is a database of tracker's."""
    from tracker.store.sqlite.schema import APPLICATION_ID

    try:
        start = header_of(path, 72)
    except OSError:
        return False
    return start.startswith(SQLITE) and start[68:] == APPLICATION_ID.to_bytes(4)


_NAMES = {
    "SqliteStore": "the tracker store",
    "MlrunsStore": "MLflow's folder of runs",
    "MlflowDatabase": "MLflow's database",
}


def _name_of(store: Store) -> str:
    return _NAMES.get(type(store).__name__, "the store")
