"""Taking in runs of other stores as they are: what some stores can beyond `Store`.

`Store.create_run` makes a run of this process, with an id of its own, that begins now. What comes
from elsewhere has its id, times, state and owner already. A store that can keep them has an
attribute `adopter`; for the others there is only `create_run`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from tracker.entities import (
    DatasetInput,
    Experiment,
    MetricHistory,
    Run,
    RunInfo,
)
from tracker.errors import InvalidValue
from tracker.store import limits
from tracker.store.base import Store

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,255}")
"""Ids that a run may keep: each names a folder and nothing else."""

_DATASET_TEXTS = ("name", "digest", "source_type", "source")
_DATASET_OPTIONAL = ("schema", "profile")


class Adopter(Protocol):
    """Puts experiments and runs of other stores in place, nothing of them changed."""

    def adopt_experiment(self, experiment: Experiment) -> str:
        """Return the id of a new experiment with the name, tags, times and stage of this one.

        Its id is kept where it can be; its artifact location is this store's own choice. Raises
        AlreadyExists, InvalidValue, StoreError.
        """

    def adopt_run(
        self, run: Run, histories: Iterable[MetricHistory] = (), *, replace: bool = False
    ) -> None:
        """Put a run in place, whole or not at all, with the points of all its metrics.

        `run.info` tells all of it in this store's terms: an experiment that is here, also a deleted
        one, and where its artifacts are. Nothing is cut to the lengths that logging is. The run is
        no process's own: nobody's death ends it. Values in `run.data.metrics` are not read, for
        `histories` tell them; each metric comes once, and one at a time is held in memory. With
        `replace` a run of the same id gives way, and stays as it is when this fails in a store of
        one file. Raises AlreadyExists, NotFound (the experiment), InvalidValue, StoreError, and
        what reading `histories` raises.
        """


def adopter_of(store: Store) -> Adopter | None:
    """Return what puts runs into the store as they are, None where it makes its own."""
    found: Adopter | None = getattr(store, "adopter", None)
    return found


def check_run(run: Run) -> None:
    """Refuse a run that no store could hold: its id, keys, texts, times. Raises InvalidValue."""
    _check_info(run.info)
    for key, value in run.data.params.items():
        limits.check_text(f"The value of param '{limits.check_key('param', key)}'", value)
    for key, value in run.data.tags.items():
        limits.check_text(f"The value of tag '{limits.check_key('tag', key)}'", value)
    _check_inputs(run.inputs.dataset_inputs)


def check_history(history: MetricHistory) -> None:
    """Refuse points that no store could hold. Raises InvalidValue."""
    limits.check_key("metric", history.key)
    if not len(history.steps) == len(history.timestamps) == len(history.values):
        raise InvalidValue(f"The columns of metric '{history.key}' have different lengths.")


def _check_info(info: RunInfo) -> None:
    if not isinstance(info.run_id, str) or not RUN_ID.fullmatch(info.run_id):
        raise InvalidValue(f"{limits.shorten(info.run_id)} cannot be the id of a run.")
    limits.check_status(info.status)
    limits.check_stage(info.lifecycle_stage)
    for what in ("run_name", "user_id", "artifact_uri"):
        limits.check_text(what, getattr(info, what))
    for what in ("start_time", "end_time"):
        check_time(what, getattr(info, what))


def check_time(what: str, value: int | None) -> None:
    """Refuse what is neither None nor a time in ms of 64 bits. Raises InvalidValue."""
    if value is not None:
        limits.check_time(what, value)


def _check_inputs(inputs: Sequence[DatasetInput]) -> None:
    for given in inputs:
        for name in (*_DATASET_TEXTS, *_DATASET_OPTIONAL):
            value = getattr(given.dataset, name)
            if value is not None or name in _DATASET_TEXTS:
                limits.check_text(f"The {name} of a data set", value)
        for key, value in given.tags.items():
            limits.check_text(f"The value of tag '{limits.check_key('tag', key)}'", value)
