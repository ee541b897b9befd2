"""Starting, ending and finding runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tracker.entities import LifecycleStage, Run, RunStatus
from tracker.errors import InvalidState, InvalidValue
from tracker.store.base import Store
from tracker.tracking import active, ending, session, unstored
from tracker.tracking.active import ActiveRun, Hold
from tracker.tracking.context import USER, context_tags
from tracker.tracking.environment import flag, take_variable
from tracker.tracking.losses import STORE_ERRORS
from tracker.tracking.values import text_values

if TYPE_CHECKING:
    from tracker.tracking.system import Settings

NOTE = "mlflow.note.content"
PARENT_RUN_ID = "mlflow.parentRunId"
_SYSTEM = "ENABLE_SYSTEM_METRICS_LOGGING"


def start_run(
    run_id: str | None = None,
    experiment_id: str | int | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, object] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
) -> ActiveRun:
    """Start a run and make it the one that this thread logs to; use it in a ``with`` statement.

    With `run_id`, or MLFLOW_RUN_ID in the environment, that run is resumed. A run that was started
    without ``with`` in this thread is ended by starting another, so a notebook cell can simply be
    run again. Inside a ``with`` block a further run needs `nested` and becomes a child; inside the
    cell of a ``%%track`` every run becomes a child of the cell's run.

    Raises InvalidState (inside another run's block; a deleted run, parent or experiment), NotFound,
    InvalidValue. Where the store cannot be written it warns, and the run is one that keeps nothing.
    """
    all_tags = _with_description(text_values("tags", tags or {}), description)
    wants_system = flag(_SYSTEM) if log_system_metrics is None else log_system_metrics
    settings = _system_settings() if wants_system else None
    if not nested and not _is_child_of_current(parent_run_id):
        active.make_way()
    resumed = run_id or take_variable("RUN_ID")
    try:
        if resumed:
            run = _resume(resumed, run_name, all_tags)
        else:
            parent = _parent(nested)
            run = _create(experiment_id, run_name, parent, parent_run_id, all_tags)
    except STORE_ERRORS as error:
        run = unstored.open_run(resumed, run_name, all_tags, error)
    run.is_resumed = bool(resumed)
    run.may_watch_system = log_system_metrics is not False and settings is None
    if settings is not None:
        _watch_system(run, settings, is_resumed=bool(resumed))
    ending.watch_this_process()
    return active.push(run)


def _system_settings() -> Settings:
    from tracker.tracking.system import Settings

    return Settings.read()


def _watch_system(run: ActiveRun, settings: Settings, *, is_resumed: bool) -> None:
    from tracker.tracking.system import SystemMonitor

    run.at_end.append(SystemMonitor.start(run, settings, is_resumed=is_resumed))


def _is_child_of_current(parent_run_id: str | None) -> bool:
    """Return whether the run asked for is a child of the one that is active, said by its id."""
    current = active.current()
    return bool(parent_run_id and current is not None and current.run_id == parent_run_id)


def _with_description(tags: dict[str, str], description: str | None) -> dict[str, str]:
    if description:
        if NOTE in tags:
            raise InvalidValue(
                f"The description is given twice: as `description` and as the tag {NOTE}. "
                "Leave one of them out."
            )
        tags[NOTE] = description
    return tags


def _parent(nested: bool) -> ActiveRun | None:
    """Return the run that a new one is nested in: the active one if asked for, or a cell's own.

    A fork finds its parent's run open. It is not in its way, and no parent unless asked for.
    """
    current = active.current()
    if current is None or nested or current.hold is Hold.AMBIENT or current.pid == os.getpid():
        return current
    return None


def _resume(run_id: str, run_name: str | None, tags: Mapping[str, str]) -> ActiveRun:
    store = session.store_for_new_run()
    found = store.get_run(run_id)
    chosen = session.chosen_experiment_id(store)
    if chosen is not None and chosen != found.info.experiment_id:
        raise InvalidState(
            f"Cannot start run with ID {run_id}: it belongs to experiment "
            f"{found.info.experiment_id}, and the active experiment is {chosen}. Call "
            f"set_experiment(experiment_id='{found.info.experiment_id}') first."
        )
    if found.info.lifecycle_stage == LifecycleStage.DELETED:
        raise InvalidState(
            f"Cannot start run with ID {run_id} because it is in the deleted state. "
            f"Call restore_run('{run_id}') first."
        )
    run = store.update_run(run_id, status=RunStatus.RUNNING, run_name=run_name)
    if tags:
        store.log_batch(run_id, tags=tags)
        run = store.get_run(run_id)
    return ActiveRun(run, store)


def _create(
    experiment_id: str | int | None,
    run_name: str | None,
    parent: ActiveRun | None,
    parent_run_id: str | None,
    tags: dict[str, str],
) -> ActiveRun:
    store = session.store_for_new_run()
    all_tags = context_tags() | _parent_tag(store, parent, parent_run_id) | tags
    run = store.create_run(
        _experiment(store, experiment_id, parent),
        run_name=run_name,
        user_id=all_tags.get(USER, ""),
        tags=all_tags,
    )
    return ActiveRun(run, store)


def _parent_tag(
    store: Store, parent: ActiveRun | None, parent_run_id: str | None
) -> dict[str, str]:
    if parent_run_id is None:
        return {PARENT_RUN_ID: parent.run_id} if parent is not None else {}
    if parent is not None and parent.run_id != parent_run_id and parent.hold is not Hold.AMBIENT:
        raise InvalidState(
            f"Current run with UUID {parent.run_id} does not match the specified parent_run_id "
            f"{parent_run_id}. To start a run under {parent_run_id}, first end the current run "
            "with tracker.end_run()."
        )
    if store.get_run(parent_run_id).info.lifecycle_stage == LifecycleStage.DELETED:
        raise InvalidState(
            f"Cannot start run under parent run with ID {parent_run_id} because it is in the "
            "deleted state."
        )
    return {PARENT_RUN_ID: parent_run_id}


def _experiment(store: Store, experiment_id: str | int | None, parent: ActiveRun | None) -> str:
    if experiment_id is not None:
        return str(experiment_id)
    if parent is not None and parent.hold is Hold.AMBIENT and parent.store is store:
        return parent.info.experiment_id
    return session.current_experiment_id(store)


def current_or_new() -> ActiveRun:
    """Return the run that this thread logs to, started now where there is none."""
    return active.current() or start_run()


def active_run() -> ActiveRun | None:
    """Return the run that this thread logs to, or None."""
    return active.current()


def last_active_run() -> Run | None:
    """Return the active run, else the run that ended last, as the store has it; None before any."""
    current = active.current()
    if current is not None:
        return current
    run_id = active.last_run_id()
    return None if run_id is None else get_run(run_id)


def end_run(status: str = RunStatus.FINISHED) -> None:
    """End the innermost run of this thread; does nothing where there is none.

    The run of a ``%%track`` cell ends with its cell. Raises InvalidValue for an unknown status.
    """
    active.end_current(ended_status(status))
    take_variable("RUN_ID")


def ended_status(status: str) -> RunStatus:
    """Return the status by its name. Raises InvalidValue where there is none of that name."""
    try:
        return RunStatus(status)
    except ValueError as error:
        names = ", ".join(RunStatus)
        raise InvalidValue(f"There is no run status '{status}'. There are {names}.") from error


def open_ambient_run(
    *,
    run_name: str | None = None,
    experiment_id: str | None = None,
    tags: Mapping[str, object] | None = None,
) -> ActiveRun:
    """Start the run of an executing cell: log calls of every thread without a run go to it.

    Runs started in it become its children. Bare runs of earlier cells end. Close it with
    `close_ambient_run`. Raises as `start_run` does.
    """
    run = start_run(run_name=run_name, experiment_id=experiment_id, tags=tags)
    return active.open_ambient(run)


def close_ambient_run(run: ActiveRun, status: str) -> None:
    """End the run of a cell, and what was left open in it, with this status."""
    active.close_ambient(run, ended_status(status))


def get_run(run_id: str) -> Run:
    """Return the run as it is in the store now. Raises NotFound."""
    return session.current_store().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """Return the run that this one is nested in, or None. Raises NotFound."""
    parent_run_id = get_run(run_id).data.tags.get(PARENT_RUN_ID)
    return None if parent_run_id is None else get_run(parent_run_id)


def delete_run(run_id: str) -> None:
    """Move a run to the bin, from where `restore_run` brings it back. Raises NotFound."""
    session.current_store().update_run(run_id, lifecycle_stage=LifecycleStage.DELETED)


def restore_run(run_id: str) -> None:
    """Bring a deleted run back. Raises NotFound."""
    session.current_store().update_run(run_id, lifecycle_stage=LifecycleStage.ACTIVE)
