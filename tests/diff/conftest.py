"""Runs whose code, outputs and environment a test writes down itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.code import code_of, lineage_text, session_text
from tracker.capture.session import ExecutedCell
from tracker.entities import Run
from tracker.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / ".tracker"))
    yield opened
    opened.close()


def executed(*sources: str, ids: Sequence[str] | None = None) -> list[ExecutedCell]:
    """A session of these cells; `c0`, `c1` ... are their ids where none are given."""
    names = ids or [f"c{order}" for order in range(len(sources))]
    return [
        ExecutedCell(order, source, source, order + 1, names[order] or None)
        for order, source in enumerate(sources)
    ]


def keep_run(
    store: Store,
    name: str,
    cells: Sequence[ExecutedCell] = (),
    *,
    params: Mapping[str, str] | None = None,
    outputs: Sequence[Mapping[str, object]] | None = None,
    packages: Mapping[str, str] | None = None,
) -> Run:
    """Store a run that is the last of the cells."""
    run = store.create_run("0", run_name=name)
    store.log_batch(run.info.run_id, params=params or {})
    artifacts = open_artifacts(run.info.artifact_uri)
    if cells:
        code = code_of("session", cells, [cells[-1].order])
        artifacts.put(tags.SESSION_FILE, [session_text(code).encode()])
        artifacts.put(tags.LINEAGE_FILE, [lineage_text(code).encode()])
    if outputs is not None:
        artifacts.put(tags.OUTPUTS_FILE, [json.dumps(outputs).encode()])
    if packages is not None:
        facts = {"python": "3.11.7", "distributions": packages}
        artifacts.put(tags.ENVIRONMENT_FILE, [json.dumps(facts).encode()])
    return store.get_run(run.info.run_id)
