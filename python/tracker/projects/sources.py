"""A URI -> a folder on this machine that holds the project. Nothing of the project is run.

A folder is used where it is. Of a repository and of an archive everybody gets a copy of their own,
as with MLflow, so that what one run leaves behind is not found by the next one. Commits that were
fetched before are copied from the cache.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from tracker.errors import NotFound, TrackerError
from tracker.projects.model import Checkout
from tracker.projects.sources_checkout import Revision, check_out, find_revision
from tracker.projects.sources_uri import Address, Kind, Source, parse, shown
from tracker.projects.sources_zip import unpack, unpack_from
from tracker.tracking.git import find_git_dir, read_facts

_PREFIX = "tracker-project-"
_WORKPLACE = ".fetching-"
_ABANDONED_SECONDS = 24 * 3600


def fetch(uri: str | Path, version: str | None = None, *, cache: Path | None = None) -> Checkout:
    """Return the files of the project at `uri`: a folder, .zip archive or git repository.

    `version` is a commit, branch or tag. `cache` is the folder in which fetched commits are kept,
    by default one in the user's cache. What is not local is a new temporary folder, which is the
    caller's to `discard`.

    Raises InvalidValue where the URI or what is there may not be used, NotFound where there is no
    such folder, version or subfolder, TrackerError where it cannot be fetched.
    """
    source = parse(str(uri), version)
    if source.kind is Kind.FOLDER:
        return _folder(source, str(uri))
    copy = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        if source.kind is Kind.ZIP:
            return _zip(source, str(uri), copy)
        return _git(source, str(uri), version, copy, cache or _default_cache())
    except OSError as error:
        _remove(copy)
        raise TrackerError(
            f"The project {shown(str(uri))} cannot be written to {copy.parent}: "
            f"{error.strerror or error}."
        ) from error
    except BaseException:
        _remove(copy)
        raise


def duplicate(checkout: Checkout) -> Checkout:
    """Return the same files once more, for another run; a local folder itself.

    What was agreed to stays what is run: nothing is fetched again. Raises TrackerError.
    """
    if checkout.is_local:
        return checkout
    copy = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        shutil.copytree(root_of(checkout), copy, symlinks=True, dirs_exist_ok=True)
    except OSError as error:
        _remove(copy)
        raise TrackerError(
            f"The project {checkout.uri} cannot be copied to {copy.parent}: {error}."
        ) from error
    return replace(checkout, folder=copy / checkout.subfolder)


def root_of(checkout: Checkout) -> Path:
    """Return the folder of the whole repository or archive, of which a project may be a part."""
    depth = 0 if checkout.is_local else len(Path(checkout.subfolder).parts)
    return [checkout.folder, *checkout.folder.parents][depth]


def discard(checkout: Checkout) -> None:
    """Remove a fetched copy. A local folder stays."""
    if not checkout.is_local:
        _remove(root_of(checkout))


def _folder(source: Source, uri: str) -> Checkout:
    assert source.path is not None
    folder = _inside(source.path, source.subfolder, source.origin)
    git = find_git_dir(folder)
    return Checkout(
        uri=uri,
        folder=folder,
        origin=str(folder),
        subfolder=source.subfolder,
        commit=None if git is None else read_facts(git).commit,
    )


def _zip(source: Source, uri: str, copy: Path) -> Checkout:
    if source.path is not None:
        unpack(source.path, copy, str(source.path))
    elif source.address is not None:
        unpack_from(source.address, copy)
    return Checkout(
        uri=shown(uri),
        folder=_inside(copy, source.subfolder, source.origin),
        origin=source.origin,
        subfolder=source.subfolder,
        is_local=False,
    )


def _git(source: Source, uri: str, version: str | None, copy: Path, cache: Path) -> Checkout:
    assert source.address is not None
    revision = find_revision(source.address, version)
    kept = _kept(source.address, revision, cache, version)
    shutil.copytree(kept, copy, symlinks=True, dirs_exist_ok=True)
    return Checkout(
        uri=shown(uri),
        folder=_inside(copy, source.subfolder, source.origin),
        origin=source.origin,
        subfolder=source.subfolder,
        version=version,
        commit=kept.name,
        branch=revision.branch,
        is_local=False,
    )


def _kept(address: Address, revision: Revision, cache: Path, version: str | None) -> Path:
    """Return the cached files of a commit, fetched now if they are not there.

    A folder appears under its name only when it is complete, so whoever finds it may use it, and
    of two who fetch the same at once one keeps the other's.
    """
    room = cache / "git" / _room(address.url)
    if not revision.is_short and (room / revision.commit).is_dir():
        return room / revision.commit
    room.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(room)
    with tempfile.TemporaryDirectory(prefix=_WORKPLACE, dir=room) as workplace:
        made = Path(workplace) / "files"
        made.mkdir()
        commit = check_out(address, revision, made, version=version)
        try:
            made.rename(room / commit)
        except OSError:
            if not (room / commit).is_dir():
                raise
    return room / commit


def _clear(room: Path) -> None:
    """Remove what a killed process left half fetched."""
    for workplace in room.glob(f"{_WORKPLACE}*"):
        with suppress(OSError):
            if time.time() - workplace.stat().st_mtime > _ABANDONED_SECONDS:
                _remove(workplace)


def _room(url: str) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", url.rstrip("/").rpartition("/")[2])[:40].strip(".-")
    return f"{name or 'repository'}-{hashlib.sha256(url.encode()).hexdigest()[:16]}"


def _default_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("jupyterlab-tracker", appauthor=False) / "projects"


def _inside(root: Path, subfolder: str, origin: str) -> Path:
    folder = root / subfolder
    if not folder.is_dir():
        raise NotFound(f"Could not find subdirectory {subfolder} of {origin}.")
    return folder.absolute()


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
