"""Which store and which experiment this process records to.

A tracking URI is, in this order: what `set_tracking_uri` was given; TRACKER_TRACKING_URI; then
MLFLOW_TRACKING_URI; the store that belongs to the working directory as it was at the first use.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING

from tracker import locate
from tracker.entities import Experiment, LifecycleStage
from tracker.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from tracker.tracking import losses
from tracker.tracking.environment import variable

if TYPE_CHECKING:
    from tracker.store.base import Store

DEFAULT_EXPERIMENT_ID = "0"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The experiment that was set, and the store it was set in, where that answered."""

    store: Store | None
    experiment_id: str
    name: str


_lock = threading.RLock()
_explicit: str | None = None
_located: str | None = None
_stores: dict[str, Store] = {}
_canonical: dict[str, str] = {}
"""What a URI meant when its store was opened; a relative one means something else later."""
_chosen: _Chosen | None = None


def now() -> int:
    """Return the time in ms since 1970."""
    return time_ns() // 1_000_000


def set_tracking_uri(uri: str | Path | None) -> None:
    """Record to this store from now on; None or "" goes back to finding one.

    Programs started from here inherit it. Runs that are active stay where they are.
    """
    global _explicit, _located
    text = str(uri.absolute() if isinstance(uri, Path) else uri or "")
    with _lock:
        _explicit = text or None
        _located = None
        _stores.pop(text, None)
        _canonical.pop(text, None)
        if text:
            os.environ["TRACKER_TRACKING_URI"] = text
        else:
            os.environ.pop("TRACKER_TRACKING_URI", None)


def get_tracking_uri() -> str:
    """Return the URI of the store that is recorded to. Nothing is created by asking."""
    return _explicit or variable("TRACKING_URI") or _locate()


def is_tracking_uri_set() -> bool:
    """Return whether somebody chose the store, by a call or in the environment."""
    return bool(_explicit or variable("TRACKING_URI"))


def _locate() -> str:
    """Return the URI of the store that belongs to the working directory, the same ever after."""
    global _located
    with _lock:
        if _located is None:
            _located = locate.tracking_uri(Path.cwd())
        return _located


def current_store() -> Store:
    """Return the store that is recorded to, opened. Raises StoreError, InvalidValue (the URI)."""
    uri = get_tracking_uri()
    store = _stores.get(uri)
    return store if store is not None else store_at(uri)


def store_for_new_run() -> Store:
    """Return the same, made again where somebody removed it since. Raises as `current_store`."""
    uri = get_tracking_uri()
    with _lock:
        _stores.pop(uri, None)
    return store_at(uri)


def store_at(uri: str) -> Store:
    """Return the store with this URI, opened once and shared by all of this process."""
    from tracker.store import open_store

    with _lock:
        if uri not in _stores:
            _stores[uri] = store = open_store(_canonical.get(uri, uri))
            _canonical[uri] = store.uri
        return _stores[uri]


def _after_fork_in_child() -> None:
    global _lock
    _lock = threading.RLock()  # the thread that held it may not be here
    _stores.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def set_experiment(
    experiment_name: str | None = None, experiment_id: str | int | None = None
) -> Experiment:
    """Make an experiment the one that new runs belong to; one named for the first time is created.

    Programs started from here inherit it. Where the store fails, it is tried again when a run
    starts. Raises InvalidValue (not exactly one of name and id), NotFound (the id), InvalidState (a
    deleted experiment).
    """
    if (experiment_name is None) == (experiment_id is None):
        raise InvalidValue("Must specify exactly one of: `experiment_id` or `experiment_name`.")
    try:
        store = current_store()
        if experiment_id is not None:
            experiment = store.get_experiment(str(experiment_id))
        else:
            experiment = get_or_create(store, str(experiment_name))
    except losses.STORE_ERRORS as error:
        return _choose_unstored(experiment_name, str(experiment_id), error)
    if experiment.lifecycle_stage != LifecycleStage.ACTIVE:
        raise InvalidState(
            f"Cannot set a deleted experiment '{experiment.name}' as the active experiment. "
            "You can restore the experiment, or permanently delete it to create a new one."
        )
    _choose(store, experiment)
    return experiment


def get_or_create(store: Store, name: str) -> Experiment:
    """Return the experiment of that name, created where there is none. Raises InvalidValue."""
    found = store.find_experiment(name)
    if found is not None:
        return found
    try:
        return store.get_experiment(store.create_experiment(name))
    except AlreadyExists:  # another process was quicker
        found = store.find_experiment(name)
        if found is None:
            raise
        return found


def _choose_unstored(name: str | None, experiment_id: str, error: Exception) -> Experiment:
    """Remember the choice for a store that may answer later, and return what it would be."""
    global _chosen
    losses.note(losses.EXPERIMENT, "the choice", 1, error)
    if name is None:
        return Experiment(experiment_id, "", "")
    _chosen = _Chosen(None, DEFAULT_EXPERIMENT_ID, name)
    return Experiment(DEFAULT_EXPERIMENT_ID, name, "")


def _choose(store: Store, experiment: Experiment) -> None:
    global _chosen
    _chosen = _Chosen(store, experiment.experiment_id, experiment.name)
    os.environ["TRACKER_EXPERIMENT_NAME"] = experiment.name
    os.environ.pop("TRACKER_EXPERIMENT_ID", None)


def forget_experiment() -> None:
    """Go back to the experiment that the environment names, else the default one."""
    global _chosen
    _chosen = None
    os.environ.pop("TRACKER_EXPERIMENT_NAME", None)


def chosen_experiment_id(store: Store) -> str | None:
    """Return the id of the experiment that `set_experiment` chose, in this store, or None.

    Where it was chosen in another store, the experiment of the same name is meant here.
    """
    chosen = _chosen
    if chosen is not None and chosen.store is not store:
        _choose(store, get_or_create(store, chosen.name))
        chosen = _chosen
    return chosen.experiment_id if chosen is not None else None


def current_experiment_id(store: Store) -> str:
    """Return the id of the experiment that a new run belongs to where nobody names one.

    Raises NotFound, InvalidValue where the environment names one that cannot be.
    """
    return chosen_experiment_id(store) or _environment_experiment(store) or DEFAULT_EXPERIMENT_ID


def _environment_experiment(store: Store) -> str | None:
    for prefix in ("TRACKER", "MLFLOW"):
        experiment_id = os.environ.get(f"{prefix}_EXPERIMENT_ID")
        name = os.environ.get(f"{prefix}_EXPERIMENT_NAME")
        if name:
            return _named(store, name, experiment_id, prefix)
        if experiment_id:
            return _checked_id(store, experiment_id, prefix)
    return None


def _named(store: Store, name: str, experiment_id: str | None, prefix: str) -> str:
    found = get_or_create(store, name).experiment_id
    if experiment_id and experiment_id != found:
        raise InvalidValue(
            f"The environment variable {prefix}_EXPERIMENT_ID is '{experiment_id}', but the "
            f"experiment that {prefix}_EXPERIMENT_NAME names, '{name}', has the id '{found}'. "
            "Set only one of the two."
        )
    return found


def _checked_id(store: Store, experiment_id: str, prefix: str) -> str:
    try:
        return store.get_experiment(experiment_id).experiment_id
    except NotFound as error:
        raise InvalidValue(
            f"The environment variable {prefix}_EXPERIMENT_ID is '{experiment_id}', but there is "
            f"no such experiment in {store.uri}. Unset it, or give the id of one that is there."
        ) from error
