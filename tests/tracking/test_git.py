from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.tracking.git import GitFacts, find_git_dir, read_facts, without_credentials


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return result.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder


def facts(folder: Path) -> GitFacts:
    git_dir = find_git_dir(folder)
    assert git_dir is not None
    return read_facts(git_dir)


def test_commit_branch_and_remote_are_those_of_git(repository: Path) -> None:
    git(repository, "remote", "add", "origin", "https://host/a.git")
    (repository / "deep" / "er").mkdir(parents=True)
    expected = GitFacts(git(repository, "rev-parse", "HEAD"), "trunk", "https://host/a.git")
    assert facts(repository / "deep" / "er") == expected


def test_a_branch_with_slashes_and_packed_refs_is_read(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "feature/a/b")
    git(repository, "commit", "-q", "--allow-empty", "-m", "second")
    git(repository, "tag", "-a", "v1", "-m", "annotated")
    git(repository, "pack-refs", "--all")
    found = facts(repository)
    assert found.commit == git(repository, "rev-parse", "HEAD")
    assert found.branch == "feature/a/b"
    assert found.repo_url is None


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", commit)
    assert facts(repository) == GitFacts(commit, None, None)


def test_a_linked_work_tree_has_its_own_head(repository: Path, tmp_path: Path) -> None:
    git(repository, "remote", "add", "origin", "git@host:a.git")
    tree = tmp_path / "tree"
    git(repository, "worktree", "add", "-q", "-b", "side", str(tree))
    git(tree, "commit", "-q", "--allow-empty", "-m", "aside")
    assert facts(tree) == GitFacts(git(tree, "rev-parse", "HEAD"), "side", "git@host:a.git")
    assert facts(repository).branch == "trunk"


def test_a_repository_without_commits_has_a_branch_only(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "empty")
    assert facts(tmp_path) == GitFacts(None, "empty", None)


def test_outside_a_repository_there_is_none(tmp_path: Path) -> None:
    assert find_git_dir(tmp_path) is None


def test_every_fact_fails_alone(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    (repository / ".git" / "config").write_bytes(b"[remote\xff\n = ]]\n[[")
    assert facts(repository) == GitFacts(commit, "trunk", None)
    (repository / ".git" / "refs" / "heads" / "trunk").write_text("not a hash")
    assert facts(repository) == GitFacts(None, "trunk", None)
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/../../../../etc/passwd\n")
    assert facts(repository).commit is None
    (repository / ".git" / "HEAD").write_text("ref: HEAD\n")
    assert facts(repository) == GitFacts(None, None, None)
    (repository / ".git" / "HEAD").unlink()
    assert facts(repository) == GitFacts(None, None, None)


def test_references_that_point_at_each_other_end(repository: Path) -> None:
    heads = repository / ".git" / "refs" / "heads"
    (heads / "a").write_text("ref: refs/heads/b\n")
    (heads / "b").write_text("ref: refs/heads/a\n")
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/a\n")
    assert facts(repository) == GitFacts(None, "a", None)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:token@host/a.git", "https://host/a.git"),
        ("https://token@host:8080/a.git", "https://host:8080/a.git"),
        ("https://host/a@b.git", "https://host/a@b.git"),
        ("git@host:a.git", "git@host:a.git"),
        ("ssh://git@host/a.git", "ssh://git@host/a.git"),
        ("/local/path", "/local/path"),
        ("https://[broken", ""),
    ],
)
def test_no_secret_of_a_url_is_recorded(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@given(st.text(min_size=1).filter(lambda text: not set(text) & set("@/?#[]\\\t\n\r")))
def test_no_password_survives(password: str) -> None:
    marked = f"x{password}y"
    assert marked not in without_credentials(f"https://user:{marked}@host/a")


def test_reading_takes_less_than_a_millisecond_each(repository: Path) -> None:
    refs = "".join(f"{number:040x} refs/heads/b{number}\n" for number in range(5000))
    (repository / ".git" / "packed-refs").write_text("# pack-refs with: peeled\n" + refs)
    (repository / ".git" / "HEAD").write_text("ref: refs/heads/b4999\n")
    started = time.process_time()
    for _ in range(20):
        assert facts(repository).commit == f"{4999:040x}"
    assert (time.process_time() - started) / 20 < 0.003
