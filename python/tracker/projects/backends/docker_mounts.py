"""What a container is given of this machine: folders, environment variables, the way to the store.

Facts of what is mounted and passed on for each kind of artifact store: MLflow's documentation of
projects in containers.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from tracker.errors import InvalidValue
from tracker.projects.model import DockerSpec

WORK_FOLDER = "/mlflow/projects/code/"
"""Where a built image has the project's files, as in MLflow."""
_SHELL_WORD = re.compile(r"\$\(pwd\)|\$\{?PWD\}?")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_URI_VARIABLES = ("MLFLOW_TRACKING_URI", "TRACKER_TRACKING_URI")

_CREDENTIALS: Mapping[str, tuple[str, ...]] = {
    "s3": (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_DEFAULT_REGION",
        "MLFLOW_S3_ENDPOINT_URL",
        "MLFLOW_S3_IGNORE_TLS",
    ),
    "wasbs": ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCESS_KEY"),
    "abfss": ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCESS_KEY"),
    "hdfs": ("MLFLOW_KERBEROS_TICKET_CACHE", "MLFLOW_KERBEROS_USER", "MLFLOW_PYARROW_EXTRA_CONF"),
}


@dataclass
class Given:
    """`volumes` as `host:container[:mode]`, and variables by name."""

    volumes: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


def asked_for(spec: DockerSpec, folder: Path) -> Given:
    """Return what the project's `docker_env` asks for; `folder` is the project's.

    Raises InvalidValue where an environment variable that is to be copied is not set.
    """
    given = Given([_volume(volume, folder) for volume in spec.volumes])
    for name, value in spec.environment:
        copied = os.environ.get(name) if value is None else value
        if copied is None:
            raise InvalidValue(
                f"The project's docker_env copies the environment variable {name}, which is not "
                "set here. Set it and run the project again."
            )
        given.variables[name] = copied
    return given


def for_artifacts(artifact_uri: str | None) -> Given:
    """Return what a container needs to write a run's artifacts where they are kept."""
    given = Given()
    scheme = urlsplit(artifact_uri or "").scheme.lower()
    if folder := _local_folder(artifact_uri or ""):
        # Docker would make it, as root's.
        folder.mkdir(parents=True, exist_ok=True)
        given.volumes.append(f"{folder}:{folder}")
    for name in _CREDENTIALS.get(scheme, ()):
        if value := os.environ.get(name):
            given.variables[name] = value
    if scheme == "s3":
        _add_aws_profile(given)
    if scheme == "gs" and (file := os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")):
        given.volumes.append(f"{file}:/.gcs:ro")
        given.variables["GOOGLE_APPLICATION_CREDENTIALS"] = "/.gcs"
    if ticket := given.variables.get("MLFLOW_KERBEROS_TICKET_CACHE"):
        given.volumes.append(f"{ticket}:{ticket}:ro")
    return given


def is_loopback(uri: str) -> bool:
    """Whether only processes of the same machine reach a URI."""
    return urlsplit(uri).hostname in _LOOPBACK


def reachable(variables: Mapping[str, str], uri: str | None = None) -> dict[str, str]:
    """Return the job's variables with both trackers' URIs being `uri` (default: MLflow's).

    The store's own URI may be a file of this machine, which nothing elsewhere can open.
    """
    uri = uri or variables.get("MLFLOW_TRACKING_URI")
    return {**variables, **(dict.fromkeys(_URI_VARIABLES, uri) if uri else {})}


def _volume(text: str, folder: Path) -> str:
    """Resolve what a shell would, were it given to `docker run -v` in the project's folder."""
    written = _SHELL_WORD.sub(lambda _: str(folder), text)
    host, colon, rest = os.path.expandvars(written).partition(":")
    if host.startswith("~"):
        host = os.path.expanduser(host)  # noqa: PTH111 - `~user` without a home stays as it is
    if host.startswith("."):
        host = os.path.normpath(folder / host)
    return f"{host}{colon}{rest}"


def _local_folder(uri: str) -> Path | None:
    parts = urlsplit(uri)
    if parts.scheme == "file" and not parts.netloc:
        return Path(url2pathname(unquote(parts.path)))
    return Path(uri).absolute() if uri and not parts.scheme else None


def _add_aws_profile(given: Given) -> None:
    profile = Path.home() / ".aws"
    if profile.is_dir():
        given.volumes.append(f"{profile}:/.aws:ro")
        given.variables["AWS_SHARED_CREDENTIALS_FILE"] = "/.aws/credentials"
        given.variables["AWS_CONFIG_FILE"] = "/.aws/config"
