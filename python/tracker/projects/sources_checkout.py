"""One commit of a git repository -> its files in a folder, submodules included."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from tracker.errors import InvalidValue, NotFound, TrackerError
from tracker.projects.sources_git import GitFailed, run_here, run_there
from tracker.projects.sources_uri import Address, remote_address

MOST_SUBMODULES: Final = 64
DEEPEST_SUBMODULE: Final = 4

_HASH: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHORT_HASH: Final = re.compile(r"[0-9a-f]{4,63}")
_UNUSABLE: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|^-|^$")


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit that was asked for; `branch` where it was asked for by a branch's name.

    `commit` is an abbreviation that only the whole history can resolve where `is_short`.
    """

    commit: str
    branch: str | None = None
    is_short: bool = False


def find_revision(address: Address, version: str | None) -> Revision:
    """Return the commit that a version (commit, branch or tag) names, the default branch's without.

    A whole commit hash is not looked for. Raises NotFound where the repository has no such version,
    InvalidValue where no version can be called so, TrackerError where it cannot be reached.
    """
    if version in (None, "HEAD"):
        return _head(address)
    if _UNUSABLE.search(version):
        raise InvalidValue(f"{version!r} can be no commit, branch or tag.")
    if _HASH.fullmatch(version):
        return Revision(version)
    refs = _refs(address, "--heads", "--tags")
    for ref in (version, f"refs/tags/{version}", f"refs/heads/{version}"):
        if ref in refs:
            branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
            return Revision(refs.get(f"{ref}^{{}}", refs[ref]), branch)
    if _SHORT_HASH.fullmatch(version):
        return Revision(version, is_short=True)
    raise NotFound(_no_version(address, version, list(refs)))


def check_out(address: Address, revision: Revision, folder: Path, *, version: str | None) -> str:
    """Fill a new folder with the files of a commit, and return its whole hash.

    `version` is what was asked for. Nothing of the repository is run. Raises NotFound where the
    commit is not there, InvalidValue where a link leads out of the folder, TrackerError.
    """
    commit = _fetch_and_write(address, revision, folder, version or revision.commit)
    _check_out_submodules(address, folder, depth=1, room=[MOST_SUBMODULES])
    refuse_links_out(folder)
    return commit


def refuse_links_out(folder: Path) -> None:
    """Raises InvalidValue where a symbolic link in the folder leads out of it."""
    root = folder.resolve()
    for path in _links(folder):
        target = Path(os.path.normpath(path.parent / path.readlink()))
        # Unlike `resolve`, this does not mind links that lead in circles.
        real = Path(os.path.realpath(path))
        if not (target.is_relative_to(folder) and real.is_relative_to(root)):
            raise InvalidValue(
                f"The project holds a symbolic link that leads out of it, and is not used: "
                f"{path.relative_to(folder)} -> {path.readlink()}"
            )


