"""Requirements files and python_env.yaml as people, and attackers, write them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version
from pip._internal.req.req_file import preprocess

from tests.projects.wheels import conda_env, python_env, requirements
from tracker.errors import InvalidValue
from tracker.projects.environments import describe
from tracker.projects.environments.definition import Definition, read_definition
from tracker.projects.environments.pythons import parse_python
from tracker.projects.environments.requirements import Bounds, bounds, joined, read_lines
from tracker.projects.model import (
    DockerSpec,
    EnvironmentKind,
    EnvironmentSpec,
    Project,
)


def texts(definition: Definition) -> list[str]:
    return [line.text for line in definition.requirements.lines]


@given(st.lists(st.sampled_from(["pear", "plum>=1 ", " # why", "#", "\\", "", "  ", "a#b"])))
def test_lines_are_joined_and_cut_as_pip_does(parts: list[str]) -> None:
    content = "\n".join("".join(parts[i : i + 2]) for i in range(0, len(parts), 2))
    expected = [text.strip() for _, text in preprocess(content)]
    found = joined(enumerate(content.splitlines(), 1))
    assert [text for _, text in found] == [text for text in expected if text]


@given(st.text() | st.text("-rce=. @/;[]#\\ab\n${}~:", max_size=40))
def test_no_requirements_file_makes_the_reader_fail_in_another_way(text: str) -> None:
    folder = Path(__file__).parent
    try:
        found = read_lines([text], folder / "requirements.txt", Bounds(folder, folder))
    except InvalidValue:
        return
    for line in (*found.lines, *found.constraints):
        assert len(line.text.splitlines()) == 1
        assert line.path is None or line.path.is_relative_to(folder)


def test_endless_blanks_take_no_time(tmp_path: Path) -> None:
    blanks = " " * 400_000
    project = requirements(tmp_path, f"pear{blanks}x\n./a{blanks}b\n")
    started = time.process_time()
    with pytest.raises(InvalidValue, match="names no file or folder"):
        read_definition(project)
    assert time.process_time() - started < 5


def test_every_line_knows_where_it_was_written(tmp_path: Path) -> None:
    project = requirements(tmp_path, "pear\n\n-r more/needs.txt\n-c limits.txt\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "needs.txt").write_text("# first\nplum==1\n-r ../last.txt\n")
    (tmp_path / "last.txt").write_text("fig\n")
    (tmp_path / "limits.txt").write_text("pear<2\n")
    found = read_definition(project).requirements
    assert [(line.text, line.place) for line in found.lines] == [
        ("pear", "requirements.txt, line 1"),
        ("plum==1", "more/needs.txt, line 2"),
        ("fig", "last.txt, line 1"),
    ]
    assert [(line.text, line.place) for line in found.constraints] == [
        ("pear<2", "limits.txt, line 1")
    ]


def test_paths_in_requirements_become_absolute(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "a b.whl").touch()
    written = (
        ".\n./package[extra] ; python_version > '3'\n-e package\npear @ file:package\na b.whl\n"
    )
    found = texts(read_definition(requirements(tmp_path, written)))
    assert found == [
        str(tmp_path),
        f"{tmp_path}/package[extra] ; python_version > '3'",
        f"--editable {tmp_path}/package",
        f"pear @ {(tmp_path / 'package').as_uri()}",
        f"{tmp_path}/a b.whl",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_files_that_windows_wrote_are_read(encoding: str, tmp_path: Path) -> None:
    project = requirements(tmp_path, "")
    (tmp_path / "requirements.txt").write_bytes("pear==1\r\nplum\r\n".encode(encoding))
    assert texts(read_definition(project)) == ["pear==1", "plum"]


def test_the_python_is_read_as_written(tmp_path: Path) -> None:
    assert read_definition(python_env(tmp_path, "python: 3.10\n")).python == "3.10"


def test_unknown_keys_and_nothing_at_all_are_no_failure(tmp_path: Path) -> None:
    definition = read_definition(python_env(tmp_path, "dependancies: [pear]\n"))
    assert definition.remarks == (
        "python_env.yaml: the key 'dependancies' means nothing and was ignored.",
    )
    assert read_definition(python_env(tmp_path, "")).python is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("-r missing.txt", "requirements.txt, line 1: there is no file"),
        ("pear\n-c missing.txt", "requirements.txt, line 2: there is no file"),
        ("-r ../outside.txt", "outside of the project"),
        ("-r link.txt", "outside of the project"),
        ("../package", "outside of the project"),
        ("--find-links ..", "outside of the project"),
        ("-e /etc", "outside of the project"),
        ("-r requirements.txt", "a circle of -r"),
        ("-r https://example.org/needs.txt", "Save it in the project"),
        ("-r .", "cannot be read as text"),
        ("./missing", "there is no file"),
        ("-", "neither a requirement nor an option"),
        ("\0", None),
    ],
)
def test_what_leads_out_of_the_project_is_refused(
    text: str, complaint: str | None, tmp_path: Path
) -> None:
    (tmp_path / "outside.txt").write_text("secret\n")
    (tmp_path / "package").mkdir()
    folder = tmp_path / "project"
    project = requirements(folder, text)
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    if complaint is None:
        assert texts(read_definition(project)) == [text]
    else:
        with pytest.raises(InvalidValue) as raised:
            read_definition(project)
        assert complaint in raised.value.message
        assert "secret" not in raised.value.message


def test_files_of_the_same_repository_may_be_shared(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "needs.txt").write_text("pear\n")
    project = requirements(tmp_path / "steps" / "train", "-r ../../needs.txt\n")
    assert texts(read_definition(project)) == ["pear"]


def test_an_environment_file_that_is_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("python: 3.11\n")
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "python_env.yaml").symlink_to(tmp_path / "outside.yaml")
    spec = EnvironmentSpec(EnvironmentKind.PYTHON, folder / "python_env.yaml")
    with pytest.raises(InvalidValue, match="outside of the project"):
        read_definition(Project(None, folder, environment=spec))


@pytest.mark.parametrize(
    "text",
    [
        "- pear\n",
        "dependencies: pear\n",
        "dependencies: [1.0]\n",
        "dependencies: [\n",
        "a: !!x y\n",
    ],
)
def test_what_is_no_python_env_is_refused_in_words(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"python_env\.yaml"):
        read_definition(python_env(tmp_path, text))


@pytest.mark.parametrize(
    ("written", "suits", "suits_not"),
    [
        ("3.8.15", "3.8.18", "3.9.0"),
        ("3.10", "3.10.1", "3.1.10"),
        ("3.8.*", "3.8.2", "3.7.9"),
        ("=3.8", "3.8.2", "3.7.9"),
        ("3", "3.12.1", "2.7.18"),
        (">=3.8,<3.11", "3.10.4", "3.11.0"),
        ("python 3.9", "3.9.1", "3.10.0"),
    ],
)
def test_versions_of_python_as_people_write_them(written: str, suits: str, suits_not: str) -> None:
    versions = parse_python(written).versions
    assert versions.contains(Version(suits))
    assert not versions.contains(Version(suits_not))


@pytest.mark.parametrize("written", ["latest", "3.8; rm -rf /", "--help", "3.8.1.2.3.4x"])
def test_what_is_no_version_of_python_is_refused(written: str) -> None:
    with pytest.raises(InvalidValue, match="is no version of Python"):
        parse_python(written)


def test_bounds_are_the_repository_or_the_projects_folder(tmp_path: Path) -> None:
    assert bounds(tmp_path) == Bounds(tmp_path, tmp_path)
    (tmp_path / ".git").touch()
    assert bounds(tmp_path / "a") == Bounds(tmp_path / "a", tmp_path)


def test_what_would_be_installed_is_described_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    project = python_env(
        tmp_path,
        "python: 3.11\nbuild_dependencies: [pip]\ndependencies: [-r requirements.txt, plum<2]\n",
    )
    (tmp_path / "requirements.txt").write_text(
        "--index-url https://me:secret@example.org/simple\n"
        "pear==1\n-e package\n--pre\nfig @ git+https://example.org/fig\n"
        "apple --hash=sha256:00\nquince --config-settings=a=b\nmelon==${TOKEN}\nlime\x1b[2J\n"
    )
    assert describe(project) == [
        "uses Python 3.11",
        "installs: pip",
        "installs: pear==1, apple --hash=sha256:00, lime\ufffd[2J, plum<2",
        "requirements.txt, line 1: --index-url https://example.org/simple "
        "(changes where packages are taken from)",
        f"requirements.txt, line 3: --editable {tmp_path}/package "
        "(builds and installs files of the project)",
        "requirements.txt, line 4: --pre (changes how packages are chosen)",
        "requirements.txt, line 5: fig @ git+https://example.org/fig "
        "(installs what that address holds)",
        "requirements.txt, line 7: quince --config-settings=a=b (changes how it is built)",
        "requirements.txt, line 8: melon==${TOKEN} (sends your environment variable TOKEN)",
    ]


def test_channels_and_variables_of_conda_are_described(tmp_path: Path) -> None:
    project = conda_env(
        tmp_path,
        "channels: [conda-forge, ours]\nvariables: {LD_PRELOAD: ./x.so}\n"
        "dependencies: [python=3.8, numpy, {pip: ['https://example.org/a.whl']}]\n",
    )
    assert describe(project) == [
        "installs: python=3.8, numpy",
        "takes packages from the channel ours",
        "conda.yaml, dependency 1: https://example.org/a.whl (installs what that address holds)",
        "sets: LD_PRELOAD=./x.so",
    ]


def test_what_a_container_is_given_is_described(tmp_path: Path) -> None:
    docker = DockerSpec("image:1", ("/home:/data",), (("MODE", "fast"), ("AWS_SECRET", None)))
    spec = EnvironmentSpec(EnvironmentKind.DOCKER, docker=docker)
    assert describe(Project("p", tmp_path, environment=spec)) == [
        "runs in a container of the image image:1",
        "lets the container use this machine's files: /home:/data",
        "gives the container your environment variables: AWS_SECRET",
        "sets: MODE=fast",
    ]


def test_a_project_without_an_environment_installs_nothing(tmp_path: Path) -> None:
    assert describe(Project(None, tmp_path)) == []
