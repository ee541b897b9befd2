"""The `git` program, told to run nothing that a repository or its server may ask for.

Talking to a server, the user's own configuration holds: credential helpers, proxies, certificates.
Writing files, only ours does: no hooks, no filters (git-lfs neither), no file system monitor.
Credentials travel in the environment, so they are in no list of processes and in no file.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tracker.errors import TrackerError
from tracker.projects.sources_uri import Address

PATIENCE_SECONDS: Final = 1800
"""How long one command may take; a connection that carries nothing is given up much earlier."""

_KEPT_PREFIXES: Final = ("GIT_SSH", "GIT_SSL", "GIT_PROXY", "GIT_ASKPASS", "GIT_EXEC_PATH")
_CONFIG: Final = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "credential.interactive": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    "maintenance.auto": "false",
    "submodule.recurse": "false",
}


class GitFailed(Exception):
    """A command of git failed; the text is what it said, without credentials."""


def run_here(folder: Path, *words: str) -> str:
    """Run git on files only and return what it writes. Raises GitFailed, TrackerError."""
    variables = {
        **_variables(),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        **_numbered(_CONFIG.items()),
    }
    return _run(["-C", str(folder), *words], variables, ())


def run_there(address: Address, *words: str, folder: Path | None = None) -> str:
    """Run git so that it may talk to that address, which is no word of the command by itself.

    Raises GitFailed, TrackerError.
    """
    # A server may send one on from http to https, and not back.
    allowed = "http:https" if address.protocol == "http" else address.protocol
    config = [*_users_own(), *_CONFIG.items()]
    if address.login:
        scheme, _, rest = address.url.partition("://")
        host = rest.partition("/")[0]
        config.append((f"url.{scheme}://{address.login}@{host}/.insteadOf", f"{scheme}://{host}/"))
    variables = {**_variables(), "GIT_ALLOW_PROTOCOL": allowed, **_numbered(config)}
    place = [] if folder is None else ["-C", str(folder)]
    return _run([*place, *words], variables, address.secrets)


def _variables() -> dict[str, str]:
    """Return our environment without what would lead git elsewhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT_PREFIXES)
    }
    return {
        **kept,
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _users_own() -> Iterator[tuple[str, str]]:
    """Yield the configuration that our environment itself carries."""
    count = os.environ.get("GIT_CONFIG_COUNT", "")
    for number in range(int(count) if count.isdecimal() else 0):
        name = os.environ.get(f"GIT_CONFIG_KEY_{number}")
        if name is not None:
            yield name, os.environ.get(f"GIT_CONFIG_VALUE_{number}", "")


def _numbered(config: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    variables = {}
    pairs = list(config)
    for number, (name, value) in enumerate(pairs):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**variables, "GIT_CONFIG_COUNT": str(len(pairs))}


def _run(words: list[str], variables: Mapping[str, str], secrets: tuple[str, ...]) -> str:
    program = shutil.which("git")
    if program is None:
        raise TrackerError(
            "git is not installed, or not on the PATH. It is needed to fetch projects from git "
            "repositories; a project in a folder or .zip needs none."
        )
    # A session of its own has no terminal: neither ssh nor a helper can wait there for a password.
    with subprocess.Popen(
        [program, *words],
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            output, errors = process.communicate(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            _end(process)
            raise GitFailed(f"no answer within {PATIENCE_SECONDS} seconds") from None
        except BaseException:
            _end(process)
            raise
    if process.returncode:
        raise GitFailed(_cleaned(errors, secrets) or f"exit code {process.returncode}")
    return output.decode(errors="surrogateescape")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and the helpers that it started."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _cleaned(errors: bytes, secrets: tuple[str, ...]) -> str:
    text = errors.decode(errors="replace")
    for secret in secrets:
        text = text.replace(secret, "***")
    lines = ["".join(c for c in line if c.isprintable()).strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith(("hint:", "warning:"))]
    return " ".join(told[-4:]).removeprefix("fatal: ").removeprefix("error: ")
