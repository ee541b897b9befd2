"""Bodies of requests are checked field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.entities import ViewType
from tracker.errors import InvalidValue
from tracker.server.runs.queries import parse_history, parse_search
from tracker.store.paging import token_at

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
SEARCH_FIELDS = (
    "folder experiment_ids filter order_by view max_results offset page_token count".split()  # noqa: SIM905
)


def test_a_search_of_a_folder_alone_asks_for_all_runs_in_use() -> None:
    query = parse_search({"folder": "a"})
    assert (query.folder, query.experiment_ids, query.filter_string) == ("a", None, "")
    assert (query.view_type, query.max_results, query.page_token) == (
        ViewType.ACTIVE_ONLY,
        200,
        None,
    )


def test_every_field_of_a_search_is_read() -> None:
    query = parse_search(
        {
            "folder": "a",
            "experiment_ids": ["1", "2"],
            "filter": "metrics.loss < 1",
            "order_by": ["metrics.loss ASC"],
            "view": "deleted",
            "max_results": 7,
            "page_token": "t",
            "count": False,
        }
    )
    assert (query.experiment_ids, query.filter_string) == (["1", "2"], "metrics.loss < 1")
    assert (query.order_by, query.view_type) == (["metrics.loss ASC"], ViewType.DELETED_ONLY)
    assert (query.max_results, query.page_token, query.count) == (7, "t", False)


def test_a_page_begins_at_a_place_of_the_list() -> None:
    assert parse_search({"folder": "", "offset": 30, "page_token": "t"}).page_token == token_at(30)
    assert parse_search({"folder": "", "offset": 0, "page_token": "t"}).page_token == "t"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"folder": None}, "folder"),
        ({"folder": 3}, "folder"),
        ({"experiment_ids": "1"}, "experiment_ids"),
        ({"experiment_ids": [1]}, "experiment_ids"),
        ({"experiment_ids": ["1"] * 1001}, "experiment_ids"),
        ({"filter": []}, "filter"),
        ({"order_by": ["a"] * 21}, "order_by"),
        ({"view": "everything"}, "view"),
        ({"view": ["active"]}, "view"),
        ({"max_results": 0}, "max_results"),
        ({"max_results": 1001}, "max_results"),
        ({"max_results": True}, "max_results"),
        ({"max_results": 1.5}, "max_results"),
        ({"page_token": {}}, "page_token"),
        ({"offset": -1}, "offset"),
        ({"offset": 2**53}, "offset"),
        ({"count": 1}, "count"),
    ],
)
def test_a_wrong_field_of_a_search_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidValue, match=f"'{named}' must be"):
        parse_search({"folder": "", **change})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"series": None}, "series"),
        ({"series": {}}, "series"),
        ({"series": [{"run_id": "r", "key": "k"}] * 201}, "series"),
        ({"series": [{"run_id": "r"}]}, "key"),
        ({"series": [{"run_id": 1, "key": "k"}]}, "run_id"),
        ({"series": [{"run_id": "r", "key": "k", "since": -1}]}, "since"),
        ({"series": [{"run_id": "r", "key": "k", "since": 2**63}]}, "since"),
        ({"series": [{"run_id": "r", "key": "k", "since": "0"}]}, "since"),
        ({"series": [{"run_id": "r", "key": "k", "start_step": 1.5}]}, "start_step"),
        ({"series": [{"run_id": "r", "key": "k", "end_step": 2**63}]}, "end_step"),
        ({"series": [{"run_id": "r", "key": "k", "end_step": 5, "since": 1}]}, "since"),
        ({"max_points": 9}, "max_points"),
        ({"max_points": 5001}, "max_points"),
    ],
)
def test_a_wrong_field_of_a_history_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidValue, match=f"'{named}' must be"):
        parse_history({"folder": "", "series": [], **change})


@pytest.mark.parametrize("body", [None, [], "x", 3, [[]]])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    with pytest.raises(InvalidValue, match="must be a JSON object"):
        parse_search(body)
    with pytest.raises(InvalidValue, match="must be a JSON object"):
        parse_history({"folder": "", "series": [body]})


@given(body=st.dictionaries(st.sampled_from([*SEARCH_FIELDS, "series", "max_points"]), JSON) | JSON)
def test_any_json_is_either_a_query_or_refused_in_few_words(body: Any) -> None:
    body = json.loads(json.dumps(body))
    for parse in (parse_search, parse_history):
        try:
            parse(body)
        except InvalidValue as error:
            assert len(error.message) < 200
