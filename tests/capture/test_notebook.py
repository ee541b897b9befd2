from __future__ import annotations

from pathlib import Path

import pytest

from tracker.capture.notebook import notebook_path


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def test_a_notebook_is_named_from_the_project_that_its_store_belongs_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "work" / "train.ipynb"))
    assert notebook_path({}, str(tmp_path / ".tracker")) == "work/train.ipynb"
    assert notebook_path({}, str(tmp_path / ".tracker" / "tracker.db")) == "work/train.ipynb"


def test_a_notebook_elsewhere_keeps_the_name_it_was_told_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = str(tmp_path / "train.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", told)
    assert notebook_path({}, "https://example.org") == told
    assert notebook_path({}, str(tmp_path / "other" / ".tracker")) == told


def test_an_editor_may_tell_the_kernel(tmp_path: Path) -> None:
    user_ns = {"__vsc_ipynb_file__": str(tmp_path / "a b.ipynb")}
    assert notebook_path(user_ns, str(tmp_path / ".tracker")) == "a b.ipynb"


@pytest.mark.parametrize("told", [None, "", "console", "12345-abcde"])
def test_what_is_no_notebook_is_not_taken_for_one(
    told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if told is not None:
        monkeypatch.setenv("JPY_SESSION_NAME", told)
    assert notebook_path({"__vsc_ipynb_file__": 3}, ".tracker") is None
