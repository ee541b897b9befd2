"""Projects in containers: what Docker is asked for, and what becomes of the container.

No Docker runs where these tests run: a small server speaks its API and runs the command of a
container as a process (`docker_daemon.py`).
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.projects.docker_daemon import Daemon, running_daemon
from tests.projects.jobs import Said, job
from tracker.entities import RunStatus
from tracker.errors import InvalidState, InvalidValue, TrackerError
from tracker.projects.backends import docker, open_backend
from tracker.projects.backends.base import DockerOptions, Handle, Job
from tracker.projects.backends.docker_mounts import asked_for, for_artifacts
from tracker.projects.backends.docker_options import container_options
from tracker.projects.model import DockerSpec

ENDPOINT = {
    "MLFLOW_TRACKING_URI": "http://127.0.0.1:4321",
    "TRACKER_TRACKING_URI": "sqlite:////home/me/.tracker/tracker.db",
    "MLFLOW_RUN_ID": "f" * 32,
}


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Daemon]:
    with running_daemon() as running:
        running.images["plain:1"] = "sha256:plain"
        monkeypatch.setenv("DOCKER_HOST", running.uri)
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
        yield running


def submit(wanted: Job) -> tuple[Handle, Said]:
    said = Said()
    return open_backend("docker").submit(wanted, said), said


def run(wanted: Job) -> tuple[Handle, str]:
    handle, said = submit(wanted)
    handle.wait(60)
    return handle, said.text


def alive_in_group(group: int) -> list[int]:
    found = []
    for process in psutil.process_iter():
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            is_dead = process.status() == psutil.STATUS_ZOMBIE
            if os.getpgid(process.pid) == group and not is_dead:
                found.append(process.pid)
    return found


def variables(container: dict[str, Any]) -> dict[str, str]:
    return dict(item.split("=", 1) for item in container["Env"])


def test_a_container_runs_the_command_with_the_jobs_variables(
    daemon: Daemon, tmp_path: Path
) -> None:
    line = (
        "echo run $MLFLOW_RUN_ID at $TRACKER_TRACKING_URI && printf 'h\\303\\251' && echo err >&2"
    )
    wanted = job(tmp_path, line, docker=DockerSpec("plain:1"), variables=ENDPOINT)
    handle, text = run(wanted)
    assert handle.poll() is RunStatus.FINISHED
    assert handle.reason() is None
    assert text == f"run {'f' * 32} at http://127.0.0.1:4321\nhéerr\n"
    assert handle.tags == {
        "mlflow.docker.image.uri": "plain:1",
        "mlflow.docker.image.id": "sha256:plain",
    }
    [container] = daemon.containers
    assert container.is_removed
    assert container.request["HostConfig"]["NetworkMode"] == "host"
    assert container.request["Labels"] == {"tracker.run_id": "f" * 32}
    assert container.request["Cmd"][-1] == line


def test_an_image_that_is_not_there_is_pulled_once(daemon: Daemon, tmp_path: Path) -> None:
    daemon.registry.add("registry.example.org:5000/orchard:latest")
    wanted = job(tmp_path, "true", docker=DockerSpec("registry.example.org:5000/orchard"))
    for _ in range(2):
        handle, text = run(wanted)
        assert handle.poll() is RunStatus.FINISHED
    assert daemon.pulled == ["registry.example.org:5000/orchard:latest"]
    assert "Downloading" not in text


def test_an_image_that_cannot_be_had_is_told(daemon: Daemon, tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="The image nowhere:2 cannot be pulled.*access denied"):
        submit(job(tmp_path, "true", docker=DockerSpec("nowhere:2")))
    assert daemon.containers == []


def test_an_image_is_built_with_the_projects_files(daemon: Daemon, tmp_path: Path) -> None:
    for name in ("train.py", "secret.env", ".git/config", ".tracker/tracker.db", "mlruns/0/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / ".dockerignore").write_text("# ours\n*.env\n")
    (tmp_path / "out").symlink_to("/etc/passwd")
    options = DockerOptions(build_image=True, auth={"username": "me", "password": "p"})
    wanted = job(
        tmp_path,
        "true",
        docker=DockerSpec("plain:1"),
        options=options,
        name="My Orchard",
        commit="0123456789abcdef",
    )
    handle, text = run(wanted)
    assert handle.poll() is RunStatus.FINISHED
    assert handle.tags["mlflow.docker.image.uri"] == "my-orchard:0123456"
    assert handle.tags["mlflow.docker.image.id"] == "sha256:built"
    assert "Building the image my-orchard:0123456 from plain:1" in text
    [(query, body)] = daemon.builds
    assert query["t"] == "my-orchard:0123456"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(body))) as context:
        files = {member.name: member for member in context.getmembers()}
        dockerfile = context.extractfile(query["dockerfile"])
        assert dockerfile
        assert dockerfile.read().decode() == (
            "FROM plain:1\nCOPY . /mlflow/projects/code/\nWORKDIR /mlflow/projects/code/\n"
        )
    assert "train.py" in files
    assert not files.keys() & {"secret.env", ".git/config", ".tracker/tracker.db", "mlruns/0/x"}
    assert files["out"].issym()
    assert daemon.containers[0].request["Image"] == "my-orchard:0123456"
    assert daemon.logins[0]["username"] == "me"


def test_a_build_that_fails_is_told(daemon: Daemon, tmp_path: Path) -> None:
    daemon.fails = "no space left on device"
    wanted = job(
        tmp_path, "true", docker=DockerSpec("plain:1"), options=DockerOptions(build_image=True)
    )
    with pytest.raises(TrackerError, match="image orchard cannot be built: no space left"):
        submit(wanted)


@pytest.mark.parametrize(
    "image", ["plain:1\nRUN curl example.org", "", "-rm", "plain:1 AS x", "a;b"]
)
def test_what_is_no_name_of_an_image_is_refused(image: str, daemon: Daemon, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="is no name of an image"):
        submit(job(tmp_path, "true", docker=DockerSpec(image)))


def test_a_failed_command_says_its_exit_code(daemon: Daemon, tmp_path: Path) -> None:
    handle, _ = run(job(tmp_path, "exit 3", docker=DockerSpec("plain:1")))
    assert handle.poll() is RunStatus.FAILED
    assert handle.reason() == "exit code 3"
    assert daemon.containers[0].is_removed


def test_a_container_that_ran_out_of_memory_says_so(daemon: Daemon, tmp_path: Path) -> None:
    handle, said = submit(job(tmp_path, "echo up; read x; exit 137", docker=DockerSpec("plain:1")))
    daemon.containers[0].is_out_of_memory = True
    handle.wait(60)
    assert handle.poll() is RunStatus.FAILED
    assert "more memory than it may have" in (handle.reason() or "")
    assert said.text == "up\n"


def test_cancel_ends_what_ignores_signals_too(
    daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "STOP_SECONDS", 1)
    line = "trap '' TERM; (trap '' TERM; sleep 1000) & echo up; wait; sleep 1000"
    handle, said = submit(job(tmp_path, line, docker=DockerSpec("plain:1")))
    said.wait_for("up")
    threads = [threading.Thread(target=handle.cancel) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert handle.poll() is RunStatus.KILLED
    process = daemon.containers[0].process
    assert process
    assert alive_in_group(process.pid) == []
    handle.cancel()
    assert daemon.containers[0].is_removed


def test_a_pull_is_given_up_when_the_job_is_cancelled(daemon: Daemon, tmp_path: Path) -> None:
    daemon.registry.add("large:1")
    wanted = job(tmp_path, "true", docker=DockerSpec("large:1"))
    with pytest.raises(InvalidState, match="Cancelled while the image was made ready"):
        submit(replace(wanted, is_cancelled=lambda: True))
    assert daemon.containers == []


def test_without_a_daemon_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(TrackerError, match="No Docker daemon answers.*Start Docker"):
        submit(job(tmp_path, "true", docker=DockerSpec("plain:1")))


def test_docker_desktop_reaches_the_store_by_the_machines_name(
    daemon: Daemon, tmp_path: Path
) -> None:
    daemon.info = {"OperatingSystem": "Docker Desktop"}
    run(job(tmp_path, "true", docker=DockerSpec("plain:1"), variables=ENDPOINT))
    given = variables(daemon.containers[0].request)
    assert given["MLFLOW_TRACKING_URI"] == "http://host.docker.internal:4321"
    assert given["TRACKER_TRACKING_URI"] == "http://host.docker.internal:4321"
    assert daemon.containers[0].request["HostConfig"]["NetworkMode"] != "host"


@pytest.mark.parametrize(
    ("info", "args", "why"),
    [
        ({"SecurityOptions": ["name=rootless"]}, {}, "Docker runs rootless"),
        ({}, {"network": "ours"}, "it is given the network 'ours'"),
    ],
)
def test_a_container_that_could_not_reach_the_store_is_not_started(
    info: dict[str, Any], args: dict[str, str | bool], why: str, daemon: Daemon, tmp_path: Path
) -> None:
    daemon.info = info
    wanted = job(
        tmp_path,
        "true",
        docker=DockerSpec("plain:1"),
        variables=ENDPOINT,
        options=DockerOptions(args),
    )
    with pytest.raises(InvalidValue, match=why):
        submit(wanted)
    assert daemon.containers == []


def test_a_store_on_a_server_needs_no_special_network(daemon: Daemon, tmp_path: Path) -> None:
    there = {"MLFLOW_TRACKING_URI": "https://mlflow.example.org"}
    run(job(tmp_path, "true", docker=DockerSpec("plain:1"), variables=there))
    assert daemon.containers[0].request["HostConfig"]["NetworkMode"] != "host"


def test_volumes_variables_and_options_reach_the_container(
    daemon: Daemon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRUIT", "pear; rm -rf $HOME")
    docker = DockerSpec("plain:1", ("./data:/data:ro",), (("COLOUR", "green"), ("FRUIT", None)))
    artifacts = tmp_path / "artifacts"
    wanted = job(
        tmp_path,
        'echo "$FRUIT" "$COLOUR"',
        docker=docker,
        options=DockerOptions({"memory": "1g", "gpus": "all", "init": True}),
        artifact_uri=artifacts.as_uri(),
    )
    _, text = run(wanted)
    assert text == "pear; rm -rf $HOME green\n"
    host = daemon.containers[0].request["HostConfig"]
    assert host["Binds"] == [f"{tmp_path}/data:/data:ro", f"{artifacts}:{artifacts}"]
    assert (host["Memory"], host["Init"]) == (2**30, True)
    assert host["DeviceRequests"][0]["Count"] == -1


def test_a_variable_to_be_copied_must_be_set(daemon: Daemon, tmp_path: Path) -> None:
    docker = DockerSpec("plain:1", environment=(("NOT_SET_ANYWHERE", None),))
    with pytest.raises(InvalidValue, match="copies the environment variable NOT_SET_ANYWHERE"):
        submit(job(tmp_path, "true", docker=docker))


@pytest.mark.parametrize(
    ("written", "mounted"),
    [
        ("/data:/data", "/data:/data"),
        ("named:/data", "named:/data"),
        ("./data:/data", "/project/data:/data"),
        ("../data:/data:ro", "/data:/data:ro"),
        ("$(pwd)/data:/data", "/project/data:/data"),
        ("${PWD}:/data", "/project:/data"),
        ("$WHERE/x:/data", "/where/x:/data"),
        ("~/.aws:/aws", "/home/me/.aws:/aws"),
    ],
)
def test_volumes_as_people_write_them(
    written: str, mounted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHERE", "/where")
    monkeypatch.setenv("HOME", "/home/me")
    assert asked_for(DockerSpec("i", (written,)), Path("/project")).volumes == [mounted]


def test_credentials_of_artifact_stores_are_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".aws").mkdir()
    for name in ("AWS_ACCESS_KEY_ID", "AZURE_STORAGE_ACCESS_KEY"):
        monkeypatch.setenv(name, "key")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/me/gcs.json")
    s3, azure, gcs = map(for_artifacts, ("s3://b/x", "wasbs://c@a/x", "gs://b/x"))
    assert s3.volumes == [f"{tmp_path}/.aws:/.aws:ro"]
    assert s3.variables["AWS_ACCESS_KEY_ID"] == "key"
    assert s3.variables["AWS_SHARED_CREDENTIALS_FILE"] == "/.aws/credentials"
    assert azure.variables == {"AZURE_STORAGE_ACCESS_KEY": "key"}
    assert gcs.volumes == ["/me/gcs.json:/.gcs:ro"]
    assert for_artifacts(None).volumes == []


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ({"v": "/a:/b"}, {"volumes": ["/a:/b"]}),
        ({"--memory": "2g"}, {"mem_limit": "2g"}),
        ({"cpus": "1.5"}, {"nano_cpus": 1_500_000_000}),
        ({"p": "8080:80"}, {"ports": {"80/tcp": "8080"}}),
        ({"p": "127.0.0.1:53:53/udp"}, {"ports": {"53/udp": ("127.0.0.1", "53")}}),
        ({"e": "A=b=c"}, {"environment": {"A": "b=c"}}),
        ({"rm": True, "t": True}, {"tty": True}),
        ({"entrypoint": "python -u"}, {"entrypoint": ["python", "-u"]}),
        ({"add-host": "a:1.2.3.4"}, {"extra_hosts": {"a": "1.2.3.4"}}),
        ({"ulimit": "nofile=1:2"}, {"ulimits": [{"Name": "nofile", "Soft": 1, "Hard": 2}]}),
    ],
)
def test_options_of_docker_run(args: dict[str, str | bool], options: dict[str, Any]) -> None:
    assert container_options(args) == options


def test_an_option_that_is_not_known_is_named_with_the_nearest() -> None:
    with pytest.raises(InvalidValue, match="--docker-args memry: .*Is 'memory' meant"):
        container_options({"memry": "1g"})
    with pytest.raises(InvalidValue, match="--docker-args cpus=many"):
        container_options({"cpus": "many"})
