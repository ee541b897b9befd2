"""conda.yaml: read, made by conda where there is one, and from PyPI's distributions elsewhere.

No conda is installed where these tests run. A small program stands in for it: it writes down how it
was called and makes a virtual environment where conda would make its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from tests.projects.wheels import conda_env, make_wheel
from tracker.errors import InvalidValue, TrackerError
from tracker.projects.environments import choose, prepare
from tracker.projects.environments.condafile import CondaFile, parse_spec, read_conda_file
from tracker.projects.environments.condapip import as_definition
from tracker.projects.environments.requirements import bounds
from tracker.projects.model import EnvManager, Project

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"

STAND_IN = """#!{python} -I
import json, pathlib, subprocess, sys
calls = pathlib.Path({calls!r})
calls.write_text(json.dumps(sys.argv))
if sys.argv[1] in ("shell", "shell.bash"):
    print('conda() {{ source "$2/bin/activate"; }}; micromamba() {{ conda "$@"; }}')
    sys.exit()
folder = pathlib.Path(sys.argv[sys.argv.index("-p") + 1])
subprocess.run([{python!r}, "-m", "venv", "--without-pip", str(folder)], check=True)
if {fails!r}:
    print("Collecting package metadata", "Solving environment: failed", sep="\\n")
    print({fails!r}, file=sys.stderr)
    sys.exit(1)
