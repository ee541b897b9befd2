"""From what a person typed to the URI of a store. What arrives here is hostile."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tracker.artifacts import Artifacts
from tracker.artifacts.local import LocalArtifacts
from tracker.errors import InvalidValue, NotFound, StoreError
from tracker.locate import FOLDER
from tracker.remote.address import is_remote, parse, without_secrets
from tracker.store.headers import SQLITE, header_of
from tracker.store.mlflow_db.connection import is_mlflow_database
from tracker.store.mlruns.layout import USUAL_NAME, holds_experiments
from tracker.store.opening import DATABASE, database_path

LONGEST = 4096
MLFLOW_DATABASE = "mlflow.db"
"""The name that MLflow itself gives its database."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):")


@dataclass(frozen=True, slots=True)
class Place:
    """The folder that Jupyter serves, and whether stores beyond it, and servers, may be opened."""

    root: Path
    beyond: bool
    allow_hidden: bool = False

    def holds(self, path: Path) -> bool:
        """Whether a file lies in the root once links are followed, and is not hidden there."""
        real_root = Path(os.path.realpath(self.root))
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(real_root):
            return False
        parts = real.relative_to(real_root).parts
        return self.allow_hidden or not any(
            part.startswith(".") and part != FOLDER for part in parts
        )


def store_at(location: str, place: Place) -> str:
    """Return the URI of the store at a path or URL, as it was given where that is a server's.

    Raises InvalidValue, NotFound, StoreError; no message repeats a password.
    """
    text = location.strip().strip("\"'")
    if not text or len(text) > LONGEST or "\0" in text:
        raise InvalidValue(
            "Give the path of an mlruns folder, an mlflow.db or a project with runs, or the URL of "
            "a tracking server."
        )
    if is_remote(text):
        if not place.beyond:
            raise _beyond("a tracking server")
        parse(text)
        return text
    path = _path(text, place)
    if not place.beyond and not place.holds(path):
        raise _beyond(text)
    try:
        uri = _store_in(path) if path.is_dir() else _store_of_file(path)
    except PermissionError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    except OSError as error:
        raise InvalidValue(f"{text[:80]!r} cannot be opened: {error.strerror}.") from error
    if not may_use(uri, place):  # what a folder holds may be a link
        raise _beyond(text)
    return uri


def may_use(uri: str, place: Place) -> bool:
    """Whether a store that was opened once may be used in this place."""
    if place.beyond:
        return True
    return not is_remote(uri) and place.holds(database_path(uri))


def check_artifacts(artifacts: Artifacts, store_uri: str, place: Place) -> None:
    """Refuse files of a run that lead out of a place that does not allow that.

    Whoever may only put files into the root could otherwise make a store whose runs say that their
    files are anywhere. Raises InvalidValue.
    """
    if place.beyond:
        return
    is_local = isinstance(artifacts, LocalArtifacts)
    folder = Path(os.path.realpath(artifacts.uri))
    own = database_path(store_uri).parent
    if not is_local or not (place.holds(folder) or folder.is_relative_to(own)):
        raise _beyond(f"files of runs at {without_secrets(artifacts.uri)[:200]}")


def _path(text: str, place: Place) -> Path:
    scheme = _SCHEME.match(text)
    if scheme is not None and scheme[1].lower() not in ("sqlite", "file"):
        raise InvalidValue(
            f"Stores of the kind {scheme[1]}: cannot be opened. Give a path, or the http:// or "
            "https:// URL of the tracking server in front of it."
        )
    if scheme is not None:
        found = database_path(text)
        return found.parent if scheme[1].lower() == "file" else found
    given = Path(text)
    try:
        given = given.expanduser() if place.beyond else given
    except RuntimeError as error:
        raise NotFound(f"There is nobody called {given.parts[0]!r} here.") from error
    return Path(os.path.realpath(Path(place.root) / given))


def _store_in(folder: Path) -> str:
    """Return the one store that a folder is or holds."""
    if (folder / DATABASE).is_file():
        return str(folder)
    if holds_experiments(folder):
        return str(folder)
    found = stores_right_in(folder)
    if len(found) == 1:
        return found[0][0]
    if found:
        names = ", ".join(sorted(shown for _, shown in found))
        raise InvalidValue(f"{folder} holds several stores: {names}. Open one of them.")
    if folder.name == USUAL_NAME:
        raise NotFound(
            f"There are no runs in {folder}. Where it holds only files of runs, the runs are in a "
            f"database beside it: open its {MLFLOW_DATABASE}."
        )
    raise NotFound(
        f"There is no store in {folder}: neither {FOLDER} nor {USUAL_NAME} nor {MLFLOW_DATABASE}."
    )


def stores_right_in(folder: Path) -> list[tuple[str, str]]:
    """Return URI and name of the stores that lie right in a folder."""
    found = []
    if (folder / FOLDER / DATABASE).is_file():
        found.append((str(folder / FOLDER), FOLDER))
    database = folder / MLFLOW_DATABASE
    if database.is_file() and is_mlflow_database(database):
        found.append((f"sqlite:///{database.as_posix()}", MLFLOW_DATABASE))
    if holds_experiments(folder / USUAL_NAME):
        found.append((str(folder / USUAL_NAME), USUAL_NAME))
    return found


def _store_of_file(path: Path) -> str:
    if not path.exists():
        raise NotFound(f"There is nothing at {path}.")
    if path.name == DATABASE:
        return str(path.parent)
    try:
        is_database = path.is_file() and header_of(path, len(SQLITE)) == SQLITE
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    if not is_database:
        raise InvalidValue(
            f"{path.name} is no store. Open an {USUAL_NAME} folder, an {MLFLOW_DATABASE}, or a "
            f"folder with a {FOLDER} in it."
        )
    return f"sqlite:///{path.as_posix()}"


def _beyond(what: str) -> InvalidValue:
    return InvalidValue(
        f"This Jupyter server does not let you open {what}: only stores in the folder that it "
        "serves. Its owner can allow more with c.TrackerServer.open_beyond_root = True."
    )
