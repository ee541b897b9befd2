"""The file in which words wait: shared by threads and processes, made by whoever comes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tracker.entities import Metric
from tracker.store.rest import operations
from tracker.store.rest.operations import Logged, Operation
from tracker.store.rest.outbox import Outbox
from tracker.store.rest.outbox_file import server_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def test_many_make_it_at_once(tmp_path: Path) -> None:
    def begin(number: int) -> None:
        folder = tmp_path / str(number // 8)
        folder.mkdir(exist_ok=True)
        outbox = Outbox(folder, "http://example.org")
        outbox.append("run", [(operations.POINT, operations.pack_point("m", 1.0, 1, number))])
        outbox.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(begin, range(64)))
    for number in range(8):
        folder = tmp_path / str(number)
        assert server_of(folder) == "http://example.org"
        assert len(Outbox(folder, "http://example.org").next("run", 100, 2**62)) == 8


@given(
    st.dictionaries(TEXT, TEXT, max_size=250),
    st.dictionaries(TEXT, st.none() | TEXT, max_size=250),
    st.lists(
        st.builds(
            Metric,
            TEXT,
            st.floats(allow_nan=False),
            st.integers(0, 2**63 - 1),
            st.integers(-(2**63), 2**63 - 1),
        ),
        max_size=30,
    ),
)
def test_what_is_packed_is_unpacked_equal_in_parts_that_fit_a_request(
    params: dict[str, str], tags: dict[str, str | None], metrics: list[Metric]
) -> None:
    bodies = list(operations.pack_log(Logged(metrics, params, tags)))
    parts = [operations.logged(Operation(1, "run", operations.LOG, it, 1)) for it in bodies]
    assert {k: v for part in parts for k, v in part.params.items()} == params
    assert {k: v for part in parts for k, v in part.tags.items()} == tags
    assert [it for part in parts for it in part.metrics] == metrics
    for part in parts:
        assert len(part.params) <= 100 and len(part.tags) <= 100


@given(
    TEXT, st.floats(allow_nan=False), st.integers(0, 2**63 - 1), st.integers(-(2**63), 2**63 - 1)
)
def test_a_point_is_unpacked_as_it_was_packed(key: str, value: float, time: int, step: int) -> None:
    body = operations.pack_point(key, value, time, step)
    (point,) = operations.logged(Operation(1, "run", operations.POINT, body, 1)).metrics
    assert point == Metric(key, value, time, step)
