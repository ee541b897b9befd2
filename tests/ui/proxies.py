"""Real proxies in front of a Jupyter Server, as people who work on hubs have them."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[2]
START_SECONDS = 30

NGINX = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; '' close; }}
  server {{
    listen 127.0.0.1:{with_sockets};
    location {prefix} {{
      proxy_pass {target};
      proxy_buffering on;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }}
  }}
  server {{
    listen 127.0.0.1:{without_sockets};
    location {prefix} {{
      proxy_pass {target};
      proxy_buffering on;
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def nginx(folder: Path, url: str) -> Iterator[tuple[str, str]]:
    """Serve what is at `url` through a buffering nginx; yields its address with websockets passed
    on, and that without."""
    executable = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    assert executable, "nginx is missing: .ci/prerequisites nginx installs it"
    folder.mkdir()
    with_sockets, without_sockets = free_port(), free_port()
    parts = urlsplit(url)
    text = NGINX.format(
        # Root's workers would be somebody who may not buffer into the folder of a test.
        user="user root;" if os.geteuid() == 0 else "",
        folder=folder,
        with_sockets=with_sockets,
        without_sockets=without_sockets,
        # nginx compares what is decoded, and hands on what it was sent.
        prefix=unquote(parts.path),
        target=f"http://{parts.netloc}",
    )
    (folder / "nginx.conf").write_text(text)
    command = [executable, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with _running(command, folder, with_sockets):
        yield (
            f"http://127.0.0.1:{with_sockets}{parts.path}",
            f"http://127.0.0.1:{without_sockets}{parts.path}",
        )


@contextlib.contextmanager
def hub_proxy(folder: Path, url: str) -> Iterator[str]:
    """Serve what is at `url` through JupyterHub's proxy, with a route as the hub adds it."""
    folder.mkdir()
    port, api = free_port(), free_port()
    token = secrets.token_hex(16)
    executable = ROOT / "node_modules" / ".bin" / "configurable-http-proxy"
    command = [str(executable), "--ip", "127.0.0.1", "--port", str(port)]
    command += ["--api-ip", "127.0.0.1", "--api-port", str(api)]
    parts = urlsplit(url)
    with _running(command, folder, api, CONFIGPROXY_AUTH_TOKEN=token):
        request = urllib.request.Request(
            f"http://127.0.0.1:{api}/api/routes{parts.path.rstrip('/')}",
            json.dumps({"target": f"http://{parts.netloc}"}).encode(),
            {"Authorization": f"token {token}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=30).close()
        yield f"http://127.0.0.1:{port}{parts.path}"


@contextlib.contextmanager
def _running(command: list[str], folder: Path, port: int, **environment: str) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=log, stderr=log
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            said = (folder / "log").read_text()
            assert process.poll() is None and time.monotonic() < deadline, said
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(15)


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