def _links(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (
            path for name in [*folders, *files] if (path := Path(place) / name).is_symlink()
        )


def _head(address: Address) -> Revision:
    refs = _refs(address, pattern="HEAD")
    if "HEAD" not in refs:
        raise NotFound(
            f"The git repository {address.url} has no default branch. Ask for a version."
        )
    return Revision(refs["HEAD"])


def _refs(address: Address, *options: str, pattern: str | None = None) -> dict[str, str]:
    """Return what a repository offers: names of refs -> hashes."""
    words = ["ls-remote", "--quiet", *options, "--", address.url]
    try:
        output = run_there(address, *words, *([pattern] if pattern else []))
    except GitFailed as error:
        raise TrackerError(
            f"The git repository {address.url} cannot be read: {str(error).rstrip('.')}. Check the "
            "address, the network and your right to read it."
        ) from error
    pairs = (line.split("\t", 1) for line in output.splitlines() if "\t" in line)
    return {name: commit for commit, name in pairs if _HASH.fullmatch(commit)}


def _fetch_and_write(address: Address, revision: Revision, folder: Path, version: str) -> str:
    try:
        run_here(folder.parent, "init", "--quiet", "--template=", "--", str(folder))
        _fetch(address, revision, folder)
    except GitFailed as error:
        raise TrackerError(
            f"Nothing could be fetched from the git repository {address.url}: {error}."
        ) from error
    try:
        commit = run_here(
            folder,
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{revision.commit}^{{commit}}",
        ).strip()
    except GitFailed as error:
        raise NotFound(_no_version(address, version, [])) from error
    try:
        run_here(folder, "checkout", "--quiet", "--force", "--detach", commit)
        run_here(folder, "remote", "add", "origin", address.url)
    except GitFailed as error:
        raise TrackerError(f"The files of {address.url} cannot be written: {error}.") from error
    (folder / ".git" / "FETCH_HEAD").unlink(missing_ok=True)
    return commit


def _fetch(address: Address, revision: Revision, folder: Path) -> None:
    """Fetch one commit, or the whole history where the server gives no single ones."""
    words = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"]
    if not revision.is_short:
        try:
            run_there(
                address, *words, "--depth=1", "--", address.url, revision.commit, folder=folder
            )
            return
        except GitFailed:
            pass
    everything = ["+refs/heads/*:refs/tracker/heads/*", "+refs/tags/*:refs/tracker/tags/*"]
    run_there(address, *words, "--", address.url, *everything, folder=folder)


def _check_out_submodules(address: Address, folder: Path, *, depth: int, room: list[int]) -> None:
    found = list(_submodules(folder))
    room[0] -= len(found)
    if found and (depth > DEEPEST_SUBMODULE or room[0] < 0):
        raise InvalidValue(
            f"{address.url} has more submodules than are fetched ({MOST_SUBMODULES}, in "
            f"{DEEPEST_SUBMODULE} levels)."
        )
    for path, commit, url in found:
        place = folder / path
        if ".." in Path(path).parts or place.resolve() != folder.resolve() / path:
            raise InvalidValue(f"The submodule {path} of {address.url} leads out of it.")
        source = _submodule_address(address, url)
        place.mkdir(parents=True, exist_ok=True)
        _fetch_and_write(source, Revision(commit), place, commit)
        _check_out_submodules(source, place, depth=depth + 1, room=room)


def _submodules(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield path, commit and URL of every submodule that has all three."""
    file = folder / ".gitmodules"
    if file.is_symlink() or not file.is_file():
        return
    try:
        listed = run_here(
            folder, "config", "-z", "-f", str(file), "--get-regexp", r"^submodule\..*\.(path|url)$"
        )
        tree = run_here(folder, "ls-tree", "-r", "-z", "HEAD")
    except GitFailed:
        return
    facts: dict[str, dict[str, str]] = {}
    for pair in listed.split("\0"):
        key, _, value = pair.partition("\n")
        name, _, what = key.rpartition(".")
        facts.setdefault(name, {})[what] = value
    urls = {fact["path"]: fact["url"] for fact in facts.values() if {"path", "url"} <= fact.keys()}
    for entry in tree.split("\0"):
        head, _, path = entry.partition("\t")
        if head.startswith("160000 commit ") and path in urls:
            yield path, head.split()[2], urls[path]


def _submodule_address(parent: Address, url: str) -> Address:
    """Return where a submodule comes from. Raises InvalidValue for files of this machine."""
    if url.startswith(("./", "../")):
        start, separator, rest = _parted(parent.url)
        joined = posixpath.normpath(posixpath.join(rest, url))
        if joined.startswith(".."):
            raise InvalidValue(f"The submodule {url} of {parent.url} has no such address.")
        found = remote_address(f"{start}{separator}{joined}")
        return Address(found.url, found.protocol, parent.login)
    found = remote_address(url)
    if found.protocol == "file" and parent.protocol != "file":
        raise InvalidValue(f"A submodule of {parent.url} asks for files of this machine: {url}.")
    return found


def _parted(url: str) -> tuple[str, str, str]:
    """Return a repository's URL as what a relative one keeps of it, and its path."""
    scheme, separator, rest = url.partition("://")
    if separator:
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host}", slash, path
    return url.partition(":")


def _no_version(address: Address, version: str, refs: list[str]) -> str:
    names = sorted({ref.split("/", 2)[-1].removesuffix("^{}") for ref in refs})
    near = get_close_matches(version, names, n=3, cutoff=0.5)
    hint = f" It has {', '.join(near)}." if near else ""
    return (
        f"Unable to checkout version '{version}' of git repo {address.url} - please ensure that "
        f"the version exists in the repo.{hint}"
    )
