"""Runs renamed, tagged, deleted and restored."""

from __future__ import annotations

from tracker.entities import LifecycleStage, Run
from tracker.server.runs.queries import EditQuery
from tracker.store.base import Store


def edit_run(store: Store, edit: EditQuery) -> Run:
    """Change a run: back from the bin first, into it last, as a deleted run takes no tags."""
    if edit.lifecycle_stage == LifecycleStage.ACTIVE:
        store.update_run(edit.run_id, lifecycle_stage=edit.lifecycle_stage)
    if edit.run_name is not None:
        store.update_run(edit.run_id, run_name=edit.run_name)
    if edit.tags:
        store.log_batch(edit.run_id, tags=edit.tags)
    if edit.lifecycle_stage == LifecycleStage.DELETED:
        store.update_run(edit.run_id, lifecycle_stage=edit.lifecycle_stage)
    return store.get_run(edit.run_id)
