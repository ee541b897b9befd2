"""What a parameter's value means: a file that must be there, a URI, or just text."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tracker.artifacts import download_artifacts
from tracker.errors import InvalidValue
from tracker.projects.model import Parameter


def resolve(
    parameter: Parameter,
    value: str,
    *,
    folder: Path,
    is_default: bool,
    download_to: Path | None,
) -> str:
    """Return what a value becomes in the command.

    Of type `path`: an absolute path; of something remote, that of a copy in `download_to`, or the
    value itself without it. A relative path is one below the working directory where the user gave
    it and below the project's `folder` where it is a default; each is tried in the other's place
    too. Of type `uri`: itself. Every other type passes unchanged, as in MLflow.

    Raises InvalidValue where there is no such file or no scheme, NotFound and StoreError where the
    download fails.
    """
    if parameter.type == "uri":
        if not _scheme(value):
            raise InvalidValue(f"Expected URI for parameter {parameter.name} but got {value}")
        return value
    if parameter.type != "path" or not value:
        return value
    local = _local_path(value)
    places = [folder, Path.cwd()] if is_default else [Path.cwd(), folder]
    for place in places:
        candidate = place / (value if local is None else local)
        if candidate.exists():
            return str(candidate.absolute())
    if local is not None:
        raise InvalidValue(
            f"Got value {value} for parameter {parameter.name}, but no such file or directory was "
            f"found. Looked in {' and '.join(dict.fromkeys(map(str, places)))}."
        )
    if download_to is None:
        return value
    download_to.mkdir(parents=True, exist_ok=True)
    return download_artifacts(artifact_uri=value, dst_path=str(download_to))


def _local_path(value: str) -> str | None:
    """Return the path that a value names, None where it names something remote."""
    if not _scheme(value):
        return value
    parts = urlsplit(value)
    if parts.scheme == "file" and not parts.netloc:
        return unquote(parts.path)
    return None


def _scheme(value: str) -> str:
    try:
        return urlsplit(value).scheme
    except ValueError:
        return ""
