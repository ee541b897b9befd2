"""The explicit client: the same store, every run named, no active run, no errors tolerated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.entities import (
    DatasetInput,
    Experiment,
    LifecycleStage,
    Metric,
    PagedList,
    Param,
    Run,
    RunStatus,
    RunTag,
    ViewType,
)
from tracker.errors import InvalidValue
from tracker.store.base import SEARCH_MAX_RESULTS
from tracker.tracking import session
from tracker.tracking.client_files import FileCalls
from tracker.tracking.context import USER
from tracker.tracking.record import require_tag
from tracker.tracking.runs import PARENT_RUN_ID, ended_status
from tracker.tracking.values import metric_value, step_value, text_values


class ExperimentCalls(FileCalls):
    """Experiments of a store."""

    def create_experiment(
        self,
        name: str,
        artifact_location: str | None = None,
        tags: Mapping[str, object] | None = None,
    ) -> str:
        """Return the id of a new experiment. Raises AlreadyExists, InvalidValue."""
        return self.store.create_experiment(
            name, artifact_location=artifact_location, tags=text_values("tags", tags or {})
        )

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return the experiment, active or deleted. Raises NotFound."""
        return self.store.get_experiment(str(experiment_id))

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """Return the experiment of that name, active or deleted, or None."""
        return self.store.find_experiment(name)

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int | None = SEARCH_MAX_RESULTS,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """Return a page of experiments, newest first by default. Raises FilterError."""
        return self.store.search_experiments(
            view_type=ViewType(view_type),
            max_results=max_results or SEARCH_MAX_RESULTS,
            filter_string=filter_string or "",
            order_by=order_by or (),
            page_token=page_token,
        )

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an experiment another name. Raises NotFound, AlreadyExists, InvalidValue."""
        self.store.update_experiment(str(experiment_id), name=new_name)

    def delete_experiment(self, experiment_id: str) -> None:
        """Move an experiment and its runs to the bin. Raises NotFound."""
        self.store.update_experiment(str(experiment_id), lifecycle_stage=LifecycleStage.DELETED)

    def restore_experiment(self, experiment_id: str) -> None:
        """Bring a deleted experiment and its runs back. Raises NotFound."""
        self.store.update_experiment(str(experiment_id), lifecycle_stage=LifecycleStage.ACTIVE)

    def set_experiment_tag(self, experiment_id: str, key: str, value: object) -> None:
        """Set a tag of an experiment, as text. Raises NotFound, InvalidValue."""
        self.store.set_experiment_tags(str(experiment_id), {key: str(value)})

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag of an experiment. Raises NotFound."""
        self.store.set_experiment_tags(str(experiment_id), {key: None})