"""


def install_stand_in(home: Path, name: str, fails: str = "") -> Path:
    """Put a stand-in into a folder as MLFLOW_CONDA_HOME names it; return where its call will be."""
    calls = home / "call.json"
    program = home / "bin" / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(STAND_IN.format(python=sys.executable, calls=str(calls), fails=fails))
    program.chmod(0o755)
    return calls


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No conda but what the test installs there."""
    monkeypatch.setenv("MLFLOW_CONDA_HOME", str(tmp_path / "conda"))
    monkeypatch.setenv("TRACKER_ENV_ROOT", str(tmp_path / "environments"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return tmp_path / "conda"


def lines_for(folder: Path, *dependencies: str) -> list[str]:
    """What is installed from PyPI in place of conda's packages."""
    text = "dependencies:\n" + "".join(f"- {json.dumps(d)}\n" for d in dependencies)
    definition = as_definition(_read(conda_env(folder, text)))
    return [line.text for line in (*definition.build.lines, *definition.requirements.lines)]


def _read(project: Project) -> CondaFile:
    assert project.environment.file
    return read_conda_file(project.environment.file, bounds(project.folder))


@pytest.mark.parametrize(
    ("written", "installed"),
    [
        ("numpy", ["numpy"]),
        ("numpy=1.20", ["numpy==1.20.*"]),
        ("numpy = 1.20", ["numpy==1.20.*"]),
        ("numpy==1.20.1", ["numpy==1.20.1"]),
        ("numpy=1.20.1=py37_0", ["numpy==1.20.1"]),
        ("numpy 1.20.1 py37_0", ["numpy==1.20.1"]),
        ("numpy>=1.2,<2", ["numpy>=1.2,<2"]),
        ("numpy >= 1.2, < 2", ["numpy>=1.2,<2"]),
        ("numpy 1.20.*", ["numpy==1.20.*"]),
        ("numpy>=1.20.*", ["numpy>=1.20"]),
        ("numpy!=1.20.*", ["numpy!=1.20.*"]),
        ("numpy=*", ["numpy"]),
        ("numpy[version='>=1.2,<2', build=py37_0]", ["numpy>=1.2,<2"]),
        ("conda-forge::numpy=1.20", ["numpy==1.20.*"]),
        ("conda-forge/linux-64::numpy", ["numpy"]),
        ("Numpy=1.20  # as it was", ["numpy==1.20.*"]),
        ("pytorch=1.9.0=py3.7_cuda10.2_cudnn7.6.5_0", ["torch==1.9.0"]),
        ("pytorch::pytorch", ["torch"]),
        ("opencv", ["opencv-python"]),
        ("tensorflow-gpu=2.4", ["tensorflow==2.4.*"]),
        ("dask", ["dask[complete]"]),
        ("librosa", ["librosa"]),
        ("libgcc-ng=9.1.0=hdf63c60_0", []),
        ("_libgcc_mutex=0.1=main", []),
        ("cudatoolkit=10.2", []),
        ("mkl", []),
        ("pip=21.0.1=py38h06a4308_0", ["pip==21.0.1"]),
        ("setuptools<60", ["setuptools<60"]),
        ("python=3.8", []),
    ],
)
def test_a_dependency_of_conda_becomes_a_requirement(
    written: str, installed: list[str], tmp_path: Path
) -> None:
    assert lines_for(tmp_path, written) == installed


@pytest.mark.parametrize(
    ("written", "python"),
    [
        ("python=3.8", "3.8"),
        ("python=3.8.15=hb7a2778_1_cpython", "3.8.15"),
        ("python==3.8", "3.8"),
        ("python=3.8.*", "3.8"),
        ("python>=3.8,<3.11", ">=3.8,<3.11"),
        ("python", None),
    ],
)
def test_the_python_of_a_conda_file(written: str, python: str | None, tmp_path: Path) -> None:
    project = conda_env(tmp_path, f"dependencies: ['{written}']\n")
    assert as_definition(_read(project)).python == python


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("r-base=4.0", "it is a program, and no command 'R' was found"),
        ("r-ggplot2", "a package of the language R"),
        ("openjdk", "it is a program, and no command 'java' was found"),
        ("internal::model-tools", "it comes from the channel 'internal'"),
        ("https://conda.example.org/ours::model-tools", "it comes from the channel"),
        ("numpy=1.19|1.20", "its version '1.19|1.20' cannot be asked of PyPI"),
        ("python=3.8|3.9", "its version '3.8|3.9' cannot be asked of PyPI"),
        ("pillow=9b", "its version '9b' cannot be asked of PyPI"),
    ],
)
def test_a_dependency_without_a_python_distribution_is_named(
    written: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    project = conda_env(tmp_path, f"dependencies: [python, '{written}']\n")
    with pytest.raises(InvalidValue) as raised:
        prepare(project, EnvManager.VIRTUALENV)
    assert f"because of {written!r}" in raised.value.message
    assert why in raised.value.message
    assert "Install micromamba or conda" in raised.value.message


def test_a_program_that_is_there_already_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_stand_in(tmp_path, "java")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    definition = as_definition(_read(conda_env(tmp_path, "dependencies: [openjdk=11]\n")))
    assert any("openjdk (the java on PATH is used)" in remark for remark in definition.remarks)


def test_what_conda_env_export_writes_is_understood(tmp_path: Path) -> None:
    """Written in the shape of exports: every library of the system, each with its build."""
    system = ["_libgcc_mutex=0.1=main", "blas=1.0=mkl", "cudatoolkit=10.2.89=hfd86e86_1"]
    system += ["ca-certificates=2021.7.5=h06a4308_1", "ld_impl_linux-64=2.35.1=h7274673_9"]
    system += ["libffi=3.3=he6710b0_2", "openssl=1.1.1k=h27cfd23_0", "jpeg=9b=h024ee3a_2"]
    system += ["mkl_fft=1.3.0=py38h42c9631_2", "sqlite=3.36.0=hc218d9a_0", "git=2.32.0", "make"]
    python = ["certifi=2021.5.30=py38h06a4308_0", "numpy=1.20.3=py38hf144106_0"]
    python += ["typing_extensions=3.10.0.0=pyh06a4308_0", "ruamel_yaml=0.15.100=py38h27cfd23_0"]
    found = lines_for(tmp_path, "python=3.8.10=h12debd9_8", *system, *python)
    assert found == [
        "certifi==2021.5.30",
        "numpy==1.20.3",
        "typing_extensions==3.10.0.0",
        "ruamel.yaml==0.15.100",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- numpy\n",
        "dependencies: numpy\n",
        "dependencies: [{npm: [left-pad]}]\n",
        "dependencies: [{pip: numpy}]\n",
        "dependencies: ['=1.2']\n",
        "variables: {'A B': 1}\n",
        "dependencies: [\n",
    ],
)
def test_what_is_no_conda_file_is_refused_in_words(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"conda\.yaml|conda understands"):
        _read(conda_env(tmp_path, text))


def test_without_conda_the_environment_is_made_with_uv(tmp_path: Path) -> None:
    make_wheel(tmp_path / "wheels", "pear")
    make_wheel(tmp_path / "wheels", "plum")
    text = f"channels: [conda-forge, ours]\ndependencies:\n- python={MINOR}\n- pear=1.0=py_0\n"
    text += "- mkl\n- pip:\n  - -r more.txt\nvariables:\n  COLOUR: on\n"
    project = conda_env(tmp_path / "project" / "environments", text)
    (tmp_path / "project" / "environments" / "more.txt").write_text("plum\n")
    assert choose(project, EnvManager.AUTO) is EnvManager.UV
    environment = prepare(project)
    assert environment.variables == {"COLOUR": "on"}
    command = f"{environment.activate} && python -c 'import pear, plum; print(pear.version)'"
    assert subprocess.check_output(["bash", "-c", command], text=True) == "1.0\n"
    assert environment.remarks == (
        "conda.yaml is made from PyPI's distributions, without conda.",
        "Left out, because wheels bring it or the machine has it: mkl.",
        "The channels ours were not looked into.",
    )


