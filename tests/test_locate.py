from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tracker.errors import StoreError
from tracker.locate import make_store_folder, tracking_uri


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TRACKER_TRACKING_URI", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(variable, raising=False)


def folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def test_our_variable_wins_over_mlflows_and_both_over_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path / ".tracker")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///theirs.db")
    assert tracking_uri(tmp_path) == "sqlite:///theirs.db"
    monkeypatch.setenv("TRACKER_TRACKING_URI", "/ours")
    assert tracking_uri(tmp_path) == "/ours"
    monkeypatch.setenv("TRACKER_TRACKING_URI", "")
    assert tracking_uri(tmp_path) == "sqlite:///theirs.db"


def test_the_nearest_store_above_is_found(tmp_path: Path) -> None:
    outer = folder(tmp_path / ".tracker")
    inner = folder(tmp_path / "a" / "b" / ".tracker")
    deep = folder(tmp_path / "a" / "b" / "c" / "d")
    assert tracking_uri(deep) == str(inner)
    assert tracking_uri(tmp_path / "a") == str(outer)


def test_a_store_above_the_repository_is_nearer_than_a_new_one_at_its_root(tmp_path: Path) -> None:
    outer = folder(tmp_path / ".tracker")
    folder(tmp_path / "project" / ".git")
    assert tracking_uri(tmp_path / "project") == str(outer)


def test_without_a_store_it_belongs_to_the_repository(tmp_path: Path) -> None:
    folder(tmp_path / "project" / ".git")
    notebooks = folder(tmp_path / "project" / "notebooks")
    assert tracking_uri(notebooks) == str(tmp_path / "project" / ".tracker")


def test_a_git_worktree_counts_as_a_repository(tmp_path: Path) -> None:
    work = folder(tmp_path / "worktree")
    (work / ".git").write_text("gitdir: elsewhere\n")
    assert tracking_uri(work) == str(work / ".tracker")


def test_without_store_and_repository_it_belongs_to_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = folder(tmp_path / "alone")
    assert tracking_uri(alone) == str(alone / ".tracker")
    monkeypatch.chdir(alone)
    assert tracking_uri() == str(alone / ".tracker")
    assert list(alone.iterdir()) == []


def test_a_file_named_like_a_store_is_passed_over(tmp_path: Path) -> None:
    outer = folder(tmp_path / ".tracker")
    inner = folder(tmp_path / "a")
    (inner / ".tracker").write_text("")
    assert tracking_uri(inner) == str(outer)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give away")
def test_what_a_stranger_planted_is_passed_over(tmp_path: Path) -> None:
    project = folder(tmp_path / "project")
    ours = folder(project / "ours")
    planted = folder(project / ".tracker")
    os.chown(planted, 65534, 65534)
    assert tracking_uri(ours) == str(ours / ".tracker")
    planted.rmdir()
    planted.symlink_to(folder(tmp_path / "another store of ours"))
    os.chown(planted, 65534, 65534, follow_symlinks=False)
    assert tracking_uri(ours) == str(ours / ".tracker")
    folder(project / ".git")
    os.chown(project, 65534, 65534)
    assert tracking_uri(ours) == str(ours / ".tracker")


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give away")
def test_the_owner_of_the_folder_worked_in_is_no_stranger(tmp_path: Path) -> None:
    mounted = folder(tmp_path / "mounted")
    notebooks, store = folder(mounted / "notebooks"), folder(mounted / ".tracker")
    for path in (mounted, notebooks, store):
        os.chown(path, 65534, 65534)
    assert tracking_uri(notebooks) == str(store)


def test_the_folder_of_a_store_is_closed_to_others_and_ignored_by_git(tmp_path: Path) -> None:
    made = tmp_path / "deep" / ".tracker"
    make_store_folder(made)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert (made / ".gitignore").read_text() == "*\n"
    make_store_folder(made)


def test_an_existing_folder_stays_as_it_is(tmp_path: Path) -> None:
    shared = folder(tmp_path / "shared")
    shared.chmod(0o755)
    make_store_folder(shared)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    assert list(shared.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Cannot make the folder"):
        make_store_folder(tmp_path / "file" / ".tracker")
