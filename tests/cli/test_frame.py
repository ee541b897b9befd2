"""How the command line starts, answers in pipes, and fails."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.cli.conftest import Tell, log_run
from tracker.store import Store

HEAVY = ("numpy", "pandas", "rich", "sqlite_utils", "IPython", "tornado", "fsspec", "plotly")


def run(*words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tracker", *words],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_command_starts_without_heavy_libraries(folder: Path) -> None:
    """With them `tracker --help` took a second; without, less than a tenth of one."""
    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom tracker.cli.app import cli\n"
        "assert CliRunner().invoke(cli, ['runs', 'list', '--help']).exit_code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout.strip() == "[]", answer.stderr


def test_the_module_is_the_command(folder: Path, store: Store) -> None:
    log_run(store, "a run")
    result = run("runs", "list", folder=folder)
    assert (result.returncode, result.stderr) == (0, "")
    assert "a run" in result.stdout
    assert run("--help", folder=folder).stdout.startswith("Usage: tracker ")


def test_the_installed_command_is_this_one() -> None:
    scripts = [one for one in entry_points(group="console_scripts") if one.name == "tracker"]
    assert {one.value for one in scripts} <= {"tracker.cli:main"}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["runs", "list"], 1),
        (["runs", "describe", "nope"], 1),
        (["--store", "mysql://host/x", "runs", "list"], 2),
        (["runs", "list", "--no-such-option"], 2),
        (["runs", "list", "--limit", "0"], 2),
        (["no-such-command"], 2),
    ],
)
def test_what_fails_ends_with_a_code_and_no_traceback(
    folder: Path, words: list[str], code: int
) -> None:
    result = run(*words, folder=folder, TRACKER_TRACKING_URI=str(folder / "none"))
    assert result.returncode == code
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")


def test_a_wrong_filter_says_in_which_column(tell: Tell, store: Store) -> None:
    result = tell("runs", "search", "metrics.loss > abc")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: column 16: ")
    assert len(result.stderr.splitlines()) == 1


def test_a_pipe_gets_all_of_it_without_colour(folder: Path, store: Store) -> None:
    name = "a very long name " * 14
    log_run(store, name.strip(), losses=[0.125])
    result = run("runs", "list", folder=folder, COLUMNS="20", FORCE_COLOR="1", TERM="xterm")
    assert name.strip() in result.stdout
    assert "\x1b" not in result.stdout
    assert "loss=0.125" in result.stdout


def test_a_reader_that_leaves_early_is_no_error(folder: Path, store: Store) -> None:
    for number in range(300):
        store.create_run("0", run_name=f"run {number} " + "x" * 200)
    command = f"{sys.executable} -m tracker runs list -n 300 | head -1"
    result = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    assert result.stdout.startswith("run ")
    assert "Traceback" not in result.stderr


def test_what_a_store_holds_cannot_steer_the_terminal(tell: Tell, store: Store) -> None:
    run_id = log_run(
        store,
        "\x1b[31mred\x1b[0m\nrun\u202egnp.exe",
        params={"note": "\x1b]0;title\x07"},
        tags={"note": "line\nline"},
    )
    for words in (["list"], ["describe", run_id], ["compare", run_id, run_id], ["delete", run_id]):
        output = tell("runs", *words).output
        assert not {"\x1b", "\x07", "\u202e"} & set(output)
    listed = tell("runs", "list", "--view", "all").stdout.splitlines()
    assert len(listed) == 2


def test_a_terminal_gets_a_table_that_fits(folder: Path, store: Store) -> None:
    pty = pytest.importorskip("pty")
    log_run(store, "[bold]a name with brackets[/bold] " * 5, losses=[0.125])
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": "70", "TERM": "xterm", "NO_COLOR": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", "tracker", "runs", "list"],
        cwd=folder,
        env=environment,
        stdout=slave,
        stderr=subprocess.PIPE,
    )
    os.close(slave)
    text = b""
    try:
        while chunk := os.read(master, 4096):
            text += chunk
    except OSError:  # how Linux says that the other end was closed
        pass
    os.close(master)
    assert child.wait(60) == 0
    lines = text.decode().splitlines()
    assert len(lines) == 2
    assert "[bold]a" in lines[1]
    assert "…" in lines[1]
    assert "finished" in lines[1]
    plain = lines[1].replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert len(plain) <= 70


def test_the_version_is_told(folder: Path) -> None:
    result = run("--version", folder=folder)
    assert result.returncode == 0
    assert result.stdout.startswith("tracker")
