"""Options of `docker run`, as `-A/--docker-args` gives them, in the words of Docker's SDK."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from tracker.errors import InvalidValue

Value = str | bool

_SHORT = {"c": "cpu-shares", "e": "env", "h": "hostname", "i": "interactive", "l": "label"}
_SHORT |= {"m": "memory", "p": "publish", "t": "tty", "u": "user", "v": "volume", "w": "workdir"}
_SAME = {"net": "network", "dns": "dns"}
_IGNORED = frozenset({"rm", "detach", "d", "sig-proxy", "attach", "a", "pull", "quiet", "q"})
"""How the container is started and removed is ours; these options change nothing."""


def _text(value: Value) -> str:
    return str(value)


def _flag(value: Value) -> bool:
    return value is True or str(value).lower() in ("true", "1", "yes", "")


def _list(value: Value) -> list[str]:
    return [str(value)]


def _pairs(value: Value) -> dict[str, str]:
    name, _, rest = str(value).partition("=")
    return {name: rest}


def _cpus(value: Value) -> int:
    return int(float(value) * 1e9)


def _words(value: Value) -> list[str]:
    return shlex.split(str(value))


def _ports(value: Value) -> dict[str, object]:
    *host, container = str(value).split(":")
    port = container if "/" in container else f"{container}/tcp"
    if len(host) == 2:
        return {port: (host[0], host[1])}
    return {port: host[0] if host else None}


def _gpus(value: Value) -> list[dict[str, object]]:
    """As the SDK's DeviceRequest: `all`, a number, or `device=0,1`."""
    text = str(value).strip("\"'")
    if value is True or text == "all":
        chosen: dict[str, object] = {"Count": -1}
    elif text.startswith("device="):
        chosen = {"DeviceIDs": text.removeprefix("device=").split(",")}
    else:
        chosen = {"Count": int(text)}
    return [{"Driver": "", **chosen, "Capabilities": [["gpu"]], "Options": {}}]


def _ulimit(value: Value) -> list[dict[str, object]]:
    name, _, limits = str(value).partition("=")
    soft, _, hard = limits.partition(":")
    return [{"Name": name, "Soft": int(soft), "Hard": int(hard or soft)}]


_OPTIONS: Mapping[str, tuple[str, Callable[[Value], Any]]] = {
    "add-host": ("extra_hosts", lambda value: dict([str(value).split(":", 1)])),
    "cap-add": ("cap_add", _list),
    "cap-drop": ("cap_drop", _list),
    "cpu-shares": ("cpu_shares", int),
    "cpus": ("nano_cpus", _cpus),
    "cpuset-cpus": ("cpuset_cpus", _text),
    "device": ("devices", _list),
    "dns": ("dns", _list),
    "entrypoint": ("entrypoint", _words),
    "env": ("environment", _pairs),
    "gpus": ("device_requests", _gpus),
    "group-add": ("group_add", _list),
    "hostname": ("hostname", _text),
    "init": ("init", _flag),
    "interactive": ("stdin_open", _flag),
    "ipc": ("ipc_mode", _text),
    "label": ("labels", _pairs),
    "memory": ("mem_limit", _text),
    "memory-swap": ("memswap_limit", _text),
    "name": ("name", _text),
    "network": ("network_mode", _text),
    "pid": ("pid_mode", _text),
    "platform": ("platform", _text),
    "privileged": ("privileged", _flag),
    "publish": ("ports", _ports),
    "read-only": ("read_only", _flag),
    "runtime": ("runtime", _text),
    "security-opt": ("security_opt", _list),
    "shm-size": ("shm_size", _text),
    "tmpfs": ("tmpfs", lambda value: {str(value).partition(":")[0]: str(value).partition(":")[2]}),
    "tty": ("tty", _flag),
    "ulimit": ("ulimits", _ulimit),
    "user": ("user", _text),
    "userns": ("userns_mode", _text),
    "volume": ("volumes", _list),
    "workdir": ("working_dir", _text),
}


def container_options(args: Mapping[str, Value]) -> dict[str, Any]:
    """Return arguments for the SDK's `containers.create`.

    Raises InvalidValue for an option that is not known, or a value that makes no sense for it.
    """
    options: dict[str, Any] = {}
    for given, value in args.items():
        name = given.lstrip("-").lower()
        name = _SAME.get(name, _SHORT.get(name, name))
        if name in _IGNORED:
            continue
        if name not in _OPTIONS:
            raise InvalidValue(f"--docker-args {given}: {_unknown(name)}")
        word, convert = _OPTIONS[name]
        try:
            options[word] = convert(value)
        except ValueError as error:
            raise InvalidValue(f"--docker-args {given}={value}: {error}.") from error
    return options


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, _OPTIONS, 1)
    hint = f" Is {near[0]!r} meant?" if near else f" Known are: {', '.join(sorted(_OPTIONS))}."
    return f"no such option of `docker run` is known.{hint}"
