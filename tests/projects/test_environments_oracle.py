"""What definitions mean, beside what MLflow reads in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from mlflow.utils import environment

from tests.projects.wheels import conda_env, python_env
from tracker.projects.environments.condafile import read_conda_file
from tracker.projects.environments.condapip import as_definition
from tracker.projects.environments.definition import read_definition
from tracker.projects.environments.requirements import bounds

MLFLOWS: Any = environment._PythonEnv


@pytest.mark.parametrize(
    "text",
    [
        "python: '3.10.4'\nbuild_dependencies: [pip==22, wheel]\ndependencies: [pear, 'plum<2']\n",
        "python: '3.10'\ndependencies: ['pear[juice]>=1,!=1.2 ; python_version > \"3\"']\n",
        "python: '3.8'\n",
        "build_dependencies:\n- pip\ndependencies:\n- git+https://example.org/pear@v1#egg=pear\n",
    ],
)
def test_python_env_is_read_as_mlflow_reads_it(text: str, tmp_path: Path) -> None:
    project = python_env(tmp_path, text)
    ours = read_definition(project)
    theirs = MLFLOWS.from_yaml(project.environment.file)
    assert ours.python == theirs.python or (ours.python is None and "python:" not in text)
    assert [line.text for line in ours.build.lines] == theirs.build_dependencies
    assert [line.text for line in ours.requirements.lines] == theirs.dependencies


@pytest.mark.parametrize(
    "dependencies",
    [
        "[python=3.8.13, pip, {pip: [mlflow, 'pear==1.0']}]",
        "[python=3.10, 'pip<=21', {pip: ['pear[juice]', plum]}]",
        "['python>=3.9', {pip: [pear]}]",
        "[python==3.9.1, pip==21.0, setuptools==60.0]",
    ],
)
def test_conda_is_read_as_mlflow_reads_it(dependencies: str, tmp_path: Path) -> None:
    project = conda_env(tmp_path, f"dependencies: {dependencies}\n")
    file = project.environment.file
    assert file
    ours = as_definition(read_conda_file(file, bounds(tmp_path)))
    theirs = MLFLOWS.from_conda_yaml(file)
    # MLflow takes `>=3.9` for 3.9 itself.
    assert (ours.python or "").lstrip(">=") == theirs.python
    assert [line.text for line in ours.build.lines] == theirs.build_dependencies
    assert [line.text for line in ours.requirements.lines] == theirs.dependencies


def test_conda_packages_that_mlflow_leaves_out_are_installed(tmp_path: Path) -> None:
    project = conda_env(tmp_path, "dependencies: [python=3.10, numpy=1.26, {pip: [pear]}]\n")
    file = project.environment.file
    assert file
    ours = as_definition(read_conda_file(file, bounds(tmp_path)))
    assert MLFLOWS.from_conda_yaml(file).dependencies == ["pear"]
    assert [line.text for line in ours.requirements.lines] == ["numpy==1.26.*", "pear"]
