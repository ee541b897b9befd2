"""Environments when things go wrong: many makers at once, killed makers, full disks."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.projects.wheels import conda_env, make_wheel, requirements
from tracker.errors import InvalidState, TrackerError
from tracker.projects.environments import prepare
from tracker.projects.model import EnvManager, Project

PREPARE = """
import sys
from pathlib import Path
from tracker.errors import TrackerError
from tracker.projects.environments import prepare
from tracker.projects.model import *
kind, file, manager = sys.argv[1:]
spec = EnvironmentSpec(EnvironmentKind(kind), Path(file))
project = Project(None, Path(file).parent, environment=spec)
print("started", flush=True)
try:
    tell = lambda line: print(line, flush=True)
    print(prepare(project, EnvManager(manager), progress=tell).python)
except TrackerError as error:
    sys.exit(error.message)
"""

HANGS = """#!{python} -I
import pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("-p") + 1])
folder.mkdir()
(folder / "half-made").touch()
while not pathlib.Path({go_on!r}).exists():
    time.sleep(0.01)
"""

NO_SPACE = """#!{python} -I
import errno, os, pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("-p") + 1])
folder.mkdir()
(folder / "half-made").write_bytes(b"x" * 100)
sys.exit(str(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "half-made")))
"""

LIMITED = (
    "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); "
)
LIMITED += "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only our own wheels, into a folder of the test's own."""
    make_wheel(tmp_path / "wheels", "pear")
    make_wheel(tmp_path / "wheels", "melon", size=3_000_000)
    monkeypatch.setenv("TRACKER_ENV_ROOT", str(tmp_path / "environments"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "environments"


def command(project: Project, manager: EnvManager) -> list[str]:
    spec = project.environment
    return [sys.executable, "-c", PREPARE, spec.kind, str(spec.file), manager]


def start(project: Project, manager: EnvManager) -> subprocess.Popen[str]:
    return subprocess.Popen(command(project, manager), stdout=subprocess.PIPE, text=True)


def stand_in(tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Install a program as conda; return the file by which it may be told to go on."""
    conda = tmp_path / "conda" / "bin" / "conda"
    conda.parent.mkdir(parents=True)
    go_on = tmp_path / "go-on"
    conda.write_text(program.format(python=sys.executable, go_on=str(go_on)))
    conda.chmod(0o755)
    monkeypatch.setenv("MLFLOW_CONDA_HOME", str(tmp_path / "conda"))
    return go_on


def left(root: Path) -> list[str]:
    return [path.name for path in root.iterdir() if path.suffix != ".lock"]


def until(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_ten_processes_that_want_one_environment_make_it_once(tmp_path: Path, root: Path) -> None:
    project = requirements(tmp_path / "project", "pear\n")
    processes = [start(project, EnvManager.UV) for _ in range(10)]
    answers = [process.communicate(timeout=100)[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0] * 10
    made = [lines for lines in answers if "The environment is ready." in lines]
    assert len(made) == 1
    assert len({lines[-1] for lines in answers}) == 1
    assert Path(answers[0][-1]).is_relative_to(root)
    assert len(left(root)) == 1


def test_nobody_takes_over_while_the_installer_of_a_killed_maker_still_writes(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = stand_in(tmp_path, HANGS, monkeypatch)
    project = conda_env(tmp_path / "project", "dependencies: [python]\n")
    killed = start(project, EnvManager.CONDA)
    until(lambda: list(root.glob("*/half-made")))
    killed.kill()
    killed.communicate()
    second = start(project, EnvManager.CONDA)
    assert second.stdout
    lines = iter(second.stdout)
    assert next(lines) == "started\n"
    assert next(lines) == "Another process is making this environment; waiting for it.\n"
    [half_made] = root.glob("*/half-made")
    half_made.unlink()
    go_on.touch()
    # The second maker starts over with a folder that is not there, or its installer would fail.
    assert "ready" in [line.split()[-1].strip(".") for line in lines][-2:]
    assert second.wait() == 0


def test_a_maker_that_is_interrupted_takes_its_installer_and_its_folder_away(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, HANGS, monkeypatch)
    project = conda_env(tmp_path / "project", "dependencies: [python]\n")
    maker = start(project, EnvManager.CONDA)
    until(lambda: list(root.glob("*/half-made")))
    maker.send_signal(signal.SIGINT)
    maker.communicate(timeout=30)
    assert left(root) == []


def test_an_installer_that_says_nothing_can_be_cancelled(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = stand_in(tmp_path, HANGS, monkeypatch)
    project = conda_env(tmp_path / "project", "dependencies: [python]\n")
    with pytest.raises(InvalidState, match="Cancelled while the environment was made"):
        prepare(project, is_cancelled=lambda: bool(list(root.glob("*/half-made"))))
    assert left(root) == []
    go_on.touch()
    prepare(project)  # nobody holds the lock any more


def test_who_waits_for_another_maker_can_be_cancelled(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = stand_in(tmp_path, HANGS, monkeypatch)
    project = conda_env(tmp_path / "project", "dependencies: [python]\n")
    maker = start(project, EnvManager.CONDA)
    until(lambda: list(root.glob("*/half-made")))
    said: list[str] = []
    with pytest.raises(InvalidState, match="Cancelled while the environment was made"):
        prepare(project, progress=said.append, is_cancelled=lambda: bool(said))
    assert said == ["Another process is making this environment; waiting for it."]
    go_on.touch()
    assert maker.wait(30) == 0


def test_an_installer_without_space_is_told_in_words_and_leaves_nothing(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, NO_SPACE, monkeypatch)
    with pytest.raises(TrackerError, match=r"No space is left for it\. .* MB are free there"):
        prepare(conda_env(tmp_path / "project", "dependencies: [python]\n"))
    assert left(root) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on the size of files there")
def test_an_installer_that_may_not_write_so_much_leaves_nothing(tmp_path: Path, root: Path) -> None:
    project = requirements(tmp_path / "project", "melon\n")
    words = [sys.executable, "-c", LIMITED, *command(project, EnvManager.UV)[1:]]
    result = subprocess.run(words, capture_output=True, text=True, timeout=100)
    assert result.returncode == 1, result.stdout
    assert "cannot be installed" in result.stderr
    assert left(root) == []
    assert prepare(project, EnvManager.UV).python


def _may_mount() -> bool:
    unshare = shutil.which("unshare")
    words = [unshare or "unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return unshare is not None and subprocess.run(words, capture_output=True).returncode == 0


@pytest.mark.skipif(not _may_mount(), reason="this machine does not let us mount a small disk")
def test_a_disk_that_fills_up_is_told_in_words_and_works_again_with_room(
    tmp_path: Path, root: Path
) -> None:
    """The disk of 2 MB exists only for the processes of this test, in a namespace of their own."""
    project = requirements(tmp_path / "project", "melon\n")
    root.mkdir()
    shell = (
        f'mount -t tmpfs -o size=2m none "{root}" && {{ "$@"; code=$?; ls "{root}"; exit $code; }}'
    )
    words = ["unshare", "-rm", "sh", "-c", shell, "sh", *command(project, EnvManager.UV)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=100)
    assert result.returncode == 1, result.stdout
    assert "No space is left for it." in result.stderr
    assert "MB are free there. TRACKER_ENV_ROOT names another folder." in result.stderr
    [listed] = [line for line in result.stdout.splitlines() if line.startswith("tracker-")]
    assert listed.endswith(".lock")
    assert os.fspath(prepare(project, EnvManager.UV).python or "").startswith(str(root))
