"""Projects with a `docker_env`: one container for one job, through Docker's SDK.

Its tests run against a small server that speaks the Docker Engine API. It was tried once with a
daemon of version 20.10, on Linux.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends import docker_images, docker_mounts
from tracker.projects.backends.base import Handle, Job, Output
from tracker.projects.backends.docker_mounts import Given
from tracker.projects.backends.docker_options import container_options
from tracker.projects.backends.followed import FollowedHandle, Outcome

IMAGE_URI = "mlflow.docker.image.uri"
IMAGE_ID = "mlflow.docker.image.id"
LABEL = "tracker.run_id"
STOP_SECONDS = 5
"""Between asking the processes of a container to end, and ending them."""
_KILLED = 137
SHELL = 'if command -v bash >/dev/null 2>&1; then exec bash -c "$0"; fi; exec sh -c "$0"'
"""Commands are written for bash, which small images lack."""


class DockerBackend:
    """Runs jobs in containers of the daemon that DOCKER_HOST names, or of this machine's.

    The image is the project's (pulled where it is not there), or with `build_image` one built on it
    with the project's files in `/mlflow/projects/code/`. The container is removed after the run.
    """

    makes_environment = True

    def submit(self, job: Job, output: Output) -> Handle:
        """Start the container."""
        spec = docker_images.spec_of(job)
        asked = docker_mounts.asked_for(spec, job.plan.checkout.folder)
        options = container_options(job.docker.args)
        client = docker_images.connect()
        try:
            docker_images.log_in(client, job.docker.auth)
            variables = _reach_store(client, dict(job.variables), options)
            name, image_id = docker_images.ready_image(client, job, output)
            given = docker_mounts.for_artifacts(job.artifact_uri)
            container = _start(client, job, name, options, variables, (asked, given))
        except BaseException:
            client.close()
            raise
        return DockerHandle(client, container, {IMAGE_URI: name, IMAGE_ID: image_id}, output)


class DockerHandle(FollowedHandle):
    """A container that was started; a thread passes its output on."""

    def __init__(
        self, client: Any, container: Any, tags: Mapping[str, str], output: Output
    ) -> None:
        super().__init__(RunStatus.RUNNING)
        self.tags = tags
        self._client = client
        self._container = container
        self._output = output
        self._begin("tracker-docker")

    def _ask_to_cancel(self) -> None:
        """Send SIGTERM, some seconds later SIGKILL to all that runs in it."""
        # It may have ended, or have been removed by somebody, in this moment.
        with suppress(Exception):
            self._container.stop(timeout=STOP_SECONDS)

    def _outcome(self) -> Outcome:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for piece in self._container.logs(stream=True, follow=True):
            self._output(decoder.decode(piece))
        code = int(self._container.wait()["StatusCode"])
        if code == 0:
            return RunStatus.FINISHED, None
        return RunStatus.FAILED, self._why(code)

    def _lost(self, error: Exception) -> str:
        return f"the container was lost: {error}"

    def _clean_up(self) -> None:
        with suppress(Exception):
            self._container.remove(force=True, v=True)
        with suppress(Exception):
            self._client.close()

    def _why(self, code: int) -> str:
        self._container.reload()
        if self._container.attrs.get("State", {}).get("OOMKilled"):
            return "the container used more memory than it may have"
        if code == _KILLED:
            return "the container was killed (exit code 137)"
        return f"exit code {code}"


def _start(
    client: Any,
    job: Job,
    image: str,
    options: dict[str, Any],
    variables: Mapping[str, str],
    given: tuple[Given, ...],
) -> Any:
    environment = dict(variables)
    volumes = list(options.pop("volumes", []))
    for part in given:
        environment |= part.variables
        volumes += part.volumes
    environment |= options.pop("environment", {})
    labels = {LABEL: job.run_id, **options.pop("labels", {})}
    container = None
    try:
        container = client.containers.create(
            image,
            ["sh", "-c", SHELL, job.plan.command.line],
            environment=environment,
            volumes=volumes,
            labels=labels,
            **options,
        )
        container.start()
    except docker_images.failures() as error:
        if container is not None:
            with suppress(Exception):
                container.remove(force=True)
        raise TrackerError(
            f"The container of {image} cannot be started: {docker_images.why(error)}."
        ) from error
    return container


def _reach_store(client: Any, variables: dict[str, str], options: dict[str, Any]) -> dict[str, str]:
    """Let the container reach the store that is served on this machine's loopback.

    On Linux it shares the machine's network; Docker Desktop has a name for the machine.
    """
    uri = variables.get("MLFLOW_TRACKING_URI", "")
    if not docker_mounts.is_loopback(uri):
        return docker_mounts.reachable(variables)
    info = client.info()
    if "Docker Desktop" in info.get("OperatingSystem", "") or sys.platform != "linux":
        from tracker.rest.serving import FROM_CONTAINERS, LOOPBACK

        without_proxy = dict.fromkeys(("NO_PROXY", "no_proxy"), FROM_CONTAINERS)
        there = uri.replace(f"//{LOOPBACK}", f"//{FROM_CONTAINERS}", 1)
        return docker_mounts.reachable({**variables, **without_proxy}, there)
    network = options.setdefault("network_mode", "host")
    is_rootless = any("rootless" in option for option in info.get("SecurityOptions") or ())
    if network != "host" or is_rootless:
        why = "Docker runs rootless" if is_rootless else f"it is given the network {network!r}"
        raise InvalidValue(
            f"The container could not reach the store: {why}, and the store is served to projects "
            "on this machine's loopback only. Use --docker-args network=host with a daemon that "
            "runs as root, or log to a server by its URI."
        )
    return docker_mounts.reachable(variables)
