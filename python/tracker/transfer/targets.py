"""Where runs are copied to: stores that keep them as they are, and servers that make their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from tracker.artifacts import open_artifacts
from tracker.entities import Experiment, LifecycleStage, MetricHistory, Run
from tracker.errors import NotFound, StoreError
from tracker.store import Store
from tracker.store.adopting import Adopter, adopter_of
from tracker.store.mlruns.adopting import MlrunsAdopter
from tracker.transfer.comparing import facts_that_differ, same_points
from tracker.transfer.fileset import copy_files, differences
from tracker.transfer.models import put_model, with_links, without_links
from tracker.transfer.source import Files, Readable


@dataclass(frozen=True, slots=True)
class Parcel:
    """A run on its way, in the source's terms, with its experiment and files.

    `histories` yields the points of its metrics, one metric at a time, anew at each call.
    """

    run: Run
    experiment: Experiment
    files: Files
    histories: Callable[[], Iterator[MetricHistory]]


class Target(Protocol):
    """Puts runs into a store."""

    @property
    def uri(self) -> str:
        """Where it is."""

    def prepare(self, experiment: Experiment) -> None:
        """Make the experiment unless it is there. Raises StoreError, InvalidValue."""

    def find(self, run: Run) -> Run | None:
        """Return the copy of a run of the source, None where there is none yet."""

    def is_unfinished(self, copy: Run) -> bool:
        """Whether an earlier import was broken off while it made this copy."""

    def differences(self, parcel: Parcel, copy: Run) -> list[str]:
        """Return in what the copy differs, in words; nothing where it is equal."""

    def remarks(self, parcel: Parcel, copy: Run) -> list[str]:
        """Return what is worth knowing of a copy that is equal."""

    def put(self, parcel: Parcel, copy: Run | None) -> tuple[str, list[str]]:
        """Copy the run, in place of `copy` if given; return its id and what had to be left."""

    def put_model(
        self, experiment: Experiment, model_id: str, files: Readable, *, update: bool
    ) -> list[str]:
        """Copy a logged model unless it is there; return what had to be left."""

    def finish(self) -> list[str]:
        """Do what can be done only when all runs are there; return what to tell."""


def open_target(store: Store, into: str | None = None) -> Target:
    """Return the way into a store; all runs go into the experiment `into` if one is named."""
    adopter = adopter_of(store)
    if adopter is not None:
        return AdoptingTarget(store, adopter, into)
    from tracker.transfer.relogging import LoggingTarget

    return LoggingTarget(store, into)


class AdoptingTarget:
    """A `Target` where runs keep their ids, times and states."""

    def __init__(self, store: Store, adopter: Adopter, into: str | None) -> None:
        self._store = store
        self._adopter = adopter
        self._into = into
        self._known: dict[str, Experiment] = {}

    @property
    def uri(self) -> str:
        """The URI of the store."""
        return self._store.uri

    def prepare(self, experiment: Experiment) -> None:
        """Make the experiment unless it is there. Raises StoreError, InvalidValue."""
        self._experiment(experiment)

    def _experiment(self, experiment: Experiment) -> Experiment:
        if self._into is not None:
            experiment = Experiment("", self._into, "")
        known = self._known.get(experiment.name)
        if known is None:
            known = self._store.find_experiment(experiment.name)
            if known is None:
                made = self._adopter.adopt_experiment(experiment)
                known = self._store.get_experiment(made)
            self._known[experiment.name] = known
        return known

    def find(self, run: Run) -> Run | None:
        """Return the run of the same id."""
        try:
            return with_links(self._store, self._store.get_run(run.info.run_id))
        except NotFound:
            return None

    def is_unfinished(self, copy: Run) -> bool:
        """Never: a run is there whole or not at all."""
        return False

    def differences(self, parcel: Parcel, copy: Run) -> list[str]:
        """Return in what the copy differs, in words."""
        found = facts_that_differ(self._staged(parcel.run, parcel.experiment), copy)
        metrics = set(copy.data.metrics)
        for history in parcel.histories():
            there = self._store.metric_history(copy.info.run_id, history.key)
            if not same_points(history, there):
                found.append(f"points of metric '{history.key}'")
            metrics.discard(history.key)
        found += [f"points of metric '{key}'" for key in sorted(metrics)]
        if parcel.files.artifacts is not None:
            files = differences(parcel.files.artifacts, open_artifacts(copy.info.artifact_uri))
            found += [f"file {path}" for path in (*files.missing, *files.changed)]
        return found

    def _staged(self, run: Run, experiment: Experiment) -> Run:
        """Return the run as it can be: all that is in a deleted experiment is deleted."""
        there = self._known.get(self._into or experiment.name)
        if there is None or there.lifecycle_stage == LifecycleStage.ACTIVE:
            return run
        stage = str(LifecycleStage.DELETED)
        return replace(run, info=replace(run.info, lifecycle_stage=stage))

    def remarks(self, parcel: Parcel, copy: Run) -> list[str]:
        """Return where the copy is, if people have given its experiment another name."""
        name = self._store.get_experiment(copy.info.experiment_id).name
        is_meant = name == (self._into or parcel.experiment.name)
        return [] if is_meant else [f"it is in the experiment '{name}' here"]

    def put(self, parcel: Parcel, copy: Run | None) -> tuple[str, list[str]]:
        """Copy the files, then the run: without it, whatever lies there is nobody's run yet."""
        experiment = self._experiment(parcel.experiment)
        run = self._staged(parcel.run, parcel.experiment)
        info, left = run.info, list[str]()
        uri = info.artifact_uri
        if parcel.files.artifacts is not None:
            uri = f"{experiment.artifact_location.rstrip('/')}/{info.run_id}/artifacts"
            left = copy_files(parcel.files.artifacts, open_artifacts(uri))
        if run is not parcel.run and parcel.experiment.lifecycle_stage == LifecycleStage.ACTIVE:
            left.append(f"it is in the bin, for the experiment '{experiment.name}' is deleted here")
        there = replace(info, experiment_id=experiment.experiment_id, artifact_uri=uri)
        kept, links = without_links(self._store, replace(run, info=there))
        if isinstance(self._adopter, MlrunsAdopter):
            self._adopter.adopt_run(kept, parcel.histories(), replace=copy is not None, links=links)
        else:
            self._adopter.adopt_run(kept, parcel.histories(), replace=copy is not None)
        return info.run_id, left

    def put_model(
        self, experiment: Experiment, model_id: str, files: Readable, *, update: bool
    ) -> list[str]:
        """Copy a logged model unless it is there; return what had to be left."""
        there = self._experiment(experiment)
        return put_model(self._store, there, model_id, files, update=update)

    def finish(self) -> list[str]:
        """Nothing is left to do."""
        return []


class Nowhere:
    """A `Target` that is not there yet, for those who only look. Nothing is in it."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def prepare(self, experiment: Experiment) -> None:
        """Do nothing."""

    def find(self, run: Run) -> Run | None:
        """Nothing is here."""
        return None

    def is_unfinished(self, copy: Run) -> bool:
        """Nothing is here."""
        return False

    def differences(self, parcel: Parcel, copy: Run) -> list[str]:
        """Nothing is here."""
        return []

    def remarks(self, parcel: Parcel, copy: Run) -> list[str]:
        """Nothing is here."""
        return []

    def put(self, parcel: Parcel, copy: Run | None) -> tuple[str, list[str]]:
        """Refused. Raises StoreError."""
        raise StoreError(f"There is no store at {self.uri}.")

    def put_model(
        self, experiment: Experiment, model_id: str, files: Readable, *, update: bool
    ) -> list[str]:
        """Refused."""
        return [f"there is no store at {self.uri}"]

    def finish(self) -> list[str]:
        """Do nothing."""
        return []
