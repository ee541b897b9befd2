from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tracker
from tracker.entities import Run


def run_program(source: str, *, expect: int) -> subprocess.CompletedProcess[str]:
    """Run a script that records to the test's store, and check how it exits."""
    script = Path("program.py")
    script.write_text(source)
    result = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=60
    )
    assert result.returncode == expect, result.stderr
    return result


def only_run() -> Run:
    (run,) = tracker.search_runs(output_format="list")
    return run


BARE = "import sys, tracker\ntracker.start_run()\ntracker.log_metric('m', 1.0)\n"


@pytest.mark.parametrize(
    ("end", "code", "status"),
    [
        ("", 0, "FINISHED"),
        ("sys.exit()", 0, "FINISHED"),
        ("sys.exit(0)", 0, "FINISHED"),
        ("sys.exit(3)", 3, "FAILED"),
        ("sys.exit('words')", 1, "FAILED"),
        ("1 / 0", 1, "FAILED"),
        ("raise KeyboardInterrupt", -signal.SIGINT, "KILLED"),
        ("def main(): sys.exit(3)\nmain()", 3, "FAILED"),
        ("try:\n    sys.exit(3)\nfinally:\n    print()", 3, "FAILED"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    pass", 0, "FINISHED"),
        ("try:\n    sys.exit(3)\nexcept SystemExit:\n    pass\nsys.exit()", 0, "FINISHED"),
        (
            "def main():\n    try: sys.exit(3)\n    except SystemExit: return\nmain()",
            0,
            "FINISHED",
        ),
        ("try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass", 0, "FINISHED"),
        ("import argparse\nargparse.ArgumentParser().error('bad')", 2, "FAILED"),
    ],
)
def test_a_run_left_open_ends_as_its_process_does(end: str, code: int, status: str) -> None:
    run_program(BARE + end, expect=code)
    run = only_run()
    assert run.info.status == status
    assert run.info.end_time is not None
    assert run.data.metrics == {"m": 1.0}


def test_the_users_traceback_and_hook_stay_as_they_are() -> None:
    program = (
        "import sys\n"
        "def hook(kind, error, trace): print('own hook saw', error)\n"
        "sys.excepthook = hook\n" + BARE + "raise ValueError('mine')"
    )
    result = run_program(program, expect=1)
    assert "own hook saw mine" in result.stdout
    assert only_run().info.status == "FAILED"


def test_nested_runs_left_open_are_all_ended() -> None:
    run_program(BARE + "tracker.start_run(nested=True)\n1 / 0", expect=1)
    runs = tracker.search_runs(output_format="list")
    assert [run.info.status for run in runs] == ["FAILED", "FAILED"]


def test_a_module_run_with_m_counts_like_a_script(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "__main__.py").write_text(BARE + "sys.exit(4)")
    result = subprocess.run([sys.executable, "-m", "package"], check=False, cwd=tmp_path)
    assert result.returncode == 4
    assert only_run().info.status == "FAILED"


def test_a_process_killed_outright_leaves_no_run_running() -> None:
    run_program(BARE + "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", expect=-9)
    run = only_run()
    assert run.info.status == "KILLED"
    assert run.data.metrics == {"m": 1.0}


def test_a_fork_logs_to_its_parents_run_and_does_not_end_it() -> None:
    program = BARE + (
        "import os\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    tracker.log_metric('from child', 2.0)\n"
        "    tracker.end_run()\n"
        "    sys.exit(3)\n"
        "os.waitpid(child, 0)\n"
        "run = tracker.get_run(tracker.active_run().info.run_id)\n"
        "print(run.info.status)\n"
        "tracker.log_metric('after', 3.0)\n"
    )
    result = run_program(program, expect=0)
    assert result.stdout.split() == ["RUNNING"]
    run = only_run()
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"m": 1.0, "from child": 2.0, "after": 3.0}


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_runs_left_open_in_a_child_process_are_ended(method: str) -> None:
    program = (
        "import multiprocessing, tracker\n"
        "def work(fail):\n"
        "    tracker.start_run(run_name=f'child {fail}')\n"
        "    tracker.log_param('in', 'child')\n"
        "    if fail: raise ValueError\n"
        "if __name__ == '__main__':\n"
        f"    context = multiprocessing.get_context({method!r})\n"
        "    with tracker.start_run(run_name='parent'):\n"
        "        children = [context.Process(target=work, args=(f,)) for f in (False, True)]\n"
        "        for child in children: child.start()\n"
        "        for child in children: child.join()\n"
        "        tracker.log_param('in', 'parent')\n"
    )
    run_program(program, expect=0)
    runs = {run.info.run_name: run for run in tracker.search_runs(output_format="list")}
    statuses = {name: run.info.status for name, run in runs.items()}
    assert statuses == {"parent": "FINISHED", "child False": "FINISHED", "child True": "FAILED"}
    assert runs["parent"].data.params == {"in": "parent"}


def test_an_interrupt_from_the_keyboard_kills_the_run(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(BARE + "print('ready', flush=True)\nimport time\ntime.sleep(60)\n")
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + 20
        assert process.wait(timeout=max(0.0, deadline - time.monotonic())) != 0
    assert only_run().info.status == "KILLED"
