"""Notebooks that were never executed: read in any format, refused where Python cannot read them."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidValue, NotFound
from tracker.export import ExportResult, to_mlproject
from tracker.export.notebook_file import read_notebook


def code(source: str | list[str], tags: list[str] | None = None) -> dict[str, Any]:
    metadata = {"tags": tags} if tags else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": []}


def words(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(folder: Path, *cells: dict[str, Any], **facts: Any) -> Path:
    file = folder / "study.ipynb"
    content = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 4, **facts}
    file.write_text(json.dumps(content))
    return file


def export(folder: Path, *cells: dict[str, Any], **options: Any) -> ExportResult:
    return to_mlproject(folder / "out", notebook=notebook(folder, *cells), **options)


def test_cells_come_in_the_order_of_the_file_with_words_as_comments(tmp_path: Path) -> None:
    result = export(
        tmp_path,
        words("# A study\n\nof lines"),
        code(["alpha = 0.1\n", "beta = alpha"]),
        code(""),
        {"cell_type": "raw", "metadata": {}, "source": "not code"},
        words("then"),
        code("%matplotlib inline\nalpha * beta"),
        words("the end"),
    )
    text = (result.folder / "main.py").read_text()
    _, begin, cells = text.partition("# %% ")
    assert begin + cells == (
        "# %% [markdown]\n# # A study\n#\n# of lines\n\n"
        "# %% cell 2\nalpha = args.alpha\nbeta = alpha\n\n"
        "# %% [markdown]\n# then\n\n"
        "# %% cell 6\n# %matplotlib inline\nnotebook.show(alpha * beta)\n\n"
        "# %% [markdown]\n# the end\n"
    )
    assert result.folder == tmp_path / "out"
    assert "what study.ipynb holds" in text


def test_without_a_folder_the_project_lies_beside_the_notebook(tmp_path: Path) -> None:
    file = notebook(tmp_path, code("x = 1"))
    assert to_mlproject(notebook=file).folder == tmp_path / "study-project"


def test_worksheets_of_format_3_are_upgraded(tmp_path: Path) -> None:
    file = tmp_path / "old.ipynb"
    cell = {"cell_type": "code", "language": "python", "input": ["x = 3"], "outputs": []}
    heading = {"cell_type": "heading", "level": 2, "source": ["Old"]}
    sheet = {"cells": [heading, cell], "metadata": {}}
    content = {"worksheets": [sheet], "metadata": {"name": "old"}, "nbformat": 3}
    file.write_text(json.dumps({**content, "nbformat_minor": 0}))
    read = read_notebook(file)
    assert [each.source for each in read.cells] == ["x = 3"]
    assert list(read.notes.values()) == ["## Old"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = 1\nprint x", "cell 2, line 2: Python 2's print statement: print x"),
        ("try:\n    f()\nexcept E, e:\n    pass", "line 3: Python 2's `except E, name`"),
        ("if a <> b:\n    pass", "line 1: an operator of Python 2"),
        ("n = 10L", "line 1: Python 2's number"),
        ("def f(:\n    pass", "line 1: "),
        ("%%time\nprint 'a'", "line 2: Python 2's print statement"),
    ],
)
def test_a_cell_that_python_cannot_read_is_named_with_its_line_and_reason(
    tmp_path: Path, source: str, expected: str
) -> None:
    cells = code("ok = 1"), code(source)
    with pytest.raises(InvalidValue, match="Nothing was exported") as error:
        export(tmp_path, *cells)
    assert expected in str(error.value)
    assert not (tmp_path / "out").exists()
    result = export(tmp_path, *cells, confirm=lambda question: expected in question)
    assert any(expected in remark for remark in result.remarks)
    lines = (result.folder / "main.py").read_text().splitlines()
    assert f"# {source.splitlines()[-1]}".rstrip() in lines


def test_magics_and_awaits_are_no_reason_to_refuse(tmp_path: Path) -> None:
    read = read_notebook(
        notebook(tmp_path, code("!ls\nx = await f()\n%time y = 2\nf?"), code("%%bash\necho ("))
    )
    assert read.unreadable == []


def test_values_that_papermill_injected_are_the_parameters(tmp_path: Path) -> None:
    result = export(
        tmp_path,
        code("alpha = 0.1  # strength\nn = 2", ["parameters"]),
        code("# Parameters\nalpha = 0.5", ["injected-parameters"]),
        code("print(alpha)"),
    )
    assert [(each.name, each.default) for each in result.parameters] == [("alpha", 0.5), ("n", 2)]
    assert "injected" not in (result.folder / "main.py").read_text()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no notebook"),
        ("[]", "neither cells nor worksheets"),
        ('{"cells": [], "nbformat": 4}', "no cell with code"),
        (
            '{"cells": [1, {"cell_type": "code", "source": {}, "metadata": 3}], "metadata": [], '
            '"nbformat": 4}',
            "no cell with code",
        ),
        ('{"cells": 5, "nbformat": 3, "worksheets": [{"cells": [4]}]}', "cannot be upgraded"),
        ('{"cells": [], "metadata": {"kernelspec": {"language": "R"}}, "nbformat": 4}', "in R"),
    ],
)
def test_what_is_no_notebook_in_python_is_refused(
    tmp_path: Path, content: str, message: str
) -> None:
    (tmp_path / "x.ipynb").write_text(content)
    with pytest.raises(InvalidValue, match=message):
        to_mlproject(notebook=tmp_path / "x.ipynb")


def test_a_notebook_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="Cannot read the notebook"):
        to_mlproject(notebook=tmp_path / "none.ipynb")


def test_secrets_in_a_notebooks_words_are_refused_too(tmp_path: Path) -> None:
    words_with_secret = words("The key is gh" + "p_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5")
    with pytest.raises(InvalidValue, match="secrets"):
        export(tmp_path, words_with_secret, code("x = 1"))


def test_large_data_is_copied_only_where_somebody_agrees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.export.files.LARGEST_FILE", 10)
    (tmp_path / "big.csv").write_text("x" * 11)
    cell = code("open('big.csv')")
    result = export(tmp_path, cell, confirm=lambda question: "big.csv" not in question)
    assert "big.csv" not in result.files
    assert "--yes" in "".join(result.remarks)
    assert "big.csv" in export(tmp_path, cell, confirm=lambda question: True).files


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
cell_like = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", 3]),
        "source": json_values,
        "metadata": json_values,
        "id": json_values,
    },
)


@given(
    cells=st.lists(cell_like | json_values, max_size=4) | json_values,
    metadata=json_values,
    version=st.sampled_from([3, 4, 2, "4", None]),
)
def test_any_json_is_a_notebook_or_refused(
    cells: object, metadata: object, version: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("any") / "x.ipynb"
    content = {"cells": cells, "worksheets": [], "metadata": metadata, "nbformat": version}
    file.write_text(json.dumps(content))
    try:
        read = read_notebook(file)
    except InvalidValue:
        return
    assert all(isinstance(each.source, str) and each.source.strip() for each in read.cells)


def test_words_never_become_code(tmp_path: Path) -> None:
    result = export(tmp_path, words("one\rimport os\r\nprint(1)\x0cprint(2)"), code("x = 1"))
    tree = ast.parse((result.folder / "main.py").read_bytes())
    imported = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import)]
    assert imported == ["import argparse", "import notebook_runtime as notebook"]
    assert not any(isinstance(node, ast.Name) and node.id == "print" for node in ast.walk(tree))
