"""What all endpoints work on: the store, where files are, and the logged models."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tracker.entities import Experiment, LifecycleStage, Run
from tracker.errors import InvalidValue, NotFound
from tracker.rest.failures import invalid, not_found
from tracker.rest.places import Places
from tracker.store.base import Store

if TYPE_CHECKING:
    from tracker.rest.model_records import ModelRecords

DEFAULT_EXPERIMENT = "0"
_SERVER = re.compile(r"https?:|databricks", re.IGNORECASE)


@runtime_checkable
class Disowning(Protocol):
    """A store whose runs can belong to nobody."""

    def disown_run(self, run_id: str) -> None:
        """Make the run one that no process's end ends. Raises NotFound."""


class Service:
    """One store as MLflow's protocol serves it. Any thread may use it.

    A run that a remote client makes belongs to no process: neither this server's end nor its
    restart ends it, for the client may live on; that it ends is the client's to say. Where
    `owns_runs`, it belongs to this process like any other: for endpoints that no client outlives.
    """

    def __init__(
        self, store: Store, *, destination: str | None = None, owns_runs: bool = False
    ) -> None:
        self.store = store
        self.places = Places(store, destination)
        self._owns_runs = owns_runs

    @cached_property
    def models(self) -> ModelRecords:
        """The logged models."""
        from tracker.rest.model_records import ModelRecords

        return ModelRecords(self.store, self.places)

    def experiment(self, experiment_id: str | None) -> Experiment:
        """Return an experiment, active or deleted. Raises ProtocolError."""
        asked = experiment_id or DEFAULT_EXPERIMENT
        check_experiment_id(asked)
        try:
            return self.store.get_experiment(asked)
        except NotFound:
            raise not_found(f"No Experiment with id={asked[:80]} exists") from None

    def active_experiment(self, experiment_id: str | None) -> Experiment:
        """Return an experiment that may be added to. Raises ProtocolError."""
        found = self.experiment(experiment_id)
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise invalid(
                f"The experiment {found.experiment_id} must be in the 'active' state. "
                f"Current state is {found.lifecycle_stage}."
            )
        return found

    def run(self, run_id: str) -> Run:
        """Return a run, active or deleted. Raises ProtocolError."""
        try:
            return self.store.get_run(run_id)
        except NotFound:
            raise not_found(f"Run with id={run_id[:80]} not found") from None

    def active_run(self, run_id: str) -> Run:
        """Return a run that may be logged to. Raises ProtocolError."""
        found = self.run(run_id)
        if found.info.lifecycle_stage != LifecycleStage.ACTIVE:
            raise invalid(
                f"The run {run_id} must be in the 'active' state. "
                f"Current state is {found.info.lifecycle_stage}."
            )
        return found

    def disown(self, run_id: str) -> None:
        """Leave a run to its client, where this endpoint does not own what it serves."""
        if not self._owns_runs and isinstance(self.store, Disowning):
            self.store.disown_run(run_id)


def check_is_no_server(uri: str) -> None:
    """Refuse a store that is a server itself, perhaps the one that is to serve it.

    Were it, each question would be asked again for ever. Raises InvalidValue.
    """
    if _SERVER.match(uri):
        raise InvalidValue(
            "The store to serve is another tracking server, which --store or the environment "
            "names (MLFLOW_TRACKING_URI, TRACKER_TRACKING_URI). Let clients use that server "
            "itself, or name a folder."
        )


def check_experiment_id(asked: str) -> None:
    """Refuse what cannot be the id of an experiment. Raises ProtocolError."""
    if not asked.isascii() or not asked.isdecimal():
        raise invalid(
            f"Invalid experiment ID '{asked[:80]}'. Experiment ID must be a valid integer."
        )
