"""Reading artifacts by ``runs:/<run id>/<path>``, by URI, or by run and path."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from tracker.artifacts.base import Artifacts, read_chunks, walk
from tracker.artifacts.opening import open_artifacts
from tracker.artifacts.paths import artifact_path, path_inside
from tracker.entities import FileInfo
from tracker.errors import InvalidValue, NotFound

if TYPE_CHECKING:
    from PIL import Image

_RUNS = "runs:/"
_HANDED_OUT = re.compile(r"mlflow-artifacts:/(?!/)(?:.+/)?([0-9a-f]{32})/artifacts(?:/(.*))?")
"""How MLflow's clients, to whom an endpoint hands out the files of our store, call those of a run:
the tracking server in use is meant, and the run's id stands before `artifacts`."""


def artifact_uri_of_run(run_id: str) -> str:
    """Return where the files of a run are. Raises NotFound.

    Which store is asked is decided above this layer, so it is asked through the package's front.
    """
    front = sys.modules[__name__.partition(".")[0]]
    return str(front.get_run(run_id).info.artifact_uri)


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """Return the entries of a folder of artifacts. Raises NotFound where there is no such run."""
    artifacts, path = _found(artifact_uri, run_id, artifact_path)
    return artifacts.list(path)


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | None = None,
    tracking_uri: str | None = None,
) -> str:
    """Copy a file or folder of artifacts to `dst_path` and return where it is then.

    Without `dst_path` a new temporary folder is made, which is the caller's to remove. Raises
    NotFound.
    """
    artifacts, path = _found(artifact_uri, run_id, artifact_path)
    return str(copy_to(artifacts, path, dst_path))


def copy_to(artifacts: Artifacts, path: str, folder: str | Path | None = None) -> Path:
    """Copy a file, or all below a folder, under its path into `folder`; return where it is.

    Raises NotFound where there is neither. A new temporary folder is made where none is given.
    """
    plain = artifact_path(path)
    target = Path(folder) if folder is not None else Path(tempfile.mkdtemp(prefix="tracker-"))
    files = [plain] if plain and artifacts.is_file(plain) else None
    if files is None:
        files = [entry.path for entry in walk(artifacts, plain)]
        if not files and plain:
            raise NotFound(f"There is no artifact '{plain}' at {artifacts.uri}.")
    for name in files:
        _copy_one(artifacts, name, path_inside(target, name))
    return (target / plain).absolute()


def _copy_one(artifacts: Artifacts, name: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with artifacts.open(name) as source, target.open("wb") as copy:
        for chunk in read_chunks(source):
            copy.write(chunk)


def load_text(artifact_uri: str) -> str:
    """Return a text file among the artifacts. Raises NotFound."""
    return _content(artifact_uri).decode()


def load_dict(artifact_uri: str) -> object:
    """Return what a JSON or YAML file among the artifacts holds. Raises NotFound, InvalidValue."""
    text = load_text(artifact_uri)
    if artifact_uri.endswith((".yaml", ".yml")):
        import yaml

        try:
            return yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise InvalidValue(f"{artifact_uri} is not YAML: {error}") from error
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidValue(f"{artifact_uri} is not JSON: {error}") from error


def load_image(artifact_uri: str) -> Image.Image:
    """Return an image file among the artifacts as a PIL image. Raises NotFound, InvalidValue."""
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(BytesIO(_content(artifact_uri)))
        image.load()
    except (UnidentifiedImageError, OSError) as error:
        raise InvalidValue(f"{artifact_uri} is not an image that can be read: {error}") from error
    return image


def _content(artifact_uri: str) -> bytes:
    artifacts, path = _found(artifact_uri, None, None)
    with artifacts.open(path) as file:
        return file.read()


def _found(uri: str | None, run_id: str | None, path: str | None) -> tuple[Artifacts, str]:
    """Return the files and the path in them that the arguments of these functions mean."""
    if (uri is None) == (run_id is None):
        raise InvalidValue("Give exactly one of `artifact_uri` and `run_id`.")
    if run_id is not None:
        return open_artifacts(artifact_uri_of_run(run_id)), artifact_path(path or "")
    assert uri is not None
    if path:
        raise InvalidValue("`artifact_path` belongs to `run_id`; put it into `artifact_uri`.")
    if uri.startswith(_RUNS):
        run_id, _, rest = uri.removeprefix(_RUNS).lstrip("/").partition("/")
        return open_artifacts(artifact_uri_of_run(run_id)), artifact_path(rest)
    if handed_out := _HANDED_OUT.fullmatch(uri):
        run_id, rest = handed_out.groups(default="")
        return open_artifacts(artifact_uri_of_run(run_id)), artifact_path(rest)
    return _split(uri)


def _split(uri: str) -> tuple[Artifacts, str]:
    """Return a URI of a file or folder as the folder it lies in, and its name there."""
    folder, _, name = uri.rstrip("/").rpartition("/")
    if not folder or not name:
        return open_artifacts(uri), ""
    return open_artifacts(folder), PurePosixPath(name).as_posix()
