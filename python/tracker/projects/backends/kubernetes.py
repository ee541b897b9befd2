"""Projects on Kubernetes: one Job for each run, made from the user's template.

It is tested against small servers that speak the APIs of Kubernetes and Docker, not in a cluster.
"""

from __future__ import annotations

import codecs
import os
import threading
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from importlib import import_module
from typing import Any

from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends import docker_images, kubernetes_job
from tracker.projects.backends.base import Handle, Job, Output
from tracker.projects.backends.docker import IMAGE_ID, IMAGE_URI
from tracker.projects.backends.followed import FollowedHandle, Outcome

LOOK_SECONDS = 2.0
"""Between two questions for the state of a Job."""
_AWAY_SECONDS = 120.0
_GRACE_SECONDS = 5
_REQUEST_SECONDS = 60
_GONE = 404


class KubernetesBackend:
    """Runs jobs as Jobs of a Kubernetes cluster.

    `backend_config` has MLflow's keys: `kube-job-template-path`, a YAML file with a Job (or
    `kube-job-template`, the Job itself), `repository-uri`, where the image with the project's files
    is pushed to, and `kube-context` (where absent the current one, or the cluster that this
    process runs in). Pods reach the store by the URI in KUBE_MLFLOW_TRACKING_URI. What they need to
    log in to it belongs into the template, as a `secretKeyRef`.
    """

    makes_environment = True

    def submit(self, job: Job, output: Output) -> Handle:
        """Build and push the image, and create the Job."""
        kubernetes_job.check_config(job.config)
        template = kubernetes_job.read_template(job.config, job.plan.checkout.folder)
        spec = docker_images.spec_of(job)
        body = kubernetes_job.fill(template, job, "")
        if skipped := kubernetes_job.not_copied(job):
            output(
                f"tracker: Not copied into the Job, where others could read them: "
                f"{', '.join(skipped)}. Put them into the template with a secretKeyRef.\n"
            )
        api = _connect(job.config)
        name = docker_images.image_name(job, str(job.config["repository-uri"]))
        with closing(docker_images.connect()) as docker:
            docker_images.log_in(docker, job.docker.auth)
            docker_images.build(docker, job, spec.image, name, output)
            digest = docker_images.push(docker, job, name, output)
        image = f"{name}@{digest}"
        body["spec"]["template"]["spec"]["containers"][0]["image"] = image
        _create(api, body)
        tags = {IMAGE_URI: name, IMAGE_ID: digest}
        return KubernetesHandle(api, body["metadata"], tags, output)


class KubernetesHandle(FollowedHandle):
    """A Job that was created; one thread asks for its state, another passes its log on."""

    def __init__(
        self, api: Any, metadata: Mapping[str, Any], tags: Mapping[str, str], output: Output
    ) -> None:
        super().__init__(RunStatus.SCHEDULED)
        self.tags = tags
        self._batch = import_module("kubernetes.client").BatchV1Api(api)
        self._core = import_module("kubernetes.client").CoreV1Api(api)
        self._name, self._namespace = metadata["name"], metadata["namespace"]
        self._output = output
        self._is_over = threading.Event()
        output(f"tracker: Created the Job {self._namespace}/{self._name}.\n")
        self._begin("tracker-kubernetes")

    def _ask_to_cancel(self) -> None:
        """Delete the Job with its pods."""
        with suppress(*_failures()):
            self._batch.delete_namespaced_job(
                self._name,
                self._namespace,
                # Deleting the Job alone would leave its pods running.
                propagation_policy="Foreground",
                grace_period_seconds=_GRACE_SECONDS,
                _request_timeout=_REQUEST_SECONDS,
            )

    def _outcome(self) -> Outcome:
        log = threading.Thread(
            target=_PodLog(
                self._core, self._namespace, self._name, self._output, self._is_over
            ).run,
            name="tracker-kubernetes-log",
            daemon=True,
        )
        log.start()
        try:
            return self._until_over()
        finally:
            self._is_over.set()
            log.join(_REQUEST_SECONDS)

    def _lost(self, error: Exception) -> str:
        return f"the Job was lost: {error}"

    def _until_over(self) -> Outcome:
        while True:
            state = self._state()
            if state is None:
                return RunStatus.FAILED, "the Job was deleted"
            for condition in state.conditions or ():
                if condition.status == "True" and condition.type == "Complete":
                    return RunStatus.FINISHED, None
                if condition.status == "True" and condition.type == "Failed":
                    return RunStatus.FAILED, condition.message or condition.reason
            if state.ready:
                self._status = RunStatus.RUNNING
            time.sleep(LOOK_SECONDS)

    def _state(self) -> Any:
        """Return the Job's status, None where it is gone. The cluster may be away for a while."""
        deadline = time.monotonic() + _AWAY_SECONDS
        while True:
            try:
                return self._batch.read_namespaced_job_status(
                    self._name, self._namespace, _request_timeout=_REQUEST_SECONDS
                ).status
            except _failures() as error:
                if getattr(error, "status", None) == _GONE:
                    return None
                if time.monotonic() > deadline:
                    raise
            time.sleep(LOOK_SECONDS)


