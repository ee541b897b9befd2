"""Modules, data and requirements that go along."""

from __future__ import annotations

import ast
import importlib.metadata
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tracker.export import files
from tracker.export.files import Gathered, gather
from tracker.export.requirements import environment_files, imported_modules, requirements


def gathered(folder: Path, source: str, namespace: Mapping[str, object] | None = None) -> Gathered:
    return gather(folder, [ast.parse(source)], namespace or {}, but=folder / "out")


def put(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_local_modules_and_what_they_import_are_taken(tmp_path: Path) -> None:
    put(tmp_path, a_dot_py="import b.c\nimport numpy", unused_dot_py="")
    put(tmp_path, b__init_dot_py="", b__c_dot_py="from . import d", b__d_dot_py="", b__x_dot_txt="")
    found = gathered(tmp_path, "def f():\n    from a import g")
    assert sorted(found.copies) == ["a.py", "b/c.py", "b/d.py", "b/init.py", "b/x.txt"]
    assert found.local == {"a", "b"}
    assert "numpy" in imported_modules(found.trees)


def test_a_local_module_that_logs_is_led_through_the_runtime(tmp_path: Path) -> None:
    put(tmp_path, a_dot_py="import tracker  # logs\nx = 'é'\n")
    found = gathered(tmp_path, "import a")
    assert found.texts == {"a.py": "from notebook_runtime import tracker  # logs\nx = 'é'\n"}
    assert any("a.py" in remark for remark in found.remarks)


def test_a_module_found_elsewhere_on_the_path_is_copied_with_a_remark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, lib__strange_helper_dot_py="")
    (tmp_path / "lib" / "strangehelper.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path / "lib"))
    (tmp_path / "nb").mkdir()
    found = gathered(tmp_path / "nb", "import strangehelper, os, numpy")
    assert list(found.copies) == ["strangehelper.py"]
    assert any("strangehelper" in remark for remark in found.remarks)


@pytest.mark.parametrize(
    "source",
    [
        "read('data/x.csv')",
        "from pathlib import Path\nread(Path('data') / 'x.csv')",
        "import os\nread(os.path.join('data', 'x.csv'))",
        "FOLDER = 'data'\nread(f'{FOLDER}/x.csv')",
        "NAME = 'data/x.csv'\ndef f():\n    return open(NAME)",
        "read('./data/../data/x.csv')",
        "read(glob('data/*.csv'))",
        "read(folder / 'x.csv')",
    ],
)
def test_a_data_file_is_found_by_its_name(tmp_path: Path, source: str) -> None:
    put(tmp_path, data__x_dot_csv="1", data__y_dot_txt="2")
    found = gathered(tmp_path, source, {"folder": Path("data")})
    assert "data/x.csv" in found.copies


@pytest.mark.parametrize(
    "source",
    [
        "df.to_csv('data/x.csv')",
        "open('data/x.csv', 'w')",
        "out = 'data/x.csv'\nplt.savefig(out)",
        "print('data/nothing.csv')",
        "print('.')",
        "print('*')",
        "x = 'csv'",
    ],
)
def test_what_the_code_writes_and_other_texts_are_not_taken(tmp_path: Path, source: str) -> None:
    put(tmp_path, data__x_dot_csv="1", secret_dot_env="A=1")
    assert gathered(tmp_path, source).copies == {}


def test_hidden_files_notebooks_and_the_export_itself_stay(tmp_path: Path) -> None:
    put(tmp_path, out__x_dot_csv="1", nb_dot_ipynb="{}")
    (tmp_path / ".env").write_text("A=1")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / ".hidden").write_text("")
    assert gathered(tmp_path, "f('out/x.csv', 'nb.ipynb', '.env', 'data')").copies == {}


def test_a_file_outside_of_the_folder_is_named_not_taken(tmp_path: Path) -> None:
    (tmp_path / "nb").mkdir()
    put(tmp_path, x_dot_csv="1", nb__y_dot_csv="1")
    (tmp_path / "nb" / "link.csv").symlink_to(tmp_path / "x.csv")
    found = gathered(tmp_path / "nb", f"f('../x.csv', 'link.csv', {str(tmp_path / 'x.csv')!r})")
    assert found.copies == {}
    assert len(found.remarks) == 3
    assert all("outside" in remark for remark in found.remarks)


def test_large_data_is_named_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_FILE", 10)
    monkeypatch.setattr(files, "MOST_FILES", 3)
    put(tmp_path, big_dot_csv="x" * 11, small_dot_csv="x")
    put(tmp_path, **{f"many__{n}_dot_csv": "" for n in range(4)})
    found = gathered(tmp_path, "f('big.csv', 'small.csv', 'many')")
    assert list(found.copies) == ["small.csv"]
    assert sorted(remark.partition(" ")[0] for remark in found.remarks) == ["big.csv", "many"]


def test_requirements_are_what_is_imported_at_its_version() -> None:
    found = requirements({"sklearn.svm", "yaml", "os", "tracker", "json"}, [])
    version = importlib.metadata.version
    assert found.lines == [
        f"mlflow=={version('mlflow')}",
        f"PyYAML=={version('PyYAML')}",
        f"scikit-learn=={version('scikit-learn')}",
    ]
    assert found.remarks == []


def test_what_was_installed_by_a_cell_is_required_as_it_was_named() -> None:
    found = requirements(set(), ["no-such-thing-here>=2", "pyyaml"])
    assert "no-such-thing-here>=2" in found.lines
    assert any(line.startswith("PyYAML==") for line in found.lines)


def test_a_module_that_nothing_provides_is_told() -> None:
    (remark,) = requirements({"surely_not_installed"}, []).remarks
    assert "`surely_not_installed`" in remark


def test_libraries_that_others_load_are_required_too() -> None:
    assert "pyarrow" in imported_modules([ast.parse("pd.read_parquet('x')")])
    assert "json.tool" in imported_modules([ast.parse("importlib.import_module('json.tool')")])


def test_the_environment_files_agree() -> None:
    texts = environment_files(["a==1", "b @ git+https://x/y@z"], "name")
    python_env = yaml.safe_load(texts["python_env.yaml"])
    conda = yaml.safe_load(texts["conda.yaml"])
    version = ".".join(map(str, sys.version_info[:3]))
    assert python_env["python"] == version
    assert conda["dependencies"][0] == f"python={version}"
    assert texts["requirements.txt"].splitlines() == python_env["dependencies"]
    assert conda["dependencies"][-1]["pip"] == python_env["dependencies"]
