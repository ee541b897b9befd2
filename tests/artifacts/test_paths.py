from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.artifacts.paths import artifact_file, artifact_path, path_inside
from tracker.errors import InvalidValue

HOSTILE = [
    "/etc/passwd",
    "//server/share",
    "\\\\server\\share\\file",
    "..",
    "../x",
    "a/../../x",
    "a/..",
    "a\\..\\b",
    "C:\\Windows",
    "C:/Windows",
    "c:relative",
    "file:///etc/passwd",
    "FILE:/etc/passwd",
    "file:x",
    "http://host/x",
    "s3://bucket/x",
    "a/b://c",
    "%2e%2e/x",
    "%2E%2E%2Fx",
    "a/%2e%2e/b",
    "%252e%252e/x",
    "%25252e/x",
    "..%2fx",
    "a%2fb",
    "a%5cb",
    "a%255Cb",
    "%00",
    "a%2500b",
    "C%3a/x",
    "a\0b",
    "a\nb",
    "a\x7fb",
    "\ud800",
    "x" * 256,
    "é" * 128,
    "a/" * 2049,
    ".tracker-partial-1",
    "a/.tracker-partial-1/b",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_paths_that_could_lead_elsewhere_are_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="Invalid path"):
        path_inside(tmp_path, path)


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("", ""),
        (".", ""),
        ("a", "a"),
        ("a/b.txt", "a/b.txt"),
        ("a//b/./c/", "a/b/c"),
        ("...", "..."),
        ("a..b/..c", "a..b/..c"),
        ("100%.txt", "100%.txt"),
        ("50%20off", "50%20off"),
        ("lr:0.1.png", "lr:0.1.png"),
        ("Größe/ß 日本.csv", "Größe/ß 日本.csv"),
        ("~/x", "~/x"),
        ("-rf", "-rf"),
        ("x" * 255, "x" * 255),
    ],
)
def test_plain_paths_stay_as_they_are(path: str, plain: str) -> None:
    assert artifact_path(path) == plain


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidValue, match="it must be text, not PosixPath"):
        artifact_path(Path("x"))  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("path", ["", ".", "a/", "a/b/"])
def test_a_folder_is_no_file_to_write(path: str) -> None:
    with pytest.raises(InvalidValue, match="names a folder"):
        artifact_file(path)


def test_links_inside_are_followed_and_links_out_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "run"
    (root / "real").mkdir(parents=True)
    (root / "alias").symlink_to(root / "real")
    (root / "out").symlink_to(tmp_path)
    (root / "passwd").symlink_to("/etc/passwd")
    (root / "loop").symlink_to(root / "loop")
    assert path_inside(root, "alias/x") == (root / "real" / "x").resolve()
    for path in ("out/x", "out", "passwd", "loop/x"):
        with pytest.raises(InvalidValue):
            path_inside(root, path)


def test_a_root_that_is_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to(tmp_path / "real")
    assert path_inside(tmp_path / "root", "x") == (tmp_path / "real" / "x").resolve()


def test_a_neighbour_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run-2").mkdir()
    (tmp_path / "run" / "next").symlink_to(tmp_path / "run-2")
    with pytest.raises(InvalidValue, match="symbolic link"):
        path_inside(tmp_path / "run", "next/x")


PIECES = st.sampled_from(
    ["..", ".", "/", "\\", "%2e", "%2f", "%25", "%", "a", "C:", "file:", "\0", "~", " ", "é"]
)
ANY_PATH = st.one_of(st.text(max_size=50), st.lists(PIECES, max_size=10).map("".join))


@given(path=ANY_PATH)
def test_whatever_is_asked_for_lies_inside_or_is_refused(path: str) -> None:
    root = Path("/nonexistent/run")
    try:
        found = path_inside(root, path)
    except InvalidValue:
        return
    assert found == root or root in found.parents


@given(path=ANY_PATH)
def test_decoding_an_accepted_path_again_does_not_move_it(path: str) -> None:
    from urllib.parse import unquote

    try:
        plain = artifact_path(path)
    except InvalidValue:
        return
    decoded = plain
    for _ in range(4):
        decoded = unquote(decoded)
        assert decoded.count("/") == plain.count("/")
        assert os.path.normpath(f"/root/{decoded}").startswith("/root")


@given(path=ANY_PATH)
def test_a_plain_path_is_its_own_plain_form(path: str) -> None:
    try:
        plain = artifact_path(path)
    except InvalidValue:
        return
    assert artifact_path(plain) == plain


def test_once_encoded_traversal_survives_no_number_of_encodings() -> None:
    path = "../x"
    for _ in range(5):
        path = quote(path.replace(".", "%2e") if "%" not in path else path, safe="")
        with pytest.raises(InvalidValue):
            artifact_path(path)
