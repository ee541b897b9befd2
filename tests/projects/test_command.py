"""From an entry point and parameters to the line that bash runs."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import fsspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracker.errors import InvalidValue, NotFound
from tracker.projects.command import build_command
from tracker.projects.model import Command, EntryPoint, Parameter, Project

NASTY = [
    "two words",
    'it\'s "quoted"',
    "$(touch stolen) `touch stolen` ${HOME} $HOME",
    "'; touch stolen; '",
    '"; touch stolen; "',
    "line\nbreak\n",
    "--leading-dash",
    "back\\slash\\",
    "!history *glob? [a] {b} ~ # no comment",
    "",
    "ünïcödé \u2028 \x7f \x01",
]
# Each writes the value between marks, so that nothing that the shell takes away goes unnoticed.
PLACES = {
    "bare": "printf '<%s>\\0' {v}",
    "after an equals sign": "printf '<%s>\\0' --v={v}",
    "amid other text": "printf '<%s>\\0' a{v}b",
    "in double quotes": "printf '<%s>\\0' \"{v}\"",
    "in double quotes with text": "printf '<%s>\\0' \"a {v} b\"",
    "in single quotes": "printf '<%s>\\0' 'a {v} b'",
    "in a command substitution": "printf '<%s>\\0' \"$(printf %s. {v})\"",
    "in a subshell": "(cd /; printf '<%s>\\0' {v})",
    "after a comment": "# it's {v} here\nprintf '<%s>\\0' {v}",
    "after quotes that end": "printf '<%s>\\0' 'a'\"b\"{v}",
    "for another shell": "bash -c 'printf \"<%s>\\0\" {v}'",
    "for another shell, in double quotes": "bash -c \"printf '<%s>\\0' {v}\"",
    "for another shell, quoted there": "bash -c \"printf '<%s>\\0' '{v}'\"",
    "for another shell, escaped there": 'bash -c "printf \\"<%s>\\0\\" \\"{v}\\""',
}
AROUND = {
    "after an equals sign": "--v={}",
    "amid other text": "a{}b",
    "in double quotes with text": "a {} b",
    "in single quotes": "a {} b",
    "in a command substitution": "{}.",
    "after quotes that end": "ab{}",
}


def project(command: str, *parameters: Parameter, folder: Path = Path("/nowhere")) -> Project:
    declared = {parameter.name: parameter for parameter in parameters}
    entry = EntryPoint("main", command=command, parameters=declared)
    return Project(name=None, folder=folder, entry_points={"main": entry})


def built(command: str, params: Mapping[str, object], *parameters: Parameter) -> Command:
    return build_command(project(command, *parameters), "main", params)


def words(line: str, folder: Path) -> list[str]:
    """What bash hands over, as the template's own printf shows it."""
    result = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, check=True)
    assert result.stderr == b""
    return [word.decode(errors="surrogateescape") for word in result.stdout.split(b"\0")[:-1]]


@pytest.mark.parametrize("place", PLACES)
def test_bash_gets_every_value_as_one_argument_wherever_it_stands(
    place: str, tmp_path: Path
) -> None:
    lines = [built(PLACES[place], {"v": value}, Parameter("v")).line for value in NASTY]
    expected = [f"<{AROUND.get(place, '{}').replace('{}', value)}>" for value in NASTY]
    assert words("\n".join(lines), tmp_path) == expected
    assert list(tmp_path.iterdir()) == []


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@example("\\")
@example("'\"'\"'")
def test_bash_gets_any_text_as_one_argument(value: str) -> None:
    line = "\n".join(
        built(template, {"v": value}, Parameter("v")).line for template in PLACES.values()
    )
    expected = [f"<{AROUND.get(place, '{}').replace('{}', value)}>" for place in PLACES]
    assert words(line, Path("/")) == expected


