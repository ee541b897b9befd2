"""Files of the active run: logged as files and folders, or made from text, dicts and figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tracker.artifacts import Artifacts, artifact_path
from tracker.artifacts.base import read_chunks
from tracker.artifacts.paths import artifact_file
from tracker.errors import InvalidValue, NotFound
from tracker.tracking.target import Target

if TYPE_CHECKING:
    import yaml

ARTIFACTS = "artifacts"


def log_artifact(
    local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy a file into the run's artifacts, below the folder `artifact_path` where one is given.

    A folder is copied with its name. Raises NotFound where there is nothing at `local_path`,
    InvalidValue.
    """
    source = Path(local_path)
    if source.is_dir():
        put_folder(Target.of(run_id), source, _below(artifact_path, source.resolve().name))
    else:
        _require(source.exists(), f"There is no file or folder {source} to log")
        run = Target.of(run_id)
        path = artifact_file(_below(artifact_path, source.name))
        with run.tolerated(ARTIFACTS, is_known=False):
            run.artifacts().put_file(source, path)


def log_artifacts(
    local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Copy what a folder holds into the run's artifacts, below `artifact_path` where given.

    Raises NotFound where there is no such folder, InvalidValue.
    """
    source = Path(local_dir)
    _require(source.is_dir(), f"There is no folder {source} to log")
    put_folder(Target.of(run_id), source, artifact_path or "")


def put_folder(run: Target, source: Path, below: str) -> None:
    """Copy every file below `source` into a run's artifacts; each that fails is lost alone."""
    for file in _files_below(source):
        path = artifact_file(_below(below, file.relative_to(source).as_posix()))
        with run.tolerated(ARTIFACTS, is_known=False):
            run.artifacts().put_file(file, path)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its folders; links to folders are not followed."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        elif entry.is_file():
            yield entry


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Keep text as an artifact, in UTF-8. Raises InvalidValue."""
    if not isinstance(text, str):
        raise InvalidValue(f"log_text keeps text, not {type(text).__name__}.")
    put_bytes(Target.of(run_id), artifact_file, text.encode("utf-8", "surrogatepass"))


def log_dict(dictionary: object, artifact_file: str, run_id: str | None = None) -> None:
    """Keep a dict or list as an artifact: YAML where the name ends in .yml or .yaml, else JSON.

    What neither format can hold is kept as its text.
    """
    is_yaml = artifact_file.endswith((".yml", ".yaml"))
    text = _yaml(dictionary) if is_yaml else json.dumps(dictionary, indent=2, default=str)
    put_bytes(Target.of(run_id), artifact_file, text.encode())


def _yaml(value: object) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes what YAML has no type for as text."""

    def as_text(dumper: yaml.SafeDumper, data: object) -> yaml.Node:
        return dumper.represent_str(str(data))

    Dumper.add_multi_representer(object, as_text)
    return str(yaml.dump(value, Dumper=Dumper, indent=2, default_flow_style=False))


def log_figure(
    figure: object,
    artifact_file: str,
    *,
    save_kwargs: Mapping[str, object] | None = None,
    run_id: str | None = None,
) -> None:
    """Keep a matplotlib or plotly figure as an artifact, in the format the name ends in.

    plotly figures: .html, .json (``.plotly.json`` opens as a live figure in JupyterLab), and the
    image formats where plotly can draw them. Raises InvalidValue for other objects and formats.
    """
    from tracker.tracking.figures import rendered

    put_bytes(Target.of(run_id), artifact_file, rendered(figure, artifact_file, save_kwargs or {}))


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Keep what an open binary file yields as an artifact."""
    put(Target.of(run_id), artifact_file, read_chunks(stream))


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Return where the active run's artifacts are, or one of them. Starts a run where none is."""
    return join_uri(Target.of(None).artifact_uri(), artifact_path)


def join_uri(uri: str, path: str | None) -> str:
    """Return the URI of an artifact below the URI of its run's folder. Raises InvalidValue."""
    plain = artifact_path(path or "")
    return f"{uri}/{plain}" if plain else uri


def put_bytes(run: Target, path: str, content: bytes) -> None:
    """Keep bytes as an artifact of a run."""
    put(run, path, (content,))


def put(run: Target, path: str, chunks: Iterable[bytes]) -> None:
    """Keep bytes that come in pieces as an artifact of a run. Raises InvalidValue (the path)."""
    plain = artifact_file(path)
    with run.tolerated(ARTIFACTS, is_known=False):
        artifacts: Artifacts = run.artifacts()
        artifacts.put(plain, chunks)


def _below(folder: str | None, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _require(is_there: bool, message: str) -> None:
    if not is_there:
        raise NotFound(f"{message} (looked from {Path.cwd()}).")