@pytest.mark.parametrize("name", ["conda", "mamba", "micromamba"])
def test_conda_is_asked_where_it_is_installed(name: str, tmp_path: Path, home: Path) -> None:
    calls = install_stand_in(home, name)
    project = conda_env(tmp_path / "project", "dependencies: [python]\nvariables: {A: 1.10}\n")
    assert choose(project, EnvManager.AUTO) is EnvManager.CONDA
    environment = prepare(project)
    assert environment.python
    folder = environment.python.parent.parent
    create = ["create"] if name == "micromamba" else ["env", "create"]
    file = str(project.environment.file)
    assert json.loads(calls.read_text())[1:] == [*create, "-p", str(folder), "--file", file]
    assert environment.variables == {"A": "1.10"}
    calls.unlink()
    assert prepare(project) == environment
    assert not calls.exists()


@pytest.mark.parametrize("name", ["conda", "micromamba"])
def test_an_environment_of_conda_is_activated(name: str, tmp_path: Path, home: Path) -> None:
    install_stand_in(home, name)
    environment = prepare(conda_env(tmp_path / "project", "dependencies: [python]\n"))
    command = f"{environment.activate} && python -c 'import sys; print(sys.executable)'"
    found = subprocess.check_output(["bash", "-c", command], text=True).strip()
    assert Path(found) == environment.python


def test_mlflows_variable_names_who_creates_environments(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install_stand_in(home, "conda")
    monkeypatch.setenv("MLFLOW_CONDA_CREATE_ENV_CMD", "mamba")
    project = conda_env(tmp_path / "project", "dependencies: [python]\n")
    with pytest.raises(TrackerError, match="MLFLOW_CONDA_CREATE_ENV_CMD names 'mamba'"):
        prepare(project)
    calls = install_stand_in(home, "mamba")
    prepare(project)
    assert json.loads(calls.read_text())[0] == str(home / "bin" / "mamba")


def test_a_failure_of_conda_names_the_dependency_and_leaves_nothing(
    tmp_path: Path, home: Path
) -> None:
    install_stand_in(home, "conda", fails="PackagesNotFoundError:\n  - pear=9.9")
    project = conda_env(tmp_path / "project", "dependencies: [python, pear=9.9]\n")
    with pytest.raises(TrackerError, match=r"(?s)'pear=9.9' of conda.yaml cannot.*NotFound"):
        prepare(project)
    assert [p.suffix for p in (tmp_path / "environments").iterdir()] == [".lock"]


def test_conda_that_is_asked_for_by_name_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="Neither conda, mamba nor micromamba was found"):
        prepare(conda_env(tmp_path, "dependencies: [python]\n"), EnvManager.CONDA)


NAMES = st.from_regex(r"[a-z][a-z0-9_.-]{0,8}[a-z0-9]", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}", fullmatch=True)
OPERATORS = st.sampled_from(["", "=", "==", ">=", "<=", "<", ">", "!=", " ", " =", " >="])


@given(NAMES, OPERATORS, VERSIONS, st.sampled_from(["", ".*", "*"]))
def test_what_conda_would_take_is_asked_of_pypi_or_refused_in_words(
    name: str, operator: str, version: str, star: str
) -> None:
    spec = parse_spec(f"{name}{operator}{version}{star}" if operator else name)
    conda = CondaFile(Path("conda.yaml"), specs=(spec,))
    try:
        lines = as_definition(conda).requirements.lines
    except InvalidValue as error:
        assert repr(spec.text) in error.message
        return
    for line in lines:
        asked = Requirement(line.text).specifier
        takes_it = operator not in ("<", ">", "!=")
        assert asked.contains(version) == takes_it or not operator


@given(st.text() | st.text("ab=<>!~[]'\"| .*:#1,", max_size=30))
def test_no_spec_makes_the_parser_fail_in_another_way(text: str) -> None:
    try:
        assert parse_spec(text).name
    except InvalidValue as error:
        assert "dependency" in error.message


def test_a_spec_keeps_what_was_written() -> None:
    spec = parse_spec("conda-forge::numpy=1.20=py37_0 # pinned")
    assert (spec.text, spec.build) == ("conda-forge::numpy=1.20=py37_0 # pinned", "py37_0")
