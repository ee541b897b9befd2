"""The image that a project's container is made from: used, pulled, or built with its files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from tracker.errors import InvalidState, InvalidValue, TrackerError
from tracker.projects.backends.base import Job, Output
from tracker.projects.backends.docker_mounts import WORK_FOLDER
from tracker.projects.model import DockerSpec

SECONDS = 600
"""How long the daemon may say nothing, as while it pulls a layer."""
_AUTH = {"username", "password", "email", "registry", "reauth", "dockercfg_path"}
_DOCKERFILE = "Dockerfile.tracker"
_REFERENCE = re.compile(r"[A-Za-z0-9][\w.\-/:@]*")
_LEFT_OUT = [".git", ".tracker", "mlruns", "**/__pycache__"]


def failures() -> tuple[type[Exception], ...]:
    """Return what the SDK raises: its own errors, and those of the transport below it."""
    docker, requests = import_module("docker.errors"), import_module("requests")
    return (docker.DockerException, requests.RequestException)


def why(error: Exception) -> str:
    """Return the daemon's own words, where it said some."""
    return str(getattr(error, "explanation", None) or error).rstrip(".")


def connect() -> Any:
    """Return a client of the daemon that DOCKER_HOST names, or of this machine's.

    Raises InvalidValue without Docker's SDK, TrackerError where no daemon answers.
    """
    try:
        docker = import_module("docker")
    except ImportError as error:
        raise InvalidValue(
            "Projects in containers need Docker's SDK: pip install 'jupyterlab-tracker[projects]'."
        ) from error
    try:
        client = docker.from_env(timeout=SECONDS)
        client.ping()
    except failures() as error:
        raise TrackerError(
            f"No Docker daemon answers: {error}. Start Docker, or set DOCKER_HOST to where it is."
        ) from error
    return client


def spec_of(job: Job) -> DockerSpec:
    """Return the job's `docker_env`. Raises InvalidValue where there is none, or no image."""
    spec = job.plan.project.environment.docker
    if spec is None:
        raise InvalidValue("The project has no docker_env, so it cannot run in a container.")
    if not _REFERENCE.fullmatch(spec.image):
        raise InvalidValue(f"docker_env: {spec.image!r} is no name of an image.")
    return spec


def log_in(client: Any, auth: Mapping[str, str] | None) -> None:
    """Log in to a registry. Raises InvalidValue where it does not let us."""
    if auth is None:
        return
    if unknown := sorted(auth.keys() - _AUTH):
        raise InvalidValue(f"docker_auth: {unknown[0]!r} is none of {', '.join(sorted(_AUTH))}.")
    try:
        client.login(**auth)
    except failures() as error:
        raise InvalidValue(f"docker_auth was not accepted: {why(error)}.") from error


def ready_image(client: Any, job: Job, output: Output) -> tuple[str, str]:
    """Return name and id of the image to use: the project's own, or one built upon it.

    Raises TrackerError where it cannot be pulled or built.
    """
    spec = spec_of(job)
    if job.docker.build_image:
        name = image_name(job, job.plan.project.name or "docker-project")
        return name, build(client, job, spec.image, name, output)
    return spec.image, _present(client, job, spec.image, output)


def image_name(job: Job, repository: str) -> str:
    """Return `<repository>:<first 7 of the git commit>`, in letters that Docker takes."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._\-/:]*", repository):
        repository = re.sub(r"[^a-z0-9._/-]+", "-", repository.lower()).strip("-._/") or "project"
    commit = job.plan.checkout.commit
    return f"{repository}:{commit[:7]}" if commit else repository


def build(client: Any, job: Job, base: str, name: str, output: Output) -> str:
    """Build `name` from `base` and the project's files; return its id.

    Left out are `.git`, stores of runs, and what the project's .dockerignore names.
    """
    output(f"tracker: Building the image {name} from {base}.\n")
    text = f"FROM {base}\nCOPY . {WORK_FOLDER}\nWORKDIR {WORK_FOLDER}\n"
    folder = job.plan.checkout.folder
    with tempfile.TemporaryFile() as context:
        import_module("docker.utils.build").tar(
            str(folder),
            exclude=[*_LEFT_OUT, *_ignored(folder)],
            dockerfile=(_DOCKERFILE, text),
            fileobj=context,
            gzip=True,
        )
        _follow(
            client.api.build(
                fileobj=context,
                custom_context=True,
                encoding="gzip",
                dockerfile=_DOCKERFILE,
                tag=name,
                rm=True,
                forcerm=True,
                decode=True,
            ),
            job,
            output,
            f"The image {name} cannot be built",
        )
    return str(client.images.get(name).id)


def push(client: Any, job: Job, name: str, output: Output) -> str:
    """Push an image to its registry, and return its digest there."""
    output(f"tracker: Pushing the image {name}.\n")
    repository, _, tag = _split_tag(name)
    digests: list[str] = []

    def noticed(lines: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
        for line in lines:
            digests.extend(filter(None, [(line.get("aux") or {}).get("Digest")]))
            yield line

    lines = client.api.push(repository, tag=tag, stream=True, decode=True)
    _follow(noticed(lines), job, output, f"The image {name} cannot be pushed")
    return digests[-1] if digests else str(client.images.get_registry_data(name).id)


def _present(client: Any, job: Job, name: str, output: Output) -> str:
    with suppress(import_module("docker.errors").ImageNotFound):
        return str(client.images.get(name).id)
    output(f"tracker: Pulling the image {name}.\n")
    repository, _, tag = _split_tag(name)
    try:
        lines = client.api.pull(repository, tag=tag, stream=True, decode=True)
        _follow(lines, job, output, f"The image {name} cannot be pulled")
        return str(client.images.get(name).id)
    except failures() as error:
        raise TrackerError(f"The image {name} cannot be pulled: {why(error)}.") from error


def _split_tag(name: str) -> tuple[str, str, str]:
    """Split `registry:5000/image:tag` and `image@sha256:...` before tag or digest."""
    repository, at, digest = name.partition("@")
    if at:
        return repository, at, digest
    head, colon, tag = name.rpartition(":")
    return (head, colon, tag) if colon and "/" not in tag else (name, ":", "latest")


def _ignored(folder: Path) -> list[str]:
    try:
        text = (folder / ".dockerignore").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError):
        return []
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _follow(lines: Iterable[Mapping[str, Any]], job: Job, output: Output, failure: str) -> None:
    """Pass on what the daemon says of its work.

    Raises TrackerError where it failed, InvalidState where the job is cancelled meanwhile.
    """
    try:
        for line in lines:
            if job.is_cancelled():
                raise InvalidState("Cancelled while the image was made ready.")
            if error := line.get("error"):
                raise TrackerError(f"{failure}: {error}")
            if text := line.get("stream"):
                output(text)
            # Layers' progress has an id, and would be thousands of lines.
            elif (text := line.get("status")) and not line.get("id"):
                output(f"{text}\n")
    except failures() as error:
        raise TrackerError(f"{failure}: {why(error)}.") from error
