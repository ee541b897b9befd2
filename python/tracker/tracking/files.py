"""Files made into artifacts of a run: copies of files and folders, text, dicts, figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tracker.artifacts.base import read_chunks
from tracker.artifacts.paths import artifact_file, artifact_path
from tracker.errors import InvalidValue, NotFound
from tracker.tracking.target import Target

if TYPE_CHECKING:
    import yaml

ARTIFACTS = "artifacts"


def keep(run: Target, path: str, chunks: Iterable[bytes]) -> None:
    """Keep bytes that come in pieces as an artifact. Raises InvalidValue (the path)."""
    plain = artifact_file(path)
    with run.store_tolerated(ARTIFACTS):
        run.artifacts().put(plain, chunks)


def keep_file(run: Target, source: str | Path, folder: str | None) -> None:
    """Keep a copy of a file, or of a folder with its name, below `folder`. Raises NotFound."""
    source = Path(source)
    if source.is_dir():
        keep_folder(run, source, _below(folder, source.resolve().name))
        return
    if not source.exists():
        raise _missing(f"file or folder {source}")
    _copy(run, source, _below(folder, source.name))


def keep_folder(run: Target, source: str | Path, below: str | None) -> None:
    """Keep copies of all files of a folder; each that fails is lost alone. Raises NotFound."""
    source = Path(source)
    if not source.is_dir():
        raise _missing(f"folder {source}")
    for file in _files_below(source):
        _copy(run, file, _below(below, file.relative_to(source).as_posix()))


def _copy(run: Target, source: Path, path: str) -> None:
    plain = artifact_file(path)
    with run.store_tolerated(ARTIFACTS):
        run.artifacts().put_file(source, plain)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and its folders; links to folders are not followed."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _files_below(entry)
        elif entry.is_file():
            yield entry


def keep_text(run: Target, text: str, path: str) -> None:
    """Keep text in UTF-8. Raises InvalidValue."""
    if not isinstance(text, str):
        raise InvalidValue(f"log_text keeps text, not {type(text).__name__}.")
    keep(run, path, (text.encode("utf-8", "surrogatepass"),))


def keep_dict(run: Target, value: object, path: str) -> None:
    """Keep a dict or list, as YAML where the name ends in .yml or .yaml, else as JSON."""
    is_yaml = path.endswith((".yml", ".yaml"))
    text = _yaml(value) if is_yaml else json.dumps(value, indent=2, default=str)
    keep(run, path, (text.encode(),))


def _yaml(value: object) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes what YAML has no type for as text."""

    def as_text(dumper: yaml.SafeDumper, data: object) -> yaml.Node:
        return dumper.represent_str(str(data))

    Dumper.add_multi_representer(object, as_text)
    return str(yaml.dump(value, Dumper=Dumper, indent=2, default_flow_style=False))


def keep_figure(
    run: Target, figure: object, path: str, options: Mapping[str, object] | None
) -> None:
    """Keep a figure in the format that its name ends in. Raises InvalidValue."""
    from tracker.tracking.figures import rendered

    keep(run, path, (rendered(figure, path, options or {}),))


def keep_stream(run: Target, stream: BinaryIO, path: str) -> None:
    """Keep what an open binary file yields."""
    keep(run, path, read_chunks(stream))


def join_uri(uri: str, path: str | None) -> str:
    """Return the URI of an artifact below the URI of its run's folder. Raises InvalidValue."""
    plain = artifact_path(path or "")
    return f"{uri}/{plain}" if plain else uri


def _below(folder: str | None, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _missing(what: str) -> NotFound:
    return NotFound(f"There is no {what} to log (looked from {Path.cwd()}).")
