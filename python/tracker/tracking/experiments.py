"""Experiments of the store that is recorded to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from tracker.entities import Experiment, LifecycleStage, PagedList, ViewType
from tracker.store.base import SEARCH_MAX_RESULTS_LIMIT
from tracker.tracking import session
from tracker.tracking.losses import EXPERIMENT, STORE_ERRORS, note
from tracker.tracking.values import text_values

T = TypeVar("T")


def create_experiment(
    name: str, artifact_location: str | None = None, tags: Mapping[str, object] | None = None
) -> str:
    """Return the id of a new experiment. Raises AlreadyExists, InvalidValue."""
    return session.current_store().create_experiment(
        name,
        artifact_location=str(artifact_location) if artifact_location else None,
        tags=text_values("tags", tags or {}),
    )


def get_experiment(experiment_id: str | int) -> Experiment:
    """Return the experiment, active or deleted. Raises NotFound."""
    return session.current_store().get_experiment(str(experiment_id))


def get_experiment_by_name(name: str) -> Experiment | None:
    """Return the experiment of that name, active or deleted, or None."""
    return session.current_store().find_experiment(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """Return experiments, newest first by default; all of them by default. Raises FilterError."""
    store = session.current_store()

    def page(size: int, token: str | None) -> PagedList[Experiment]:
        return store.search_experiments(
            view_type=ViewType(view_type),
            filter_string=filter_string or "",
            order_by=order_by or (),
            max_results=size,
            page_token=token,
        )

    return all_pages(page, max_results)


def all_pages(page: Callable[[int, str | None], PagedList[T]], limit: int | None) -> list[T]:
    """Return the results of page after page, `limit` of them at most (None: all)."""
    found: list[T] = []
    token: str | None = None
    while limit is None or len(found) < limit:
        left = SEARCH_MAX_RESULTS_LIMIT if limit is None else limit - len(found)
        results = page(min(left, SEARCH_MAX_RESULTS_LIMIT), token)
        found.extend(results)
        token = results.token
        if not token:
            break
    return found


def delete_experiment(experiment_id: str | int) -> None:
    """Move an experiment and its runs to the bin. Raises NotFound."""
    session.current_store().update_experiment(
        str(experiment_id), lifecycle_stage=LifecycleStage.DELETED
    )


def restore_experiment(experiment_id: str | int) -> None:
    """Bring a deleted experiment and its runs back. Raises NotFound."""
    session.current_store().update_experiment(
        str(experiment_id), lifecycle_stage=LifecycleStage.ACTIVE
    )


def rename_experiment(experiment_id: str | int, new_name: str) -> None:
    """Give an experiment another name. Raises NotFound, AlreadyExists, InvalidValue."""
    session.current_store().update_experiment(str(experiment_id), name=new_name)


def set_experiment_tag(key: str, value: object) -> None:
    """Set a tag of the active experiment, as text."""
    set_experiment_tags({key: value})


def set_experiment_tags(tags: Mapping[str, object]) -> None:
    """Set several tags of the active experiment. A store that fails costs the tags only."""
    _write_tags(text_values("tags", tags))


def delete_experiment_tag(key: str) -> None:
    """Remove a tag of the active experiment."""
    _write_tags({key: None})


def _write_tags(tags: Mapping[str, str | None]) -> None:
    try:
        store = session.current_store()
        store.set_experiment_tags(session.current_experiment_id(store), tags)
    except STORE_ERRORS as error:
        note(EXPERIMENT, "tags", len(tags), error)
