"""The part of a Kubernetes cluster that a Job needs, for machines that have none.

It answers what a cluster's API answers (batch/v1 and v1, in the shapes of the API reference) and
runs the command of a Job's pod as a process of this machine. It keeps what was created.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

JOBS = r"/apis/batch/v1/namespaces/([^/]+)/jobs"
PODS = r"/api/v1/namespaces/([^/]+)/pods"


@dataclass
class PodProcess:
    """A Job that was created, and its pod."""

    body: dict[str, Any]
    process: subprocess.Popen[bytes] | None = None
    output: bytes = b""
    deletion: dict[str, str] = field(default_factory=dict)


@dataclass
class Cluster:
    """What the cluster has."""

    port: int = 0
    jobs: dict[str, PodProcess] = field(default_factory=dict)
    waits: str = ""
    """Why pods are not started, if they are not."""
    refuses: str = ""
    """Why Jobs are not created, if they are not."""

    def write_config(self, path: Path) -> None:
        """Write the file by which clients find the cluster."""
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "orchard",
            "contexts": [{"name": "orchard", "context": {"cluster": "here", "user": "me"}}],
            "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{self.port}"}}],
            "users": [{"name": "me", "user": {}}],
        }
        path.write_text(json.dumps(config))


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Answer on a port of this machine for as long as the context lasts."""
    cluster = Cluster()
    handler = type("Handler", (_Handler,), {"cluster": cluster})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    cluster.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield cluster
    finally:
        for pod in cluster.jobs.values():
            _kill(pod)
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    cluster: Cluster
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.cluster.refuses:
            return self._send({"kind": "Status", "message": self.cluster.refuses}, 403)
        pod = PodProcess(body)
        self.cluster.jobs[body["metadata"]["name"]] = pod
        if not self.cluster.waits:
            _start(pod)
        self._send(body, 201)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if match := re.fullmatch(JOBS + "/(.+)/status", path):
            pod = self.cluster.jobs.get(match[2])
            return self._send(_job_status(pod) if pod else {"kind": "Status"}, 200 if pod else 404)
        if re.fullmatch(PODS, path):
            selector = parse_qs(urlsplit(self.path).query)["labelSelector"][0]
            name = selector.removeprefix("job-name=")
            pods = [_pod(name, self.cluster)] if name in self.cluster.jobs else []
            return self._send({"kind": "PodList", "items": pods})
        if match := re.fullmatch(PODS + "/(.+)-pod/log", path):
            return self._send_log(self.cluster.jobs[match[2]])
        self._send({"kind": "Status", "message": f"not found: {path}"}, 404)

    def do_DELETE(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", 0))
        self.rfile.read(length)
        match = re.fullmatch(JOBS + "/(.+)", parts.path)
        pod = self.cluster.jobs.pop(match[2], None) if match else None
        if pod is None:
            return self._send({"kind": "Status"}, 404)
        pod.deletion = {key: values[0] for key, values in parse_qs(parts.query).items()}
        _kill(pod)
        self._send({"kind": "Status", "status": "Success"})

    def _send(self, answer: object, status: int = 200) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_log(self, pod: PodProcess) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        assert pod.process and pod.process.stdout
        output = pod.process.stdout.fileno()
        with suppress(BrokenPipeError, ConnectionResetError):
            while piece := os.read(output, 1000):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")


def _start(pod: PodProcess) -> None:
    container = pod.body["spec"]["template"]["spec"]["containers"][0]
    variables = {item["name"]: item["value"] for item in container["env"] if "value" in item}
    pod.process = subprocess.Popen(
        container["command"],
        env={"PATH": os.environ["PATH"], **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def _job_status(pod: PodProcess) -> dict[str, Any]:
    code = pod.process.poll() if pod.process else None
    status: dict[str, Any] = {"active": 1, "ready": 1 if pod.process else 0}
    if code == 0:
        status = {"conditions": [{"type": "Complete", "status": "True"}]}
    elif code is not None:
        message = "Job has reached the specified backoff limit"
        failed = {"type": "Failed", "status": "True", "message": message}
        status = {"conditions": [{"type": "Complete", "status": "False"}, failed]}
    return {"kind": "Job", "metadata": pod.body["metadata"], "status": status}


def _pod(name: str, cluster: Cluster) -> dict[str, Any]:
    waiting = {"waiting": {"reason": cluster.waits, "message": "back-off pulling"}}
    statuses = [{"name": "c", "image": "", "imageID": "", "ready": False, "restartCount": 0}]
    status: dict[str, Any] = {"phase": "Running"}
    if cluster.jobs[name].process is None:
        status = {"phase": "Pending", "containerStatuses": [{**statuses[0], "state": waiting}]}
    return {"metadata": {"name": f"{name}-pod"}, "status": status}


def _kill(pod: PodProcess) -> None:
    if pod.process:
        with suppress(ProcessLookupError):
            os.killpg(pod.process.pid, signal.SIGKILL)
        pod.process.wait()
