"""An export as a whole: its folder, its MLproject, what it refuses."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.export.session import executed
from tracker.errors import InvalidValue
from tracker.export import ExportParameter, ExportResult, to_mlproject
from tracker.export.project import mlproject, script_command

CELLS = executed("import os\nalpha = 0.1  # strength", "print(alpha)")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    return folder


def export(base: Path, folder: str = "out", *, force: bool = False) -> ExportResult:
    return to_mlproject(
        folder, CELLS, notebook_name="my study.ipynb", base_folder=base, force=force
    )


def test_an_export_says_what_it_wrote(base: Path) -> None:
    result = export(base)
    assert result.folder == base / "out"
    assert result.entry_point == "main"
    assert [parameter.name for parameter in result.parameters] == ["alpha"]
    assert result.remarks == ()
    on_disk = {path.name for path in result.folder.iterdir()} - {".tracker-export.json"}
    assert on_disk == set(result.files)
    project = yaml.safe_load((result.folder / "MLproject").read_text())
    assert project == {
        "name": "my study",
        "python_env": "python_env.yaml",
        "entry_points": {
            "main": {
                "parameters": {
                    "alpha": {"type": "float", "default": 0.1, "description": "strength"}
                },
                "command": "python main.py --alpha={alpha}",
            }
        },
    }


def test_without_a_folder_the_export_is_called_after_the_notebook(base: Path) -> None:
    result = to_mlproject(None, CELLS, notebook_name="study.ipynb", base_folder=base)
    assert result.folder == base / "study-project"
    assert to_mlproject(None, CELLS, base_folder=base).folder == base / "notebook-project"


def test_the_readme_tells_parameters_cells_and_remarks(base: Path) -> None:
    result = to_mlproject(
        base / "out",
        executed("%unheard_of\nx = 1", "name = 'a|b'  # which | one", "%load_ext tracker"),
        notebook_name="x.ipynb",
        base_folder=base,
    )
    text = (result.folder / "README.md").read_text()
    assert '| `name` | string | `"a\\|b"` | which \\| one |' in text
    assert "`x.ipynb`" in text
    assert "- In [1] left out %unheard_of" in text
    assert "- In [2]: `name = 'a|b'" in text
    assert "- In [1]:" in text
    assert "In [3]" not in text


def test_nothing_executed_is_refused(base: Path) -> None:
    with pytest.raises(InvalidValue, match="No cell has been executed"):
        to_mlproject(base / "out", [], base_folder=base)
    assert not (base / "out").exists()


def test_secrets_are_refused_unless_allowed_and_nothing_is_written(base: Path) -> None:
    cells = executed("x = 1", "password = 'Tr0ub4dor&3'")
    with pytest.raises(InvalidValue, match=r"In \[2\], line 1: the value of 'password'") as error:
        to_mlproject(base / "out", cells, base_folder=base)
    assert "Tr0ub4dor" not in str(error.value)
    assert list(base.iterdir()) == []
    assert to_mlproject(base / "out", cells, base_folder=base, allow_secrets=True).files


def test_secrets_in_what_goes_along_are_refused_too(base: Path) -> None:
    (base / "settings.json").write_text(json.dumps({"url": "mysql://root:hunter22@db.org/x"}))
    with pytest.raises(InvalidValue, match="settings.json, line 1: a password in a URL"):
        to_mlproject(base / "out", executed("open('settings.json')"), base_folder=base)


def test_an_export_replaces_an_earlier_one_and_keeps_what_its_runs_left(base: Path) -> None:
    folder = export(base).folder
    (folder / ".tracker").mkdir()
    (folder / ".tracker" / "tracker.db").write_text("runs")
    (folder / "mlruns" / "0").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "main.pyc").write_text("")
    again = to_mlproject(folder, executed("beta = 2"), base_folder=base)
    assert [parameter.name for parameter in again.parameters] == ["beta"]
    assert (folder / ".tracker" / "tracker.db").read_text() == "runs"
    assert (folder / "mlruns" / "0").is_dir()
    assert [path.name for path in base.iterdir()] == ["out"]


@pytest.mark.parametrize("name", ["notes.txt", "main.py", "sub/notes.txt"])
def test_foreign_and_changed_files_are_not_overwritten_unless_forced(base: Path, name: str) -> None:
    folder = export(base).folder
    (folder / "sub").mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(InvalidValue, match=re.escape(name)):
        export(base)
    assert (folder / name).read_text() == "mine"
    export(base, force=True)
    kept = (folder / name).read_text() == "mine"
    assert kept == (name != "main.py")


def test_a_folder_of_someone_elses_is_refused(base: Path) -> None:
    (base / "out").mkdir()
    (base / "out" / "mlruns").mkdir()
    (base / "out" / "mlruns" / "meta.yaml").write_text("")
    with pytest.raises(InvalidValue, match="holds files"):
        export(base)


@pytest.mark.parametrize("folder", [".", "..", "/"])
def test_the_notebooks_own_folder_is_never_written_over(base: Path, folder: str) -> None:
    (base / "study.ipynb").write_text("{}")
    with pytest.raises(InvalidValue, match="folder that the notebook runs in"):
        export(base, folder, force=True)
    assert (base / "study.ipynb").exists()


def test_a_file_in_the_place_of_the_folder_is_refused(base: Path) -> None:
    (base / "out").write_text("mine")
    with pytest.raises(InvalidValue, match="is a file"):
        export(base, force=True)


def test_local_modules_called_like_ours_keep_their_names(base: Path) -> None:
    (base / "main.py").write_text("x = 1\n")
    result = to_mlproject(base / "out", executed("import main"), base_folder=base)
    assert {"main.py", "notebook_main.py"} <= set(result.files)
    assert (result.folder / "main.py").read_text() == "x = 1\n"
    assert "python notebook_main.py" in (result.folder / "MLproject").read_text()


values = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(alphabet=st.characters(codec="utf-8"))
)
names = st.from_regex(r"[a-zé_][a-z0-9_]{0,8}", fullmatch=True)


@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_defaults_come_back_from_the_mlproject_as_mlflow_reads_it(given: dict[str, object]) -> None:
    kinds = {bool: "bool", int: "int", float: "float", str: "string"}
    parameters = [
        ExportParameter(name, kinds[type(value)], value, "", name) for name, value in given.items()
    ]
    main = yaml.safe_load(mlproject("x", script_command("my main.py", parameters), parameters))[
        "entry_points"
    ]["main"]
    defaults = {name: str(each["default"]) for name, each in main["parameters"].items()}
    assert defaults == {parameter.name: parameter.text for parameter in parameters}
    # MLflow quotes each value and puts it into the command, which bash then takes apart.
    command = main["command"].format(**{k: shlex.quote(v) for k, v in defaults.items()})
    arguments = shlex.split(command)
    assert arguments[:2] == ["python", "my main.py"]
    assert arguments[2:] == [f"--{name}={text}" for name, text in defaults.items()]
