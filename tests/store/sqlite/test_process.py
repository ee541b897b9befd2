"""Who writes, and whether it still lives."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tracker.store.sqlite.process import (
    CLOCK_SKEW_LIMIT,
    HEARTBEAT_LIMIT,
    ProcessIdentity,
    is_alive,
    this_process,
)

NOW = 1_800_000_000_000
LONG_AGO = 0
SHOW_IDENTITY = """
from tracker.store.sqlite.process import this_process
me = this_process()
print(me.host, me.boot_id, me.pid, me.started, flush=True)
input()
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SHOW_IDENTITY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def identity_of(child: subprocess.Popen[str]) -> ProcessIdentity:
    assert child.stdout is not None
    host, boot_id, pid, started = child.stdout.readline().split()
    return ProcessIdentity(host, boot_id, int(pid), int(started))


def test_this_process_is_alive_whatever_its_heartbeat() -> None:
    assert this_process().pid == os.getpid()
    assert is_alive(this_process(), LONG_AGO, NOW)


def test_this_process_is_always_the_same() -> None:
    assert this_process() == this_process()


def test_another_process_of_this_machine_is_alive_until_it_is_killed(
    child: subprocess.Popen[str],
) -> None:
    identity = identity_of(child)
    assert identity != this_process()
    assert is_alive(identity, LONG_AGO, NOW)
    child.kill()
    child.wait()
    assert not is_alive(identity, NOW, NOW)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_zombie_is_dead(child: subprocess.Popen[str]) -> None:
    identity = identity_of(child)
    child.kill()
    deadline = time.monotonic() + 30
    while is_alive(identity, NOW, NOW) and time.monotonic() < deadline:
        os.sched_yield()
    assert not is_alive(identity, NOW, NOW)
    assert child.poll() is not None


def test_a_pid_that_was_given_to_a_later_process_is_dead() -> None:
    earlier = replace(this_process(), started=this_process().started - 1)
    assert not is_alive(earlier, NOW, NOW)


def test_a_pid_without_a_known_start_is_looked_up_alone() -> None:
    assert is_alive(replace(this_process(), started=0), LONG_AGO, NOW)


@pytest.mark.parametrize("pid", [0, -1, -(2**70), 2**31, 2**70])
def test_a_pid_that_cannot_be_is_dead(pid: int) -> None:
    assert not is_alive(replace(this_process(), pid=pid), NOW, NOW)


def test_an_earlier_boot_is_dead() -> None:
    assert not is_alive(replace(this_process(), boot_id="an earlier boot"), NOW, NOW)


@pytest.mark.parametrize(
    ("age", "alive"),
    [
        (0, True),
        (HEARTBEAT_LIMIT - 1, True),
        (HEARTBEAT_LIMIT, False),
        (-CLOCK_SKEW_LIMIT + 1, True),
        (-CLOCK_SKEW_LIMIT, False),
    ],
)
def test_another_host_is_believed_by_its_heartbeat(age: int, alive: bool) -> None:
    elsewhere = replace(this_process(), host="elsewhere")
    assert is_alive(elsewhere, NOW - age, NOW) is alive


def test_another_container_of_this_boot_is_believed_by_its_heartbeat() -> None:
    boot = this_process().boot_id.partition("@")[0]
    container = replace(this_process(), boot_id=boot + "@pid:[1]", pid=2**31)
    assert is_alive(container, NOW, NOW)
    assert not is_alive(container, NOW - HEARTBEAT_LIMIT, NOW)


def test_without_a_time_it_is_now() -> None:
    elsewhere = replace(this_process(), host="elsewhere")
    assert is_alive(elsewhere, time.time_ns() // 1_000_000)
    assert not is_alive(elsewhere, LONG_AGO)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_forked_child_is_another_process() -> None:
    script = """
import os
from tracker.store.sqlite.process import this_process
parent = this_process()
if os.fork() == 0:
    child = this_process()
    os._exit(child.pid == parent.pid or child.pid != os.getpid() or child.started == 0)
raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
