"""What is read in a project's folder, what is remarked on, and what is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidValue, NotFound
from tracker.projects.model import Checkout, DockerSpec, EnvironmentKind, Parameter, Project
from tracker.projects.spec import entry_point_of, project_of, read_project, told
from tracker.projects.yamlfile import DEEPEST, LARGEST, parse

RUN = "entry_points: {main: {command: python train.py}}\n"


def read(folder: Path, text: str | bytes, name: str = "MLproject") -> Project:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_project(folder)


def remarks(folder: Path, text: str | bytes, name: str = "MLproject") -> list[str]:
    return [told(remark) for remark in read(folder, text, name).remarks]


def test_everything_that_a_project_says_is_there(tmp_path: Path) -> None:
    project = read(
        tmp_path,
        """
name: demo
docker_env:
  image: python:3.12
  volumes: ["/data:/data:ro"]
  environment: [[LEVEL, 3], HOME]
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.5, description: How much}
      data: path
    command: python train.py {alpha} {data}
""",
    )
    main = project.entry_points["main"]
    assert project.name == "demo"
    assert project.folder == tmp_path
    assert project.environment.kind is EnvironmentKind.DOCKER
    assert project.environment.docker == DockerSpec(
        "python:3.12", ("/data:/data:ro",), (("LEVEL", "3"), ("HOME", None))
    )
    assert list(main.parameters.values()) == [
        Parameter("alpha", "float", 0.5, "How much"),
        Parameter("data", "path"),
    ]
    assert main.command == "python train.py {alpha} {data}"
    assert project.remarks == ()


def test_odd_keys_and_types_are_remarked_with_line_and_what_was_meant(tmp_path: Path) -> None:
    text = """name: a
Name: b
conda-env: conda.yaml
entrypoints: {}
author: me
command: python train.py
docker_env:
  image: i
  volume: [a]
entry_points:
  main:
    parameter: {}
    desc: x
    parameters:
      a: {typ: float, default: 0.1, descripton: y}
      b: flaot
      c: {type: Float, default: 1}
      d: {type: choice, default: 1}
      e: {type: int, default: 010}
    command: run
