"""What can be done with a run, and why not the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from tracker.capture import tags
from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound, TrackerError
from tracker.remote.address import is_remote
from tracker.server.notebooks.origin import is_project, original_of
from tracker.server.places.describing import is_writable
from tracker.server.places.reading import Places
from tracker.store.base import Store

Deed = Literal["open", "run", "export", "verify"]

DEEDS: Final[Mapping[Deed, str]] = {
    "open": "opened as a notebook",
    "run": "run again",
    "export": "exported",
    "verify": "verified",
}
_ON_A_SERVER: Final = "its store is on a server"
_READ_ONLY: Final = "its store can only be read"
_ELSEWHERE: Final = "its files lie elsewhere"
_NO_CODE: Final = "no code was kept with it"
_IS_PROJECT: Final = "it is a project already"
_IMPORT: Final = "Bring it into a store on this machine with `tracker import`, and do it there."
_WAYS: Final = {
    _ON_A_SERVER: _IMPORT,
    _READ_ONLY: _IMPORT,
    _ELSEWHERE: _IMPORT,
    _NO_CODE: "Runs that cells of a notebook begin keep their code: begin it there.",
    _IS_PROJECT: "Run it again, and compare the two runs.",
}


def refused(places: Places, folder: str, uri: str, run: Run) -> dict[str, str]:
    """Return why things cannot be done with a run, in words for people; `uri` is its store's."""
    if is_remote(uri):
        return dict.fromkeys(DEEDS, _ON_A_SERVER)
    kept = _kept(places, folder, run)
    found: dict[str, str] = dict.fromkeys(DEEDS, kept) if kept else {}
    if is_project(run):
        found.pop("run", None)
        found |= dict.fromkeys(("export", "verify"), _IS_PROJECT)
    if not is_writable(uri):
        found = dict.fromkeys(("run", "verify"), _READ_ONLY) | found
    return found


def run_for(deed: Deed, places: Places, folder: str, run_id: str) -> tuple[str, Store, Run]:
    """Return the store's URI, the store, and the run that has the code for what is to be done.

    Raises NotFound, and InvalidValue where it cannot be done, with what to do instead.
    """
    uri, store = places.found(folder)
    if store is None:
        raise NotFound("Nothing was recorded here yet.")
    if is_remote(uri):  # which is not asked in vain
        raise _refusal(deed, "The run", _ON_A_SERVER)
    run = original_of(store, store.get_run(run_id))
    reason = refused(places, folder, uri, run).get(deed)
    if reason is not None:
        raise _refusal(deed, f"The run {run.info.run_name!r}", reason)
    return uri, store, run


def _refusal(deed: Deed, which: str, reason: str) -> InvalidValue:
    return InvalidValue(f"{which} cannot be {DEEDS[deed]}: {reason}. {_WAYS[reason]}")


def _kept(places: Places, folder: str, run: Run) -> str:
    """Return why the run's cells cannot be read, "" where they can."""
    try:
        artifacts = places.readable_files(folder, run)
        if any(artifacts.is_file(name) for name in (tags.SESSION_FILE, tags.SOURCE_FILE)):
            return ""
    except TrackerError:
        return _ELSEWHERE
    return _NO_CODE
