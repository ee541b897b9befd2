"""Who writes: which process on which machine, and whether it still lives.

A pid alone proves nothing, for pids are reused. Together with the time the process started, and the
boot it started in, it names one process for ever.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

HEARTBEAT_LIMIT = 120_000
"""Milliseconds after its last heartbeat for which a process on another host counts as alive."""
CLOCK_SKEW_LIMIT = 3_600_000
"""Milliseconds a heartbeat may lie in the future before it is not believed."""

UNKNOWN_START = 0


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of one machine.

    `boot_id` names the boot, and after an `@` the pid namespace where that is not the machine's own
    (containers). `started` tells apart two processes that had the same pid: clock ticks since the
    boot on Linux, ms since 1970 elsewhere, 0 where it is not known.
    """

    host: str
    boot_id: str
    pid: int
    started: int


_cached: ProcessIdentity | None = None


def this_process() -> ProcessIdentity:
    """Return the identity of the calling process; a forked child gets its own."""
    global _cached
    pid = os.getpid()
    if _cached is None or _cached.pid != pid:
        started = _start_time(pid)
        _cached = ProcessIdentity(
            _host(), _boot_id(), pid, UNKNOWN_START if started is None else started
        )
    return _cached


def is_alive(identity: ProcessIdentity, heartbeat_time: int, now: int | None = None) -> bool:
    """Return whether the process still lives, as far as this one can tell. Times are in ms.

    A process of this machine is looked up. One of another machine, or of another container, is
    believed alive while its heartbeat is younger than `HEARTBEAT_LIMIT`.
    """
    if not can_tell(identity):
        return _beats(heartbeat_time, now)
    if _boot(identity) != _boot(this_process()):
        return False
    return _runs_here(identity, heartbeat_time, now)


def can_tell(identity: ProcessIdentity) -> bool:
    """Whether this process knows if that one lives, and need not go by its heartbeat."""
    here = this_process()
    if identity.host != here.host:
        return False
    return _boot(identity) != _boot(here) or identity.boot_id == here.boot_id


def _boot(identity: ProcessIdentity) -> str:
    return identity.boot_id.partition("@")[0]


def _runs_here(identity: ProcessIdentity, heartbeat_time: int, now: int | None) -> bool:
    started = _start_time(identity.pid)
    if started is None:
        return False
    if started == UNKNOWN_START and sys.platform == "win32":
        return _beats(heartbeat_time, now)
    return UNKNOWN_START in (started, identity.started) or started == identity.started


def _beats(heartbeat_time: int, now: int | None) -> bool:
    age = (time.time_ns() // 1_000_000 if now is None else now) - heartbeat_time
    return -CLOCK_SKEW_LIMIT < age < HEARTBEAT_LIMIT


def _host() -> str:
    if sys.platform == "win32":
        return os.environ.get("COMPUTERNAME", "")
    return os.uname().nodename


def _boot_id() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return _boot_time()
    return boot + _pid_namespace()


def _pid_namespace() -> str:
    """Name the container's own pids; nothing for the machine's, whose number is fixed in Linux."""
    machines_own = "pid:[4026531836]"
    try:
        namespace = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - not a path, a name
    except OSError:
        return ""
    return "" if namespace == machines_own else "@" + namespace


def _boot_time() -> str:
    psutil = _psutil()
    return "" if psutil is None else str(int(psutil.boot_time()))


def _start_time(pid: int) -> int | None:
    """Return when the process started, `UNKNOWN_START`, or None where no such process runs."""
    if pid <= 0:
        return None
    if sys.platform == "linux":
        return _linux_start_time(pid)
    return _portable_start_time(pid)


def _linux_start_time(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid:d}/stat").read_bytes()
    except OSError:
        return None
    # The second field is the program's name in parentheses, and may itself hold any character.
    fields = stat[stat.rindex(b")") + 2 :].split()
    is_dead = fields[0] in (b"Z", b"X", b"x")
    return None if is_dead else int(fields[19])


def _portable_start_time(pid: int) -> int | None:
    psutil = _psutil()
    if psutil is None:
        return _signal_zero(pid)
    try:
        process = psutil.Process(pid)
        is_dead = process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return None if is_dead else int(process.create_time() * 1000)
    except psutil.NoSuchProcess:
        return None
    except psutil.Error:
        return UNKNOWN_START


def _psutil() -> ModuleType | None:
    try:
        return import_module("psutil")
    except ImportError:
        return None


def _signal_zero(pid: int) -> int | None:
    if sys.platform == "win32":
        return UNKNOWN_START  # there, os.kill(pid, 0) would end the process
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return None
    except PermissionError:
        pass
    return UNKNOWN_START