name: twice
"""
    assert remarks(tmp_path, text) == [
        "MLproject, line 2: unknown key 'Name' at the top of the file, did you mean 'name'?",
        "MLproject, line 3: unknown key 'conda-env' at the top of the file, did you mean "
        "'conda_env'?",
        "MLproject, line 4: unknown key 'entrypoints' at the top of the file, did you mean "
        "'entry_points'?",
        "MLproject, line 5: unknown key 'author' at the top of the file: it is not read",
        "MLproject, line 6: unknown key 'command' at the top of the file: it belongs inside an "
        "entry point and is not read here",
        "MLproject, line 21: 'name' stands at the top of the file more than once: the last one "
        "counts",
        "MLproject, line 9: unknown key 'volume' inside docker_env, did you mean 'volumes'?",
        "MLproject, line 12: unknown key 'parameter' in entry point 'main', did you mean "
        "'parameters'?",
        "MLproject, line 13: unknown key 'desc' in entry point 'main': it is not read",
        "MLproject, line 15: unknown key 'typ' in parameter 'a', did you mean 'type'?",
        "MLproject, line 15: unknown key 'descripton' in parameter 'a', did you mean "
        "'description'?",
        "MLproject, line 16: parameter 'b' has the unknown type 'flaot', its values are passed as "
        "they are; did you mean 'float'?",
        "MLproject, line 17: parameter 'c' has the unknown type 'Float', its values are passed as "
        "they are; did you mean 'float'?",
        "MLproject, line 18: parameter 'd' has the unknown type 'choice', its values are passed as "
        "they are; known are string, str, path, uri, int, integer, float, double, number, bool, "
        "boolean",
        "MLproject, line 19: the default of 'e' is written 010 and means 8 in YAML; put it into "
        "quotes if it is meant as written",
    ]


@pytest.mark.parametrize("written", ["1", "-3", "1_000", "0.10", "1.0e-7", ".inf", "true", "False"])
def test_defaults_that_mean_what_they_say_are_not_remarked(written: str, tmp_path: Path) -> None:
    text = f"entry_points: {{main: {{parameters: {{a: {{default: {written}}}}}, command: r}}}}"
    assert remarks(tmp_path, text) == []


@pytest.mark.parametrize("written", ["12:30:45", "0x1F", "0o7 ", "yes", "2020-01-01T10:00:00Z"])
def test_defaults_that_yaml_takes_for_something_else_are_remarked(
    written: str, tmp_path: Path
) -> None:
    text = f"entry_points: {{main: {{parameters: {{a: {{default: {written}}}}}, command: r}}}}"
    is_text = written.startswith("0o")  # YAML 1.1 knows no such octal numbers
    assert len(remarks(tmp_path, text)) == (0 if is_text else 1)


def test_what_is_no_mlproject_file_is_remarked(tmp_path: Path) -> None:
    (tmp_path / "mlproject").mkdir()
    (tmp_path / "MLproject.yaml").touch()
    assert [told(remark) for remark in read_project(tmp_path).remarks] == [
        "MLproject: mlproject is a folder and is not read",
        "MLproject: MLproject.yaml is not read: the file must be called MLproject",
    ]
    assert remarks(tmp_path, RUN, "MLProject") == [
        "MLProject: mlproject is a folder and is not read"
    ]
    assert remarks(tmp_path, "", "MLproject") == [
        "MLproject: mlproject is a folder and is not read",
        "MLproject: MLProject is not read: MLproject is",
        "MLproject, line 1: the file is empty",
    ]


def test_a_pointer_of_git_lfs_is_told_from_a_file(tmp_path: Path) -> None:
    text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 99\n"
    assert remarks(tmp_path, text) == [
        "MLproject, line 1: this is a pointer of git-lfs and not the file itself: run `git lfs "
        "pull`"
    ]


def test_without_an_mlproject_the_environments_files_are_still_found(tmp_path: Path) -> None:
    assert read_project(tmp_path).environment.kind is EnvironmentKind.NOTHING
    (tmp_path / "requirements.txt").touch()
    assert read_project(tmp_path).environment.kind is EnvironmentKind.REQUIREMENTS
    (tmp_path / "python_env.yaml").touch()
    environment = read_project(tmp_path).environment
    assert environment.kind is EnvironmentKind.PYTHON
    assert environment.file == tmp_path / "python_env.yaml"


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no folder"):
        read_project(tmp_path / "nowhere")


def test_what_a_stranger_names_must_lie_in_what_came_from_him(tmp_path: Path) -> None:
    came, folder = tmp_path / "came", tmp_path / "came" / "sub" / "project"
    folder.mkdir(parents=True)
    for place in (tmp_path, came):
        (place / "conda.yaml").touch()
    checkout = Checkout("u", folder, "u", subfolder="sub/project", is_local=False)
    (folder / "MLproject").write_text(f"conda_env: ../../conda.yaml\n{RUN}")
    assert project_of(checkout).environment.kind is EnvironmentKind.CONDA
    (folder / "MLproject").write_text(f"conda_env: ../../../conda.yaml\n{RUN}")
    with pytest.raises(InvalidValue, match="lies outside of the project"):
        project_of(checkout)
    assert read_project(folder).environment.kind is EnvironmentKind.CONDA
    (folder / "MLproject").unlink()
    (folder / "MLproject").symlink_to(tmp_path / "conda.yaml")
    with pytest.raises(InvalidValue, match="a link that leads out"):
        project_of(checkout)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: " + "[" * 100_000, "nested more than"),
        ("a: " + "{x: " * 50_000, "nested more than"),
        ("\n".join("- " * DEEPEST + "-" for _ in range(2)), "nested more than"),
        (
            "a: &a [x, x]\n"
            + "".join(
                f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n"
                for n in range(24)
            ),
            "more than 50000 values",
        ),
        (
            "a: &a {x: 1}\n"
            + "".join(
                f"b{n}: &b{n} {{<<: [*{'a' if n == 0 else f'b{n - 1}'}, *a], y{n}: [*a]}}\n"
                for n in range(2000)
            ),
            "values|read",
        ),
        ("a: &a [*a]", "an alias stands inside|undefined alias|inside what it repeats"),
        ("a: &a {b: *a}", "an alias stands inside|inside what it repeats"),
        ("? [a, b]\n: c\n", "a mapping or list stands where a name must be"),
        ("a: !!int []\n", "this is not YAML"),
        ("a: !!int ''\n", "this is not YAML"),
        ("a: !!bool x\n", "this is not YAML"),
        ("a: !!timestamp x\n", "this is not YAML"),
        ("a: 2020-13-45\n", "this is not YAML"),
        ("a: " + "9" * 10_000 + "\n", "this is not YAML"),
        ("a: !!python/name:os.system x\n", "could not determine a constructor"),
        ("a: b\n---\nc: d\n", "expected a single document"),
        ("a: \x00\n", "special characters are not allowed"),
        ("\ta: b\n", "this is not YAML"),
    ],
)
def test_yaml_that_would_harm_the_reader_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=reason):
        read(tmp_path, text)


def test_files_that_are_too_large_or_no_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="are read up to"):
        read(tmp_path, "#" * (LARGEST + 1))
    (tmp_path / "MLproject").unlink()
    os.mkfifo(tmp_path / "MLproject")
    with pytest.raises(InvalidValue, match="is not a plain file"):
        read_project(tmp_path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "MLproject").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidValue, match="cannot be read: No such file"):
        read_project(tmp_path)


@given(st.text(st.sampled_from("ab:-[]{}&*!<>|?'\"#%@`,\n \t0.~=")))
def test_any_text_is_yaml_or_is_refused(text: str) -> None:
    try:
        entry = parse(text, "file")
    except InvalidValue:
        return
    assert entry is None or entry.line >= 1


def test_who_names_no_file_or_a_wrong_one_is_told_what_there_is(tmp_path: Path) -> None:
    for name in ("train.py", "go.sh", "notes.txt"):
        (tmp_path / name).touch()
    project = read_project(tmp_path)
    with pytest.raises(NotFound, match=r"Name one of its files with -e: go\.sh, train\.py\.$"):
        entry_point_of(project, "main")
    with pytest.raises(NotFound, match=r"no file trian\.py .* Did you mean 'train\.py'\?$"):
        entry_point_of(project, "trian.py")
    for number in range(9):
        (tmp_path / f"a{number}.py").touch()
    with pytest.raises(NotFound, match=r"a7\.py, \.\.\.\.$"):
        entry_point_of(project, "main")
    (tmp_path / "MLproject").write_text("entry_point: {}\n")
    with pytest.raises(NotFound, match=r"did you mean 'entry_points'\? Name one"):
        entry_point_of(read_project(tmp_path), "main")