@given(st.text(min_size=1), st.text())
def test_undeclared_parameters_are_two_arguments_each(name: str, value: str) -> None:
    if "\0" in name + value:
        with pytest.raises(InvalidValue, match="NUL"):
            built("printf '<%s>\\0'", {name: value})
        return
    try:
        (name + value).encode()
    except UnicodeEncodeError:
        return
    line = built("printf '<%s>\\0'", {name: value}).line
    assert words(line, Path("/")) == [f"<--{name}>", f"<{value}>"]


@pytest.mark.parametrize(
    "template",
    [
        "echo `echo {v}`",
        "echo $(( {v} ))",
        "echo $[ {v} ]",
        "echo ${{X:-{v}}}",
        "cat <<END\n{v}\nEND",
        "echo $'{v}'",
        "echo ${v}",
        'echo "${v}"',
        "echo \\{v}",
        'echo "\\{v}"',
        "bash -c \"echo '`{v}`'\"",
    ],
)
def test_where_quoting_is_no_help_only_plain_words_are_let_in(template: str) -> None:
    plain = built(template, {"v": "plain-1.5"}, Parameter("v")).line
    assert "plain-1.5" in plain
    for value in ("$(touch stolen)", "a b", "x'y", "(id)"):
        with pytest.raises(InvalidValue, match="would read its characters as code"):
            built(template, {"v": value}, Parameter("v"))


@pytest.mark.parametrize("before", ["\\\n# ", "true;# ", "true \\\n  # it's "])
def test_a_value_in_a_comment_stays_in_it(before: str, tmp_path: Path) -> None:
    line = built(before + "{v}\nprintf '<%s>\\0' {v}", {"v": "\ntouch stolen\n"}, Parameter("v"))
    assert words(line.line, tmp_path) == ["<\ntouch stolen\n>"]
    assert list(tmp_path.iterdir()) == []


TEMPLATE_PARTS = [
    "'",
    '"',
    "`",
    "$(",
    "$'",
    "$((",
    "))",
    "${{X",
    "$",
    "\\",
    "\\\n",
    "#",
    "(",
    ")",
    "}}",
]
TEMPLATE_PARTS += [" ", "\n", ";", "=", "<<E\n", "\nE\n", "<<<", "echo ", 'bash -c "', "eval '"]
HOSTILE = [
    "$({})",
    "`{}`",
    "'$({})'",
    ";{};",
    "\n{}\n",
    "';{};'",
    '";{};"',
    "\\';{};\\'",
    ")\n{}\n(",
]
HOSTILE += ["}}\n{};", "\nE\n{}\n", "\\", "'", '"', "|{}", "<({})", "\\\n;{}\n", '\\";{} #']


