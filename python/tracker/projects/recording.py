"""The run of a project, as the store has it: opened, described with MLflow's own tags."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from tracker.entities import LifecycleStage, Run, RunStatus
from tracker.errors import InvalidState, InvalidValue, TrackerError
from tracker.projects import facts
from tracker.projects.model import Checkout, EnvManager, Plan
from tracker.store.base import Store
from tracker.tracking import active, git, session
from tracker.tracking.context import (
    GIT_BRANCH,
    GIT_COMMIT,
    GIT_REPO_URL,
    SOURCE_NAME,
    SOURCE_TYPE,
    USER,
    context_tags,
)
from tracker.tracking.environment import variable
from tracker.tracking.runs import PARENT_RUN_ID

_GIT = "mlflow.source.git."
LONGEST_TAG = 8000


def open_run(
    store: Store,
    plan: Plan,
    backend: str,
    *,
    experiment_id: str | None = None,
    run_id: str | None = None,
    run_name: str | None = None,
) -> Run:
    """Return the run of a project: a new one, or the one with that id again.

    It is RUNNING and belongs to this process. Raises NotFound, InvalidState (a deleted run),
    ParamConflict.
    """
    tags = project_tags(plan, backend)
    params = dict(plan.command.params)
    if run_id is not None:
        return _open_again(store, run_id, run_name, tags, params)
    parent = find_parent(store)
    everything = _context() | tags | ({PARENT_RUN_ID: parent.info.run_id} if parent else {})
    chosen = experiment_id or _experiment_of(store, parent)
    run = store.create_run(
        chosen, run_name=run_name, user_id=everything.get(USER, ""), tags=everything
    )
    try:
        store.log_batch(run.info.run_id, params=params)
    except BaseException:  # nobody would end it
        store.update_run(run.info.run_id, status=RunStatus.FAILED)
        raise
    return store.get_run(run.info.run_id)


def resolve_experiment(
    store: Store, experiment_name: str | None, experiment_id: str | int | None
) -> str | None:
    """Return the id of the experiment asked for, None where none is. Raises InvalidValue."""
    if experiment_name is not None and experiment_id is not None:
        raise InvalidValue("Specify only one of 'experiment_name' or 'experiment_id'.")
    if experiment_name is not None:
        return session.get_or_create(store, experiment_name).experiment_id
    return None if experiment_id is None else store.get_experiment(str(experiment_id)).experiment_id


def project_tags(plan: Plan, backend: str) -> dict[str, str]:
    """Return what tells where the project came from and how it is run."""
    checkout = plan.checkout
    tags = {
        SOURCE_NAME: source_name(checkout),
        SOURCE_TYPE: "PROJECT",
        facts.ENTRY_POINT: plan.command.entry_point,
        facts.BACKEND: backend,
        facts.COMMAND: plan.command.line[:LONGEST_TAG],
    }
    if plan.env_manager is not EnvManager.LOCAL:
        tags[facts.ENVIRONMENT] = plan.env_manager.value
    if checkout.version:
        tags[facts.VERSION] = checkout.version
    return tags | _git_tags(checkout)


def source_name(checkout: Checkout) -> str:
    """Return where a project came from, as MLflow writes it: a folder, or URL#subfolder."""
    if checkout.is_local or not checkout.subfolder:
        return checkout.origin
    return f"{checkout.origin}#{checkout.subfolder}"


def _git_tags(checkout: Checkout) -> dict[str, str]:
    if checkout.is_local:
        git_dir = git.find_git_dir(checkout.folder)
        if git_dir is None:
            return {}
        found = git.read_facts(git_dir)
        tags = {
            GIT_COMMIT: checkout.commit or found.commit,
            GIT_BRANCH: checkout.branch or found.branch,
            GIT_REPO_URL: found.repo_url,
        }
    else:
        tags = {
            GIT_COMMIT: checkout.commit,
            GIT_BRANCH: checkout.branch,
            GIT_REPO_URL: checkout.origin if checkout.commit else None,
        }
    return {key: value for key, value in tags.items() if value}


def _context() -> dict[str, str]:
    """Return what tells who ran it and from which cell; its source is the project, not our git."""
    return {key: value for key, value in context_tags().items() if not key.startswith(_GIT)}


def find_parent(store: Store) -> Run | None:
    """Return the run that a project started here is a step of, or None.

    The active run of this thread, be it tracker's or MLflow's; else the project's run that this
    process is part of.
    """
    for run_id in _possible_parents():
        with suppress(TrackerError):
            run = store.get_run(run_id)
            if run.info.lifecycle_stage == LifecycleStage.ACTIVE:
                return run
    return None


def _possible_parents() -> list[str]:
    current = active.current()
    found = [
        current.run_id if current is not None else None,
        _active_run_of_mlflow(),
        variable("RUN_ID"),
        os.environ.get(facts.PROJECT_RUN),
    ]
    return [run_id for run_id in found if run_id]


def _active_run_of_mlflow() -> str | None:
    """Return the run that a program has open with MLflow's own package, if it uses that."""
    mlflow = sys.modules.get("mlflow")
    if mlflow is None:
        return None
    try:
        run = mlflow.active_run()
        return None if run is None else str(run.info.run_id)
    except Exception:  # another version, half imported, or ourselves under its name
        return None


def _experiment_of(store: Store, parent: Run | None) -> str:
    chosen = session.chosen_experiment_id(store)
    if chosen is None and parent is not None:
        return parent.info.experiment_id
    return session.current_experiment_id(store)


def _open_again(
    store: Store,
    run_id: str,
    run_name: str | None,
    tags: Mapping[str, str],
    params: Mapping[str, str],
) -> Run:
    if store.get_run(run_id).info.lifecycle_stage == LifecycleStage.DELETED:
        raise InvalidState(f"The run {run_id} is deleted. Call restore_run('{run_id}') first.")
    # What was said of how it ended before does not hold for this time.
    stale = dict.fromkeys((facts.ERROR, facts.LOG_LEFT_OUT, facts.CANCEL))
    store.log_batch(run_id, params=params, tags={**stale, **tags})
    return store.update_run(run_id, status=RunStatus.RUNNING, run_name=run_name)
