"""Runs logged anew, into stores that give runs ids of their own: servers.

The id that a run had is kept in a tag, by which a second import finds the copy. Another tag says
while it is there that the copy is not finished. Parents' new ids take the place of the old ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracker.artifacts import open_artifacts
from tracker.entities import Experiment, LifecycleStage, Metric, MetricHistory, Run, ViewType
from tracker.store import Store
from tracker.transfer.comparing import NAME_TAG, facts_that_differ, points_missing
from tracker.transfer.fileset import copy_files, differences
from tracker.transfer.source import PAGE, Readable
from tracker.transfer.targets import Parcel

SOURCE_ID_TAG = "tracker.import.run_id"
"""The id of the run that this one is a copy of."""
STATE_TAG = "tracker.import.state"
"""Says "unfinished" until all of the run is there."""
PARENT_TAG = "mlflow.parentRunId"

_BATCH = 1000
"""Points in a request: the most that MLflow takes."""
_PARAMS = 100
_UNFINISHED = "unfinished"


class LoggingTarget:
    """A `tracker.transfer.targets.Target` over any store that can be logged to."""

    def __init__(self, store: Store, into: str | None) -> None:
        self._store = store
        self._into = into
        self._experiments: dict[str, str] = {}
        self._copies: dict[str, str] | None = None
        self._to_delete: list[str] = []
        self._parents: dict[str, str] = {}

    @property
    def uri(self) -> str:
        """The URI of the store."""
        return self._store.uri

    def prepare(self, experiment: Experiment) -> None:
        """Make the experiment unless it is there. Raises StoreError, InvalidValue."""
        name = self._into or experiment.name
        if name in self._experiments:
            return
        known = self._store.find_experiment(name)
        if known is not None:
            self._experiments[name] = known.experiment_id
            return
        tags = {} if self._into else experiment.tags
        self._experiments[name] = made = self._store.create_experiment(name, tags=tags)
        if not self._into and experiment.lifecycle_stage == LifecycleStage.DELETED:
            self._to_delete.append(made)

    def find(self, run: Run) -> Run | None:
        """Return the run that says it is a copy of this one."""
        copy_id = self._all_copies().get(run.info.run_id)
        return None if copy_id is None else self._store.get_run(copy_id)

    def _all_copies(self) -> dict[str, str]:
        if self._copies is None:
            self._copies = {
                it.data.tags[SOURCE_ID_TAG]: it.info.run_id
                for it in self._tagged()
                if SOURCE_ID_TAG in it.data.tags
            }
        return self._copies

    def _tagged(self) -> Iterator[Run]:
        ids = [
            it.experiment_id
            for it in self._store.search_experiments(view_type=ViewType.ALL, max_results=PAGE)
        ]
        token = None
        while ids:
            page = self._store.search_runs(
                ids,
                filter_string=f"tags.`{SOURCE_ID_TAG}` != ''",
                view_type=ViewType.ALL,
                max_results=PAGE,
                page_token=token,
            )
            yield from page
            token = page.token
            if token is None:
                return

    def is_unfinished(self, copy: Run) -> bool:
        """Whether an earlier import was broken off while it made this copy."""
        return copy.data.tags.get(STATE_TAG) == _UNFINISHED

    def differences(self, parcel: Parcel, copy: Run) -> list[str]:
        """Return in what the copy differs, in words. The order of points is the server's."""
        tags = {key: value for key, value in copy.data.tags.items() if key != SOURCE_ID_TAG}
        there = replace(copy, data=replace(copy.data, tags=tags))
        found = facts_that_differ(self._translated(parcel.run), there, loosely=True)
        for history in parcel.histories():
            known = self._store.metric_history(copy.info.run_id, history.key)
            if len(points_missing(history, known)) or len(points_missing(known, history)):
                found.append(f"points of metric '{history.key}'")
        if parcel.files.artifacts is not None:
            files = differences(parcel.files.artifacts, open_artifacts(copy.info.artifact_uri))
            found += [f"file {path}" for path in (*files.missing, *files.changed)]
        return found

    def remarks(self, parcel: Parcel, copy: Run) -> list[str]:
        """Nothing."""
        return []

    def put(self, parcel: Parcel, copy: Run | None) -> tuple[str, list[str]]:
        """Log the run, or what an unfinished copy lacks; one that differs is deleted first."""
        if copy is not None and not self.is_unfinished(copy):
            self._store.log_batch(copy.info.run_id, tags={SOURCE_ID_TAG: None})
            self._store.update_run(copy.info.run_id, lifecycle_stage=LifecycleStage.DELETED)
            copy = None
        run = self._translated(parcel.run)
        there = copy or self._begin(run, parcel.experiment)
        run_id = there.info.run_id
        self._log_facts(run_id, run)
        for history in parcel.histories():
            self._log_points(run_id, history)
        left = []
        if parcel.files.artifacts is not None:
            left = copy_files(parcel.files.artifacts, open_artifacts(there.info.artifact_uri))
        self._end(run_id, run)
        return run_id, left

    def _begin(self, run: Run, experiment: Experiment) -> Run:
        info = run.info
        made = self._store.create_run(
            self._experiments[self._into or experiment.name],
            run_name=info.run_name or run.data.tags.get(NAME_TAG),
            user_id=info.user_id,
            start_time=info.start_time,
            tags={SOURCE_ID_TAG: info.run_id, STATE_TAG: _UNFINISHED},
        )
        self._all_copies()[info.run_id] = made.info.run_id
        return made

    def _log_facts(self, run_id: str, run: Run) -> None:
        for kind, pairs in (("params", run.data.params), ("tags", run.data.tags)):
            items = list(pairs.items())
            for start in range(0, len(items), _PARAMS):
                part = dict(items[start : start + _PARAMS])
                if kind == "params":
                    self._store.log_batch(run_id, params=part)
                else:
                    self._store.log_batch(run_id, tags=dict(part))
        if run.inputs.dataset_inputs:
            self._store.log_inputs(run_id, run.inputs.dataset_inputs)

    def _log_points(self, run_id: str, history: MetricHistory) -> None:
        known = self._store.metric_history(run_id, history.key)
        missing = points_missing(history, known)
        for start in range(0, len(missing), _BATCH):
            part = missing[start : start + _BATCH]
            rows = zip(
                history.values[part].tolist(),
                history.timestamps[part].tolist(),
                history.steps[part].tolist(),
                strict=True,
            )
            self._store.log_batch(run_id, metrics=[Metric(history.key, *row) for row in rows])

    def _end(self, run_id: str, run: Run) -> None:
        """Give the run its state last: then all of it is there."""
        parent = run.data.tags.get(PARENT_TAG)
        if parent is not None and parent not in self._all_copies().values():
            self._parents[run_id] = parent
        info = run.info
        self._store.update_run(run_id, status=info.status, end_time=info.end_time)
        self._store.log_batch(run_id, tags={STATE_TAG: None})
        if info.lifecycle_stage == LifecycleStage.DELETED:
            self._store.update_run(run_id, lifecycle_stage=info.lifecycle_stage)

    def _translated(self, run: Run) -> Run:
        """Return the run with its parent's id as it is here, where the parent is here."""
        parent = run.data.tags.get(PARENT_TAG)
        here = self._all_copies().get(parent) if parent is not None else None
        if here is None:
            return run
        tags = {**run.data.tags, PARENT_TAG: here}
        return replace(run, data=replace(run.data, tags=tags))

    def put_model(
        self, experiment: Experiment, model_id: str, files: Readable, *, update: bool
    ) -> list[str]:
        """Refused: no server takes models with the ids that they have."""
        return ["a server gives models ids of its own; log it anew there"]

    def finish(self) -> list[str]:
        """Point children at parents that came after them; delete what is deleted in the source."""
        for run_id, parent in self._parents.items():
            here = self._all_copies().get(parent)
            if here is not None:
                self._store.log_batch(run_id, tags={PARENT_TAG: here})
        for experiment_id in self._to_delete:
            self._store.update_experiment(experiment_id, lifecycle_stage=LifecycleStage.DELETED)
        sent = getattr(self._store, "send", None)
        failed = None if sent is None else sent()
        left = [] if failed is None else [f"Not all is sent yet: {failed} `tracker sync` does it."]
        return [
            *left,
            f"The target gives runs ids of its own: those of the source are in the tag "
            f"{SOURCE_ID_TAG}.",
        ]
