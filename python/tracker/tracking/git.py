"""Facts about the git repository around a folder, read from its files.

Starting git takes longer than all the rest of starting a run, so nothing here does. What cannot
be read is None; each fact fails alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST_SYMREF_CHAIN = 5
_LARGEST_FILE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class GitFacts:
    """What is checked out: the commit's hash, the branch, the first remote's URL."""

    commit: str | None = None
    branch: str | None = None
    repo_url: str | None = None


def find_git_dir(folder: Path) -> Path | None:
    """Return the git directory of the work tree that holds the folder, or None.

    Follows the ``gitdir:`` file of a linked work tree or submodule.
    """
    for above in (folder, *folder.parents):
        dot_git = above / ".git"
        try:
            if dot_git.is_dir():
                return dot_git
            if dot_git.is_file():
                return _linked_git_dir(dot_git)
        except OSError:
            return None
    return None


def work_tree(folder: Path) -> Path | None:
    """Return the top folder of the work tree that holds the folder, or None."""
    for above in (folder, *folder.parents):
        try:
            if (above / ".git").exists():
                return above
        except OSError:
            return None
    return None


def _linked_git_dir(dot_git: Path) -> Path | None:
    text = _read(dot_git)
    if text is None or not text.startswith("gitdir:"):
        return None
    return dot_git.parent / text.removeprefix("gitdir:").strip()


def read_facts(git_dir: Path) -> GitFacts:
    """Return what the git directory says is checked out now."""
    common = _common_dir(git_dir)
    head = _read(git_dir / "HEAD")
    branch = _branch(head)
    return GitFacts(
        commit=_commit(git_dir, common, head),
        branch=branch,
        repo_url=_first_remote(common / "config"),
    )


def _common_dir(git_dir: Path) -> Path:
    """Return where branches and the configuration are: elsewhere for a linked work tree."""
    text = _read(git_dir / "commondir")
    return git_dir / text.strip() if text else git_dir


def _branch(head: str | None) -> str | None:
    if head is None or not head.startswith("ref: refs/heads/"):
        return None
    name = head.removeprefix("ref: refs/heads/").strip()
    return None if name == ".invalid" else name


def _commit(git_dir: Path, common: Path, text: str | None) -> str | None:
    for _ in range(_LONGEST_SYMREF_CHAIN):
        if text is None:
            return None
        text = text.strip()
        if not text.startswith("ref:"):
            return text if _COMMIT.fullmatch(text) else None
        name = text.removeprefix("ref:").strip()
        if ".." in name or not name.startswith("refs/"):
            return None
        text = _read(git_dir / name) or _read(common / name) or _packed(common, name)
    return None


def _packed(common: Path, name: str) -> str | None:
    """Return the line of packed-refs that belongs to the ref, as its hash."""
    text = _read(common / "packed-refs")
    end = text.find(f" {name}\n") if text else -1
    return text[text.rfind("\n", 0, end) + 1 : end] if text and end >= 0 else None


def _first_remote(config: Path) -> str | None:
    is_remote = False
    for line in (_read(config) or "").splitlines():
        text = line.strip()
        if text.startswith("["):
            is_remote = text.startswith('[remote "')
            continue
        key, _, value = text.partition("=")
        if is_remote and key.strip().lower() == "url" and value.strip():
            return without_credentials(value.strip().strip('"'))
    return None


def without_credentials(url: str) -> str:
    """Return the URL without the user and password or token it may hold."""
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and "@" in parts.netloc:
            return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return ""
    return url


def _read(path: Path) -> str | None:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None
