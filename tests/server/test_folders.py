"""A path of a request becomes a folder inside the served one, or an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import InvalidValue
from tracker.server.places.folders import resolve_folder

HOSTILE = [
    "..",
    "a/..",
    "a/../..",
    "../sibling",
    ".",
    "a/./b",
    "%2e%2e",
    "%2E%2e/x",
    "a%2f..%2f..",
    "..%2fsibling",
    "%2e",
    "a\\..\\..",
    "..\\sibling",
    "%5c%5cserver%5cshare",
    "\\\\server\\share",
    "/etc",
    "//server/share",
    "C:\\Windows",
    "C:/Windows",
    "file:///etc",
    "https://ada:secret@127.0.0.1/x",
    "c:x",
    "a\0b",
    "a%00b",
    ".hidden",
    "a/.hidden",
    "%2ehidden",
    "escape",
    "escape/further",
    "x" * 5000,
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    served = tmp_path / "served"
    (served / "a" / "b").mkdir(parents=True)
    (served / ".hidden").mkdir()
    (tmp_path / "sibling" / "further").mkdir(parents=True)
    (served / "escape").symlink_to(tmp_path / "sibling")
    (served / "inner").symlink_to(served / "a")
    (served / "veil").symlink_to(served / ".hidden")
    (served / "loop").symlink_to(served / "loop")
    return served


@pytest.mark.parametrize("folder", HOSTILE)
def test_a_path_that_leads_astray_is_refused(root: Path, folder: str) -> None:
    with pytest.raises(InvalidValue, match="cannot be used"):
        resolve_folder(root, folder)


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("", "."),
        ("a", "a"),
        ("a/b", "a/b"),
        ("a//b/", "a/b"),
        ("inner/b", "a/b"),
        ("a/gone/deeper", "a"),
        ("RTC:a", "."),
        ("100% sure", "."),
        ("loop", "."),
        ("n" * 300, "."),
    ],
)
def test_a_folder_is_found_where_a_kernel_would_run(root: Path, folder: str, expected: str) -> None:
    assert resolve_folder(root, folder) == (root / expected).resolve()


def test_a_notebook_stands_for_its_folder(root: Path) -> None:
    (root / "a" / "study.ipynb").touch()
    assert resolve_folder(root, "a/study.ipynb") == root / "a"


def test_a_link_to_a_hidden_folder_is_refused(root: Path) -> None:
    with pytest.raises(InvalidValue, match="hidden"):
        resolve_folder(root, "veil")


def test_hidden_folders_are_found_where_jupyter_allows_them(root: Path) -> None:
    assert resolve_folder(root, ".hidden", allow_hidden=True) == root / ".hidden"
    with pytest.raises(InvalidValue):
        resolve_folder(root, "..", allow_hidden=True)


def test_the_served_folder_may_itself_be_hidden_and_a_link(root: Path) -> None:
    (root.parent / ".link").symlink_to(root)
    assert resolve_folder(root.parent / ".link", "a") == root / "a"


@given(folder=st.text(st.sampled_from("ab./\\%2e5cf\0 ~:"), max_size=24))
def test_no_text_leads_out_of_the_served_folder(
    folder: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.getbasetemp() / "served"
    (root / "a").mkdir(parents=True, exist_ok=True)
    try:
        found = resolve_folder(root, folder)
    except InvalidValue:
        return
    assert found.is_relative_to(root.resolve())
    assert found.is_dir()