@given(
    st.lists(st.sampled_from([*TEMPLATE_PARTS, "{v}", "{v}"]), max_size=9), st.sampled_from(HOSTILE)
)
@settings(max_examples=200)
@example(["\\\n", "#", "{v}"], "\n{}\n")
def test_no_template_makes_the_shell_run_a_value(parts: list[str], value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        template = "".join(parts)
        try:
            command = built(template, {"v": value.format("touch stolen")}, Parameter("v"))
        except InvalidValue:
            return
        subprocess.run(
            ["bash", "-c", command.line],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert not Path(folder, "stolen").exists()


def test_a_here_string_and_an_arrow_are_no_here_document(tmp_path: Path) -> None:
    line = built("cat <<<{v} > out; printf '<%s>\\0' {v}", {"v": "a b"}, Parameter("v")).line
    assert words(line, tmp_path) == ["<a b>"]
    assert (tmp_path / "out").read_text() == "a b\n"


def test_params_are_what_was_meant_and_not_what_the_shell_reads() -> None:
    command = built(
        "run {a} {b}", {"z": "1 2", "a": "two words"}, Parameter("a"), Parameter("b", default=0.5)
    )
    assert list(command.params.items()) == [("a", "two words"), ("b", "0.5"), ("z", "1 2")]
    assert command.line == "run 'two words' 0.5 --z '1 2'"
    assert command.entry_point == "main"


def test_values_that_are_not_of_their_type_pass_with_a_remark() -> None:
    declared = [
        Parameter("a", "float"),
        Parameter("b", "int", default="1.5"),
        Parameter("c", "boolean"),
        Parameter("d", "number"),
        Parameter("e", "integer", default=3),
        Parameter("f", "list[str]", default="x"),
    ]
    command = built(
        "run {a} {b} {c} {d} {e} {f}", {"a": "notafloat", "c": "True", "d": "1e-3"}, *declared
    )
    assert command.line == "run notafloat 1.5 True 1e-3 3 x"
    assert command.remarks == (
        "parameter 'a' is declared float and is given 'notafloat', which is passed as it is",
        "parameter 'b' is declared int and is given '1.5', which is passed as it is",
    )


def test_names_that_are_nearly_declared_or_not_used_are_remarked() -> None:
    command = built(
        "run {alpha}", {"aplha": 1, "seed": 2}, Parameter("alpha", default=0), Parameter("seed")
    )
    assert command.remarks == (
        "parameter 'seed' is declared, but the command does not use it",
        "parameter 'aplha' is not declared, did you mean 'alpha'?",
    )


def test_a_remote_path_is_downloaded_only_where_there_is_a_place_for_it(tmp_path: Path) -> None:
    fsspec.filesystem("memory").pipe("/bucket/data.csv", b"a,b\n")
    uri = "memory://bucket/data.csv"
    data = project("run {x} {data}", Parameter("x", default=1), Parameter("data", "path"))
    shown = build_command(data, "main", {"data": uri})
    assert shown.line == f"run 1 {uri}"
    command = build_command(data, "main", {"data": uri}, storage_dir=tmp_path)
    copy = tmp_path / "param_1" / "data.csv"
    assert command.line == f"run 1 {copy}"
    assert copy.read_text() == "a,b\n"
    assert command.params["data"] == uri


def test_relative_paths_are_the_callers_and_defaults_are_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, here = tmp_path / "project", tmp_path / "here"
    for folder in (home, here):
        folder.mkdir()
        (folder / "both.csv").touch()
    (home / "only.csv").touch()
    monkeypatch.chdir(here)
    data = project("run {a} {b}", Parameter("a", "path"), Parameter("b", "path", "both.csv"))
    data = Project(name=None, folder=home, entry_points=data.entry_points)
    line = build_command(data, "main", {"a": "both.csv"}).line
    assert line == f"run {here / 'both.csv'} {home / 'both.csv'}"
    assert f"run {home / 'only.csv'} " in build_command(data, "main", {"a": "only.csv"}).line
    with pytest.raises(InvalidValue, match="no such file or directory was found. Looked in"):
        build_command(data, "main", {"a": "none.csv"})


@pytest.mark.parametrize("name", ["../evil.sh", "sub/../../evil.sh", "/etc/evil.sh"])
def test_scripts_outside_of_the_project_are_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "evil.sh").touch()
    home = tmp_path / "project"
    (home / "sub").mkdir(parents=True)
    with pytest.raises(InvalidValue, match="lies outside of the project"):
        build_command(Project(name=None, folder=home), name)


def test_a_script_whose_name_looks_like_an_option_is_still_a_file(tmp_path: Path) -> None:
    (tmp_path / "-c.py").touch()
    command = build_command(Project(name=None, folder=tmp_path), "-c.py", {"a b": "$(x)"})
    assert command.line == "python ./-c.py --'a b' '$(x)'"


def test_a_notebook_is_named_with_its_whole_path(tmp_path: Path) -> None:
    (tmp_path / "train.ipynb").touch()
    command = build_command(Project(name=None, folder=tmp_path), "train.ipynb", {"alpha": 0.5})
    assert command.notebook == tmp_path / "train.ipynb"
    assert command.params == {"alpha": "0.5"}


def test_an_unknown_entry_point_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(NotFound, match="among entry points.*Did you mean 'main'"):
        build_command(project("run"), "mian")


def test_a_parameter_without_a_name_is_refused() -> None:
    with pytest.raises(InvalidValue, match="without a name"):
        built("run", {"": "x"})