class MlflowClient(ExperimentCalls):
    """Experiments, runs and artifacts of one store, explicitly.

    Unlike the functions of `tracker` it raises every error of the store.
    """

    def __init__(self, tracking_uri: str | None = None, registry_uri: str | None = None) -> None:
        super().__init__(
            session.store_at(tracking_uri) if tracking_uri else session.current_store()
        )

    @property
    def tracking_uri(self) -> str:
        """The URI of the store."""
        return self.store.uri

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, object] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Return a new RUNNING run, which is not an active one; end it with `set_terminated`.

        `start_time` in ms. Raises NotFound, InvalidState (deleted experiment), InvalidValue.
        """
        texts = text_values("tags", tags or {})
        return self.store.create_run(
            str(experiment_id),
            run_name=run_name,
            user_id=texts.get(USER, "unknown"),
            start_time=start_time,
            tags=texts,
        )

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound."""
        return self.store.get_run(run_id)

    def get_parent_run(self, run_id: str) -> Run | None:
        """Return the run that this one is nested in, or None. Raises NotFound."""
        parent = self.get_run(run_id).data.tags.get(PARENT_RUN_ID)
        return None if parent is None else self.get_run(parent)

    def search_runs(
        self,
        experiment_ids: Sequence[str],
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = SEARCH_MAX_RESULTS,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """Return a page of runs, newest first by default. Raises FilterError, InvalidValue."""
        return self.store.search_runs(
            [str(experiment_id) for experiment_id in experiment_ids],
            filter_string=filter_string or "",
            view_type=ViewType(run_view_type),
            max_results=max_results,
            order_by=order_by or (),
            page_token=page_token,
            count=False,
        )

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change the status or name of a run. Raises NotFound, InvalidValue."""
        wanted = ended_status(status) if status is not None else None
        self.store.update_run(run_id, status=wanted, run_name=name)

    def set_terminated(
        self, run_id: str, status: str | None = None, end_time: int | None = None
    ) -> None:
        """End a run, FINISHED and now (`end_time` in ms) by default. Raises NotFound."""
        wanted = ended_status(status or RunStatus.FINISHED)
        self.store.update_run(run_id, status=wanted, end_time=end_time)

    def delete_run(self, run_id: str) -> None:
        """Move a run to the bin. Raises NotFound."""
        self.store.update_run(run_id, lifecycle_stage=LifecycleStage.DELETED)

    def restore_run(self, run_id: str) -> None:
        """Bring a deleted run back. Raises NotFound."""
        self.store.update_run(run_id, lifecycle_stage=LifecycleStage.ACTIVE)

    def log_metric(
        self,
        run_id: str,
        key: str,
        value: float,
        timestamp: int | None = None,
        step: int | None = None,
        synchronous: bool | None = None,
        dataset_name: str | None = None,
        dataset_digest: str | None = None,
        model_id: str | None = None,
    ) -> None:
        """Append a point to a metric; `timestamp` in ms. Raises NotFound, InvalidValue."""
        when = timestamp if timestamp is not None else session.now()
        point = Metric(key, value, when, step or 0, dataset_name, dataset_digest, model_id)
        self.log_batch(run_id, metrics=[point])

    def log_param(
        self, run_id: str, key: str, value: object, synchronous: bool | None = None
    ) -> object:
        """Record a param as text and return the value. Raises NotFound, ParamConflict."""
        self.store.log_batch(run_id, params={key: str(value)})
        return value

    def set_tag(
        self, run_id: str, key: str, value: object, synchronous: bool | None = None
    ) -> None:
        """Set a tag, as text. Raises NotFound, InvalidValue."""
        self.store.log_batch(run_id, tags={key: str(value)})

    def delete_tag(self, run_id: str, key: str) -> None:
        """Remove a tag. Raises NotFound where the run, or the tag, is not there."""
        require_tag(self.get_run(run_id), key)
        self.store.log_batch(run_id, tags={key: None})

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric] = (),
        params: Sequence[Param] = (),
        tags: Sequence[RunTag] = (),
        synchronous: bool | None = None,
    ) -> None:
        """Store params and tags, all or none, then points. Raises NotFound, ParamConflict."""
        names = [param.key for param in params]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise InvalidValue(
                f"Duplicate parameter keys have been submitted: {repeated}. Give one value each."
            )
        self.store.log_batch(
            run_id,
            metrics=[_checked(point) for point in metrics],
            params={param.key: str(param.value) for param in params},
            tags={tag.key: str(tag.value) for tag in tags},
        )

    def log_inputs(
        self,
        run_id: str,
        datasets: Sequence[DatasetInput] | None = None,
        models: Sequence[object] | None = None,
    ) -> None:
        """Record data sets that the run read. Raises NotFound, InvalidValue."""
        self.store.log_inputs(run_id, list(datasets or ()))

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        """Return all points of a metric, in the order logged; none for an unknown key.

        `Store.metric_history` gives the same as NumPy arrays, which is what many points want.
        """
        history = self.store.metric_history(run_id, key)
        columns = (history.values.tolist(), history.timestamps.tolist(), history.steps.tolist())
        return [Metric(key, *point) for point in zip(*columns, strict=True)]


def _checked(point: Metric) -> Metric:
    """Return the point with its value and step as numbers. Raises InvalidValue."""
    return Metric(
        point.key,
        metric_value(point.key, point.value),
        int(point.timestamp),
        step_value(point.key, point.step),
        point.dataset_name,
        point.dataset_digest,
        point.model_id,
    )
