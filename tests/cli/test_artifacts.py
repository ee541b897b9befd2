"""`tracker artifacts` lists and copies the files of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Ask, Tell, log_run
from tracker.store import Store


@pytest.fixture
def run_id(store: Store) -> str:
    """A run with three files."""
    run_id = log_run(store, "with files")
    root = Path(store.get_run(run_id).info.artifact_uri)
    (root / "figures" / "deep").mkdir(parents=True)
    (root / "model.bin").write_bytes(b"12345")
    (root / "figures" / "loss.png").write_bytes(b"png")
    (root / "figures" / "deep" / "x.txt").write_text("x")
    return run_id


def test_files_are_listed_folder_by_folder(tell: Tell, ask: Ask, run_id: str) -> None:
    assert tell("artifacts", "list", "with files").stdout.split() == [
        "path", "bytes", "figures/", "model.bin", "5"
    ]  # fmt: skip
    (one, two) = ask("artifacts", "list", run_id, "figures")
    assert (one["path"], two["path"]) == ("figures/deep", "figures/loss.png")
    paths = [one["path"] for one in ask("artifacts", "list", "-r", run_id)]
    assert paths == ["figures/deep/x.txt", "figures/loss.png", "model.bin"]


def test_files_are_copied(tell: Tell, ask: Ask, run_id: str, folder: Path) -> None:
    result = tell("artifacts", "download", run_id, "model.bin")
    assert result.stdout == f"{folder / 'model.bin'}\n"
    assert (folder / "model.bin").read_bytes() == b"12345"
    assert ask("artifacts", "download", run_id, "--to", "copy") == {"path": str(folder / "copy")}
    assert (folder / "copy" / "figures" / "deep" / "x.txt").read_text() == "x"


@pytest.mark.parametrize("path", ["..", "../..", "/etc/passwd", "a\\..\\b", "%2e%2e/x"])
def test_a_path_that_leads_astray_is_refused(tell: Tell, run_id: str, path: str) -> None:
    for command in ("list", "download"):
        result = tell("artifacts", command, run_id, path)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_not_there_is_told_in_one_line(tell: Tell, run_id: str) -> None:
    result = tell("artifacts", "download", run_id, "gone.txt")
    assert result.exit_code == 1
    assert "gone.txt" in result.stderr
