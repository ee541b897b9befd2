"""Environments made with uv and pip: from their definitions, once for each content."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects.wheels import make_wheel, python_env, requirements
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.environments import choose, prepare, virtual
from tracker.projects.model import (
    DockerSpec,
    Environment,
    EnvironmentKind,
    EnvironmentSpec,
    EnvManager,
    Project,
)

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
UV = EnvManager.UV


@pytest.fixture(autouse=True)
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Only our own wheels can be installed, into a folder of the test's own."""
    folder = tmp_path / "wheels"
    make_wheel(folder, "pear", "1.0")
    make_wheel(folder, "pear", "2.0")
    make_wheel(folder, "plum", requires="pear")
    monkeypatch.setenv("TRACKER_ENV_ROOT", str(tmp_path / "environments"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def run_in(environment: Environment, program: str) -> str:
    """Run a program as a project's command would be."""
    line = f"{environment.activate} && python -c '{program}'"
    return subprocess.check_output(["bash", "-c", line], text=True).strip()


def folders(root: Path) -> list[str]:
    return sorted(p.name for p in (root / "environments").glob("*") if p.suffix != ".lock")


@pytest.mark.parametrize("manager", [EnvManager.UV, EnvManager.VIRTUALENV])
def test_python_env_is_installed_with_nested_requirements_and_constraints(
    tmp_path: Path, manager: EnvManager
) -> None:
    folder = tmp_path / "project with blanks"
    project = python_env(
        folder, f"python: {MINOR}\nbuild_dependencies: [plum]\ndependencies: [-r needs/all.txt]\n"
    )
    (folder / "needs").mkdir()
    (folder / "needs" / "all.txt").write_text("-r more.txt  # nested\n-c limits.txt\n")
    (folder / "needs" / "more.txt").write_text("pear \\\n  >=1\n")
    (folder / "needs" / "limits.txt").write_text("pear<2\n")
    said: list[str] = []
    environment = prepare(project, manager, progress=said.append)
    assert environment.manager is manager
    assert run_in(environment, "import plum, pear; print(pear.version)") == "1.0"
    found = run_in(environment, "import sys; print(sys.executable)")
    assert Path(found) == environment.python
    assert said[-1] == "The environment is ready."
    said.clear()
    assert prepare(project, manager, progress=said.append) == environment
    assert said == []


def test_an_environment_is_known_by_what_is_in_its_files(tmp_path: Path) -> None:
    def made(name: str, text: str, limits: str = "") -> Path | None:
        project = requirements(tmp_path / name, text)
        (tmp_path / name / "limits.txt").write_text(limits)
        return prepare(project, UV).python

    first = made("a", "pear==1.0\n-c limits.txt\n")
    assert made("b", "# the same\n\npear==1.0   # in other words\n-c limits.txt\n\n") == first
    assert made("a", "pear==1.0\n-c limits.txt\n", "plum<9") != first
    assert made("a", "pear==2.0\n-c limits.txt\n") != first
    assert len(folders(tmp_path)) == 3


def test_a_package_of_the_project_is_installed_anew_when_it_changes(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    project = requirements(folder, "./wheels/pear-1.0-py3-none-any.whl\n")
    make_wheel(folder / "wheels", "pear", "1.0")
    first = prepare(project, UV)
    assert prepare(project, UV) == first
    make_wheel(folder / "wheels", "pear", "1.0", size=10)
    assert prepare(project, UV).python != first.python


def test_the_projects_own_settings_of_uv_count_for_nothing(tmp_path: Path, wheels: Path) -> None:
    folder = tmp_path / "project"
    make_wheel(folder / "planted", "pear", "9.0")
    project = requirements(folder, "pear\n")
    (folder / "uv.toml").write_text('find-links = ["planted"]\n')
    (folder / "pyproject.toml").write_text('[tool.uv]\nfind-links = ["planted"]\n')
    assert run_in(prepare(project, UV), "import pear; print(pear.version)") == "2.0"


def test_another_patch_of_the_same_python_is_taken_with_a_remark(tmp_path: Path) -> None:
    project = python_env(tmp_path / "project", f"python: {MINOR}.99\n")
    environment = prepare(project, UV)
    assert run_in(environment, "import sys; print(*sys.version_info[:2], sep=chr(46))") == MINOR
    [remark] = environment.remarks
    assert f"the project asks for {MINOR}.99" in remark
    assert prepare(project, UV).remarks == environment.remarks


@pytest.mark.parametrize("manager", [EnvManager.UV, EnvManager.VIRTUALENV])
def test_a_python_that_is_not_to_be_had_is_named_with_what_to_install(
    tmp_path: Path, manager: EnvManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    project = python_env(tmp_path / "project", "python: 3.99.1\n")
    with pytest.raises(TrackerError, match=r"asks for Python 3\.99\.1.*uv python install 3\.99"):
        prepare(project, manager)
    assert folders(tmp_path) == []


@pytest.mark.parametrize("manager", [EnvManager.UV, EnvManager.VIRTUALENV])
def test_a_failed_environment_names_the_requirement_and_leaves_nothing(
    tmp_path: Path, manager: EnvManager
) -> None:
    project = python_env(
        tmp_path / "project", f"python: '{MINOR}'\ndependencies:\n- pear\n- nowhere-to-be-had==1\n"
    )
    with pytest.raises(TrackerError) as raised:
        prepare(project, manager)
    message = raised.value.message
    assert "'nowhere-to-be-had==1' (python_env.yaml, dependency 2) cannot be installed" in message
    assert "Its last lines:\n" in message
    assert folders(tmp_path) == []


def test_what_a_dead_maker_left_is_made_again(tmp_path: Path) -> None:
    project = requirements(tmp_path / "project", "pear\n")
    environment = prepare(project, UV)
    assert environment.python
    folder = environment.python.parent.parent
    (folder / "tracker-environment.json").unlink()
    (folder / "half-made").touch()
    assert prepare(project, UV) == environment
    assert not (folder / "half-made").exists()
    assert run_in(environment, "import pear; print(pear.version)") == "2.0"


def test_an_environment_whose_python_was_removed_is_made_again(tmp_path: Path) -> None:
    project = requirements(tmp_path / "project", "pear\n")
    environment = prepare(project, UV)
    assert environment.python
    environment.python.unlink()
    environment.python.symlink_to(tmp_path / "uninstalled")
    assert prepare(project, UV) == environment
    assert run_in(environment, "import pear; print(pear.version)") == "2.0"


def test_what_an_environment_was_made_from_can_be_read_in_its_folder(tmp_path: Path) -> None:
    environment = prepare(requirements(tmp_path / "project", "pear<2 # old\n"), UV)
    assert environment.python
    noted = json.loads((environment.python.parent.parent / "tracker-environment.json").read_text())
    assert noted["content"]["requirements"][0] == ["pear<2"]
    assert noted["content"]["manager"] == "uv"


def test_the_folder_of_environments_is_closed_to_others_and_named_by_mlflows_variable_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRACKER_ENV_ROOT")
    monkeypatch.setenv("MLFLOW_ENV_ROOT", str(tmp_path / "mlflows"))
    python = prepare(requirements(tmp_path / "project", "pear\n"), UV).python
    assert python and python.is_relative_to(tmp_path / "mlflows")
    assert (tmp_path / "mlflows").stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_written_to_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TRACKER_ENV_ROOT", str(tmp_path / "file" / "environments"))
    with pytest.raises(TrackerError, match="TRACKER_ENV_ROOT names another folder"):
        prepare(requirements(tmp_path / "project", "pear\n"), UV)


def test_the_local_environment_is_the_one_that_runs_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    environment = prepare(Project(None, tmp_path), EnvManager.AUTO)
    assert environment.manager is EnvManager.LOCAL
    line = ["bash", "-c", "python -c 'import sys; print(sys.prefix)'"]
    found = subprocess.check_output(line, text=True, env=dict(environment.variables))
    assert found.strip() == sys.prefix


@pytest.mark.parametrize(
    ("kind", "asked", "chosen"),
    [
        (EnvironmentKind.NOTHING, EnvManager.AUTO, EnvManager.LOCAL),
        (EnvironmentKind.NOTHING, EnvManager.UV, EnvManager.UV),
        (EnvironmentKind.PYTHON, EnvManager.AUTO, EnvManager.UV),
        (EnvironmentKind.PYTHON, EnvManager.VIRTUALENV, EnvManager.VIRTUALENV),
        (EnvironmentKind.REQUIREMENTS, EnvManager.AUTO, EnvManager.UV),
        (EnvironmentKind.CONDA, EnvManager.AUTO, EnvManager.UV),
        (EnvironmentKind.CONDA, EnvManager.CONDA, EnvManager.CONDA),
        (EnvironmentKind.CONDA, EnvManager.LOCAL, EnvManager.LOCAL),
        (EnvironmentKind.DOCKER, EnvManager.AUTO, EnvManager.DOCKER),
        (EnvironmentKind.DOCKER, EnvManager.LOCAL, EnvManager.DOCKER),
    ],
)
def test_a_manager_is_chosen_by_what_the_project_defines(
    kind: EnvironmentKind,
    asked: EnvManager,
    chosen: EnvManager,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("MLFLOW_CONDA_HOME", str(tmp_path))
    docker = DockerSpec("image") if kind is EnvironmentKind.DOCKER else None
    project = Project(None, tmp_path, environment=EnvironmentSpec(kind, docker=docker))
    assert choose(project, asked) is chosen


def test_without_uv_virtualenv_is_chosen_and_uv_by_name_is_told_to_be_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual, "uv_program", lambda: None)
    project = requirements(tmp_path / "project", "pear\n")
    assert choose(project, EnvManager.AUTO) is EnvManager.VIRTUALENV
    with pytest.raises(TrackerError, match="pip install uv"):
        prepare(project, EnvManager.UV)
    assert folders(tmp_path) == []


@pytest.mark.parametrize("asked", [EnvManager.CONDA, EnvManager.DOCKER])
def test_a_manager_for_which_nothing_is_defined_is_refused(
    asked: EnvManager, tmp_path: Path
) -> None:
    project = python_env(tmp_path, "python: 3.11\n")
    with pytest.raises(InvalidValue, match="The project has no (conda|docker)_env"):
        choose(project, asked)
