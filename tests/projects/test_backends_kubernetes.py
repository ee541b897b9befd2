"""Jobs on Kubernetes: the Job that is created, its log, its end.

No cluster is at hand where these tests run: small servers speak the needed part of its API and of
Docker's, and run the pod's command as a process (`kubernetes_cluster.py`, `docker_daemon.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.projects.docker_daemon import Daemon, running_daemon
from tests.projects.jobs import Said, job
from tests.projects.kubernetes_cluster import Cluster, running_cluster
from tracker.entities import RunStatus
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.backends import kubernetes, open_backend
from tracker.projects.backends.base import DockerOptions, Handle, Job
from tracker.projects.backends.kubernetes_job import fill, read_template
from tracker.projects.model import DockerSpec

TEMPLATE = """
apiVersion: batch/v1
kind: Job
metadata:
  name: replaced
  namespace: research
  labels: {team: fruit}
spec:
  ttlSecondsAfterFinished: 100
  template:
    spec:
      containers:
      - name: replaced
        image: replaced
        args: [replaced]
        env:
        - {name: MLFLOW_RUN_ID, value: replaced}
        - name: MLFLOW_TRACKING_TOKEN
          valueFrom: {secretKeyRef: {name: tracker, key: token}}
        resources: {limits: {memory: 512Mi}}
