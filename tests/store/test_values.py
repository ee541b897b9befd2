"""Any key, value, float and step either reads back identically or is refused in our own words."""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.entities import Metric
from tracker.errors import InvalidValue, TrackerError
from tracker.store import Store, limits, open_store

texts = st.text(max_size=300)
keys = st.text(max_size=20) | st.from_regex(limits._KEY, fullmatch=True)
floats = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)
steps = st.integers(-(2**65), 2**65)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        yield store
        store.close()


def bits(values: list[float]) -> list[bytes]:
    return [struct.pack("<d", value) for value in values]


@settings(max_examples=200, deadline=None)
@given(facts=st.dictionaries(keys, texts, max_size=5))
def test_params_and_tags(store: Store, facts: dict[str, str]) -> None:
    run_id = store.create_run("0").info.run_id
    try:
        store.log_batch(run_id, params=facts, tags=facts)
    except InvalidValue:
        data = store.get_run(run_id).data
        assert (len(data.params), len(data.tags)) == (0, 1)
        return
    data = store.get_run(run_id).data
    assert data.params == facts
    assert {key: data.tags[key] for key in facts} == facts


@settings(max_examples=200, deadline=None)
@given(points=st.lists(st.tuples(floats, steps, steps), max_size=20), key=keys, ends=st.booleans())
def test_points(store: Store, points: list[tuple[float, int, int]], key: str, ends: bool) -> None:
    run_id = store.create_run("0").info.run_id
    kept = []
    for value, timestamp, step in points:
        try:
            store.log_metric(run_id, key, value, timestamp, step)
        except InvalidValue:
            continue
        kept.append((value, timestamp, step))
    if ends:
        store.update_run(run_id, status="FINISHED")
    history = store.metric_history(run_id, key)
    assert bits(history.values.tolist()) == bits([value for value, _, _ in kept])
    assert history.timestamps.tolist() == [timestamp for _, timestamp, _ in kept]
    assert history.steps.tolist() == [step for _, _, step in kept]
    assert history.total == len(kept)


@settings(max_examples=200, deadline=None)
@given(
    batches=st.lists(
        st.lists(st.tuples(floats, st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_summaries_do_not_depend_on_when_points_were_counted(
    store: Store, batches: list[list[tuple[float, int, int]]]
) -> None:
    at_once, in_parts = (store.create_run("0").info.run_id for _ in range(2))
    for batch in batches:
        points = [Metric("m", value, timestamp, step) for value, timestamp, step in batch]
        store.log_batch(at_once, metrics=points)
        store.log_batch(in_parts, metrics=points)
        store.get_run(in_parts)
    expected = store.update_run(at_once, status="FINISHED").data.summaries["m"]
    found = store.update_run(in_parts, status="FINISHED").data.summaries["m"]
    assert repr(found) == repr(expected)
    assert expected.count == sum(map(len, batches))


@settings(max_examples=200, deadline=None)
@given(name=texts, tags=st.dictionaries(keys, texts, max_size=3))
def test_names_and_tags_of_experiments(store: Store, name: str, tags: dict[str, str]) -> None:
    try:
        experiment_id = store.create_experiment(name, tags=tags)
    except TrackerError:
        return
    experiment = store.get_experiment(experiment_id)
    assert (experiment.name, experiment.tags) == (name, tags)
    assert store.find_experiment(name) == experiment