class _PodLog:
    """Passes on what the pods of a Job print, one after the other."""

    def __init__(
        self, core: Any, namespace: str, job: str, output: Output, is_over: threading.Event
    ) -> None:
        self._core = core
        self._namespace = namespace
        self._job = job
        self._output = output
        self._is_over = is_over
        self._told = ""
        self._seen: set[str] = set()

    def run(self) -> None:
        """Follow the log until the Job is over; a log that cannot be read is no failure."""
        is_last = False
        while not is_last:
            is_last = self._is_over.wait(LOOK_SECONDS)
            with suppress(Exception):
                for pod in self._pods():
                    if pod.status.phase == "Pending":
                        self._tell_why_it_waits(pod)
                    elif pod.metadata.name not in self._seen:
                        self._pass_on(pod.metadata.name)

    def _pods(self) -> list[Any]:
        found = self._core.list_namespaced_pod(
            self._namespace,
            label_selector=f"job-name={self._job}",
            _request_timeout=_REQUEST_SECONDS,
        )
        return list(found.items)

    def _pass_on(self, pod: str) -> None:
        answer = self._core.read_namespaced_pod_log(
            pod, self._namespace, follow=True, _preload_content=False
        )
        self._seen.add(pod)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        for piece in answer.stream():
            self._output(decoder.decode(piece))

    def _tell_why_it_waits(self, pod: Any) -> None:
        containers = [c.state.waiting for c in pod.status.container_statuses or () if c.state]
        waits = [w for w in containers if w and w.reason != "ContainerCreating"]
        waits += [c for c in pod.status.conditions or () if c.reason == "Unschedulable"]
        if waits and waits[0].reason != self._told:
            self._told = waits[0].reason
            self._output(f"tracker: The pod waits: {self._told}. {waits[0].message or ''}\n")


def _connect(config: Mapping[str, object]) -> Any:
    """Return a client of the cluster. Raises InvalidValue, TrackerError."""
    try:
        kubernetes = import_module("kubernetes")
    except ImportError as error:
        raise InvalidValue(
            "The backend kubernetes needs its client: pip install 'jupyterlab-tracker[kubernetes]'."
        ) from error
    failure = import_module("kubernetes.config.config_exception").ConfigException
    try:
        return kubernetes.config.new_client_from_config(
            config_file=os.environ.get("KUBECONFIG"), context=config.get("kube-context")
        )
    except (failure, OSError) as outside:
        settings = kubernetes.client.Configuration()
        try:
            kubernetes.config.load_incluster_config(client_configuration=settings)
        except failure as error:
            raise TrackerError(
                f"No Kubernetes cluster is configured: {outside}. Set KUBECONFIG or `kube-context`."
            ) from error
        return kubernetes.client.ApiClient(settings)


def _create(api: Any, body: Mapping[str, Any]) -> None:
    try:
        import_module("kubernetes.client").BatchV1Api(api).create_namespaced_job(
            body["metadata"]["namespace"], body, _request_timeout=_REQUEST_SECONDS
        )
    except _failures() as error:
        why = getattr(error, "body", None) or error
        raise TrackerError(f"The cluster did not create the Job: {why}.") from error


def _failures() -> tuple[type[Exception], ...]:
    """Return what the client raises: the cluster's refusals, and those of the transport."""
    refused = import_module("kubernetes.client.exceptions").ApiException
    return (refused, import_module("urllib3.exceptions").HTTPError)
