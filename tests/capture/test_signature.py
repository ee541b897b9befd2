"""Code that a kernel of this user recorded bears a signature that nobody else can make."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.artifacts import Artifacts, open_artifacts
from tracker.capture import tags
from tracker.capture.signature import is_signed, signature

TEXTS = {tags.SESSION_FILE: b"{}", tags.LINEAGE_FILE: b"[]"}


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Artifacts:
    """The files of a run with signed code."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    signed = signature(TEXTS)
    assert signed is not None
    artifacts = open_artifacts(str(tmp_path / "run"))
    for path, content in {**TEXTS, tags.SIGNATURE_FILE: signed}.items():
        artifacts.put(path, [content])
    return artifacts


def key_file(folder: Path) -> Path:
    return folder / "data" / "jupyterlab-tracker" / "code-key"


def test_signed_code_is_known_again(kept: Artifacts) -> None:
    assert is_signed(kept)


@pytest.mark.parametrize("path", [tags.SESSION_FILE, tags.LINEAGE_FILE, tags.SIGNATURE_FILE])
def test_whatever_is_changed_the_signature_does_not_hold(kept: Artifacts, path: str) -> None:
    kept.put(path, [b"other"])
    assert not is_signed(kept)


def test_another_user_signs_otherwise(
    kept: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    assert not is_signed(kept)


def test_the_key_is_for_this_user_alone(
    kept: Artifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = key_file(tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]
    other = key_file(tmp_path / "open")
    other.parent.mkdir(parents=True)
    other.write_bytes(b"k" * 32)
    other.chmod(0o644)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "open" / "data"))
    assert signature(TEXTS) is None


def test_where_no_key_can_be_kept_nothing_is_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file" / "data"))
    assert signature(TEXTS) is None


def test_a_run_whose_own_cell_alone_was_kept_is_not_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert signature({tags.SOURCE_FILE: b"x = 1"}) is None
    assert not is_signed(open_artifacts(str(tmp_path / "run")))
