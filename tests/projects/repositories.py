"""Git repositories made for a test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_IDENTITY = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
_ALLOWED = ("-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """Run git in a folder as somebody with no configuration, and return what it writes."""
    result = subprocess.run(
        ["git", *_IDENTITY, *_ALLOWED, *words],
        cwd=folder,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


def make_repository(folder: Path, files: Mapping[str, str], *, branch: str = "main") -> Path:
    """Make a repository with one commit."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch", branch)
    commit(folder, files)
    return folder


def commit(folder: Path, files: Mapping[str, str] | None = None) -> str:
    """Write files, commit everything that is in the folder, and return the hash."""
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A change")
    return git(folder, "rev-parse", "HEAD")


def make_bare(repository: Path) -> Path:
    """Make the bare copy of a repository that stands on servers."""
    bare = repository.with_name(f"{repository.name}.git")
    git(repository, "clone", "--quiet", "--bare", "--mirror", str(repository), str(bare))
    git(bare, "update-server-info")
    return bare
