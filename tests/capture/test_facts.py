"""Data sets, changes of the project, and params around a call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tracker.capture import tags
from tracker.capture.callsite import params_around
from tracker.capture.changes import Changes, changes_of, imported_files
from tracker.capture.datasets import MOST, datasets_in
from tracker.capture.injected import is_injected


def digest(value: object) -> str:
    (found,) = datasets_in(["x"], {"x": value})
    return found.dataset.digest


@pytest.mark.parametrize("rows", [50, 60_000])
def test_the_same_data_has_the_same_digest_and_other_data_another(rows: int) -> None:
    frame = pd.DataFrame({"a": np.arange(float(rows)), "b": ["x", "y"] * (rows // 2)})
    assert digest(frame) == digest(frame.copy())
    assert digest(frame) != digest(frame.rename(columns={"a": "c"}))
    assert digest(frame) != digest(frame.assign(a=frame.a + 1))
    assert digest(frame) != digest(frame.iloc[:-1])
    array = frame.a.to_numpy()
    assert digest(array) == digest(array.copy())
    assert digest(array) != digest(array * 2) != digest(array.reshape(2, -1) * 2)


def test_large_data_is_known_by_a_sample_and_says_so() -> None:
    small, large = (pd.DataFrame({"a": range(rows)}) for rows in (100, 100_000))
    found = {each.dataset.name: each for each in datasets_in(["s", "l"], {"s": small, "l": large})}
    assert tags.DATA_DIGEST not in found["s"].tags
    assert found["l"].tags[tags.DATA_DIGEST] == "sample"


def test_odd_values_and_many_of_them_are_no_trouble() -> None:
    class Odd(np.ndarray[Any, Any]):
        @property
        def size(self) -> int:
            raise RuntimeError("odd")

    odd = np.arange(3).view(Odd)
    empty, mixed = pd.DataFrame(), pd.DataFrame({"a": [[1], {2}, None]})
    namespace = {"odd": odd, "empty": empty, "mixed": mixed, "n": 3, "again": mixed}
    names = [each.dataset.name for each in datasets_in(namespace, namespace)]
    assert names == ["again", "empty"]
    many = {f"a{n}": np.arange(5.0) for n in range(20)}
    assert len(datasets_in(many, many)) == MOST


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in ("one.py", "two.py", "odd [name].py"):
        (tmp_path / name).write_text("x = 1\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    return tmp_path


def test_only_the_files_asked_for_are_in_the_patch(repository: Path) -> None:
    for name in ("one.py", "two.py", "odd [name].py"):
        (repository / name).write_text("x = 2\n")
    found = changes_of(repository, [repository / "one.py", repository / "odd [name].py"])
    assert found is not None and found.is_dirty
    assert "two.py" not in found.patch
    assert "odd [name].py" in found.patch
    assert changes_of(repository, []) is None
    assert changes_of(repository, [Path("/elsewhere.py")]) is None


def test_a_clean_project_has_no_patch(repository: Path) -> None:
    assert changes_of(repository, [repository / "one.py"]) == Changes("")


def test_what_is_too_long_is_left_out_and_told(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.capture.changes.MOST", 500)
    (repository / "one.py").write_text("y = 1\n" * 200)
    (repository / "new.py").write_text("y = 1\n" * 200)
    (repository / "two.py").write_text("x = 2\n")
    found = changes_of(repository, [repository / name for name in ("one.py", "two.py", "new.py")])
    assert found is not None
    assert found.left_out == ("one.py", "new.py")
    assert "two.py" in found.patch


def test_nothing_that_the_repository_asks_for_is_started(repository: Path) -> None:
    """A repository's own settings can name programs for git to run."""
    ran = repository / "ran"
    script = repository / "tool.sh"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    for key in ("diff.external", "core.fsmonitor", "diff.x.textconv"):
        subprocess.run(["git", "config", key, str(script)], cwd=repository, check=True)
    (repository / ".gitattributes").write_text("*.py diff=x\n")
    (repository / "one.py").write_text("x = 2\n")
    found = changes_of(repository, [repository / "one.py"])
    assert found is not None and "+x = 2" in found.patch
    assert not ran.exists()


def test_without_a_commit_there_is_no_patch(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / "one.py").write_text("")
    assert changes_of(tmp_path, [tmp_path / "one.py"]) is None


def test_modules_of_the_project_are_told_from_installed_ones(tmp_path: Path) -> None:
    def module(file: object) -> ModuleType:
        made = ModuleType("made")
        made.__dict__["__file__"] = file
        return made

    own = tmp_path / "package" / "own.py"
    installed = tmp_path / "venv" / "lib" / "site-packages" / "other.py"
    odd: list[Any] = [module(None), module(3), None, "text", sys]
    modules = [module(str(own)), module(str(installed)), module("/else/where.py"), *odd]
    assert imported_files(tmp_path, modules) == [own.resolve()]


def around(source: str) -> dict[str, str]:
    """The params around each call of `here` in a notebook's cell, the last one's."""
    import linecache

    filename = f"<cell {abs(hash(source))}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    found: dict[str, str] = {}
    namespace: dict[str, Any] = {"np": np}

    def here() -> None:
        found.clear()
        found.update(params_around(sys._getframe(1), namespace))

    namespace["here"] = here
    exec(compile(source, filename, "exec"), namespace)
    return found


@pytest.mark.parametrize(
    ("source", "params"),
    [
        ("for a in (1, 2):\n    here()", {"a": "2"}),
        ("for a, b in [(1, 'x')]:\n    for c in (None,):\n        here()",
         {"a": "1", "b": "x", "c": "None"}),
        ("for i, a in enumerate([0.5]):\n    here()", {"a": "0.5"}),
        ("for a in (1, 2):\n    pass\nhere()", {}),
        ("for p in [{'lr': 0.1, 'net': object(), 3: 4}]:\n    here()", {"lr": "0.1"}),
        ("for a in np.array([1.5]):\n    here()", {"a": "1.5"}),
        ("for a in [[1]]:\n    here()", {}),
        ("for _ in (1, 2):\n    here()", {}),
        ("def f(a, *, b=2, **more):\n    inner = 3\n    here()\nf(1, c=4)", {"a": "1", "b": "2"}),
        ("def f(a):\n    here()\nfor a in (1, 2):\n    f(a * 10)", {"a": "20"}),
        ("def f(a):\n    for b in (3,):\n        here()\nfor c in (1,):\n    f(2)",
         {"a": "2", "b": "3", "c": "1"}),
        ("for a in ['x' * 600]:\n    here()", {}),
    ],
)  # fmt: skip
def test_loops_and_functions_around_a_call_give_it_params(
    source: str, params: dict[str, str]
) -> None:
    assert around(source) == params


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("# Parameters\nalpha = 0.7\nname = 'x'\n", True),
        ("# Parameters\nalpha: float = 0.7\n", True),
        ("# Parameters\n", False),
        ("# Parameters\nprint(1)\n", False),
        ("alpha = 0.7\n# Parameters\n", False),
        ("# Parameters of the model\nalpha = 1", False),
    ],
)
def test_papermills_cell_is_known_by_its_shape(source: str, is_one: bool) -> None:
    assert is_injected(source) is is_one