"""
GIVEN = {
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:4321",
    "TRACKER_TRACKING_URI": "sqlite:////home/me/.tracker/tracker.db",
    "MLFLOW_TRACKING_TOKEN": "secret of the loopback endpoint",
    "MLFLOW_RUN_ID": "f" * 32,
}
REPOSITORY = "registry.example.org:5000/team/orchard"
DIGEST = "sha256:" + "d" * 64


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Daemon]:
    with running_daemon() as running:
        monkeypatch.setenv("DOCKER_HOST", running.uri)
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
        yield running


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster() as running:
        running.write_config(tmp_path / "kubeconfig")
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
        monkeypatch.setenv("KUBE_MLFLOW_TRACKING_URI", "http://tracker.research:5000")
        monkeypatch.setattr(kubernetes, "LOOK_SECONDS", 0.05)
        yield running


def wanted(folder: Path, line: str, **options: Any) -> Job:
    folder.mkdir(exist_ok=True)
    (folder / "job.yaml").write_text(TEMPLATE)
    config: dict[str, object] = {
        "kube-job-template-path": "job.yaml",
        "repository-uri": REPOSITORY,
        **options.pop("config", {}),
    }
    docker = options.pop("docker", DockerSpec("plain:1"))
    given = options.pop("variables", GIVEN)
    return job(folder, line, docker=docker, variables=given, config=config, **options)


def submit(ordered: Job) -> tuple[Handle, Said]:
    said = Said()
    return open_backend("kubernetes").submit(ordered, said), said


def test_a_job_runs_in_a_pod_of_the_pushed_image(
    daemon: Daemon, cluster: Cluster, tmp_path: Path
) -> None:
    line = 'echo "run $MLFLOW_RUN_ID at $MLFLOW_TRACKING_URI [$MLFLOW_TRACKING_TOKEN]" && echo end'
    options = DockerOptions(auth={"username": "me", "password": "p"})
    handle, said = submit(wanted(tmp_path / "p", line, commit="0123456789", options=options))
    assert handle.wait(60) is RunStatus.FINISHED
    assert f"run {'f' * 32} at http://tracker.research:5000 []\nend\n" in said.text
    assert daemon.pushed == [f"{REPOSITORY}:0123456"]
    assert daemon.logins[0]["username"] == "me"
    assert handle.tags == {
        "mlflow.docker.image.uri": f"{REPOSITORY}:0123456",
        "mlflow.docker.image.id": DIGEST,
    }
    [pod] = cluster.jobs.values()
    container = pod.body["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"{REPOSITORY}:0123456@{DIGEST}"


def test_a_failed_job_says_what_the_cluster_says(
    daemon: Daemon, cluster: Cluster, tmp_path: Path
) -> None:
    handle, said = submit(wanted(tmp_path, "echo before; exit 3"))
    assert handle.wait(60) is RunStatus.FAILED
    assert handle.reason() == "Job has reached the specified backoff limit"
    assert said.text.endswith("before\n")


def test_the_log_comes_while_the_pod_runs_and_cancel_deletes_job_and_pods(
    daemon: Daemon, cluster: Cluster, tmp_path: Path
) -> None:
    handle, said = submit(wanted(tmp_path, "echo up; sleep 1000"))
    said.wait_for("up\n")
    [pod] = cluster.jobs.values()
    handle.cancel()
    assert handle.poll() is RunStatus.KILLED
    assert pod.deletion["propagationPolicy"] == "Foreground"
    assert cluster.jobs == {}
    handle.cancel()


def test_a_pod_that_does_not_start_says_why(
    daemon: Daemon, cluster: Cluster, tmp_path: Path
) -> None:
    cluster.waits = "ImagePullBackOff"
    handle, said = submit(wanted(tmp_path, "true"))
    said.wait_for("tracker: The pod waits: ImagePullBackOff. back-off pulling\n")
    assert handle.poll() is RunStatus.SCHEDULED
    handle.cancel()
    assert handle.poll() is RunStatus.KILLED


def test_a_job_that_somebody_deletes_has_failed(
    daemon: Daemon, cluster: Cluster, tmp_path: Path
) -> None:
    handle, said = submit(wanted(tmp_path, "echo up; sleep 1000"))
    said.wait_for("up\n")
    process = next(iter(cluster.jobs.values())).process
    cluster.jobs.clear()
    assert process
    process.kill()
    assert handle.wait(60) is RunStatus.FAILED
    assert handle.reason() == "the Job was deleted"


def test_a_cluster_that_refuses_is_told(daemon: Daemon, cluster: Cluster, tmp_path: Path) -> None:
    cluster.refuses = "jobs.batch is forbidden"
    with pytest.raises(TrackerError, match=r"did not create the Job: .*jobs\.batch is forbidden"):
        submit(wanted(tmp_path, "true"))


def test_a_push_that_fails_is_told(daemon: Daemon, cluster: Cluster, tmp_path: Path) -> None:
    ordered = wanted(tmp_path, "true")
    daemon.images["plain:1"] = "sha256:plain"
    daemon.fails = "denied"
    with pytest.raises(TrackerError, match="image .* cannot be (built|pushed): denied"):
        submit(ordered)
    assert cluster.jobs == {}


def test_without_a_cluster_the_error_says_what_to_do(
    daemon: Daemon, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "nothing"))
    with pytest.raises(TrackerError, match="No Kubernetes cluster is configured"):
        submit(wanted(tmp_path, "true"))
    assert daemon.builds == []


def test_the_template_is_filled_and_otherwise_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBE_MLFLOW_TRACKING_URI", "http://tracker.research:5000")
    docker = DockerSpec("plain:1", environment=(("COLOUR", "green"), ("AWS_SECRET", None)))
    ordered = wanted(tmp_path, "python train.py", name="My_Orchard." * 9, docker=docker)
    body = fill(read_template(ordered.config, tmp_path), ordered, "image@digest")
    container = body["spec"]["template"]["spec"]["containers"][0]
    assert re.fullmatch(r"my-orchard-[a-z0-9-]{1,52}", body["metadata"]["name"])
    assert len(body["metadata"]["name"]) <= 63
    assert body["metadata"]["namespace"] == "research"
    assert body["metadata"]["labels"] == {"team": "fruit", "tracker/run-id": "f" * 32}
    assert body["spec"]["backoffLimit"] == 0
    assert body["spec"]["ttlSecondsAfterFinished"] == 100
    assert body["spec"]["template"]["spec"]["restartPolicy"] == "Never"
    assert container["command"][-1] == "python train.py"
    assert "args" not in container
    assert container["resources"] == {"limits": {"memory": "512Mi"}}
    assert container["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "tracker"
    assert {item["name"]: item["value"] for item in container["env"][1:]} == {
        "COLOUR": "green",
        "MLFLOW_RUN_ID": "f" * 32,
        "MLFLOW_TRACKING_URI": "http://tracker.research:5000",
        "TRACKER_TRACKING_URI": "http://tracker.research:5000",
    }


def test_variables_of_this_machine_are_not_written_into_a_job(
    daemon: Daemon, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET", "hidden")
    docker = DockerSpec("plain:1", environment=(("AWS_SECRET", None),))
    handle, said = submit(wanted(tmp_path, "echo [$AWS_SECRET]", docker=docker))
    assert handle.wait(60) is RunStatus.FINISHED
    assert "Not copied into the Job, where others could read them: AWS_SECRET" in said.text
    assert "[]\n" in said.text


def test_a_store_that_pods_cannot_reach_is_told_before_anything_is_built(
    daemon: Daemon, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue, match="set KUBE_MLFLOW_TRACKING_URI"):
        submit(wanted(tmp_path, "true"))
    assert daemon.builds == []


def test_a_store_on_a_server_is_reached_by_its_own_uri(tmp_path: Path) -> None:
    there = {**GIVEN, "TRACKER_TRACKING_URI": "https://mlflow.example.org"}
    ordered = wanted(tmp_path, "true", variables=there)
    body = fill(read_template(ordered.config, tmp_path), ordered, "image")
    container = body["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "MLFLOW_TRACKING_URI", "value": "https://mlflow.example.org"} in container[
        "env"
    ]


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"repository-uri": None}, "needs `repository-uri`"),
        ({"kube-job-template-path": "none.yaml"}, "there is no file none.yaml"),
        ({"kube-job-template-path": None}, "needs `kube-job-template-path`"),
        ({"kube-job-template-path": "empty.yaml"}, "has no container"),
        ({"kube_context": "x"}, "'kube_context' is none of kube-context"),
    ],
)
def test_a_configuration_that_lacks_something_is_refused(
    config: dict[str, object], complaint: str, tmp_path: Path
) -> None:
    (tmp_path / "empty.yaml").write_text("spec: {template: {spec: {containers: []}}}")
    with pytest.raises(InvalidValue, match=complaint):
        submit(wanted(tmp_path, "true", config=config))


def test_a_template_may_be_given_itself_and_is_not_changed(tmp_path: Path) -> None:
    template = {"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}}
    there = {"MLFLOW_TRACKING_URI": "https://mlflow.example.org"}
    ordered = wanted(
        tmp_path,
        "true",
        variables=there,
        config={"kube-job-template-path": None, "kube-job-template": template},
    )
    body = fill(read_template(ordered.config, tmp_path), ordered, "image")
    assert (body["kind"], body["metadata"]["namespace"]) == ("Job", "default")
    assert template == {"spec": {"template": {"spec": {"containers": [{"name": "a"}]}}}}
