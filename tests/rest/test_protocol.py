"""Single requests as they go over the wire, answered by our server and by a real one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.rest.conftest import Site
from tests.rest.servers import JSON, Answer, ask

Send = Callable[[str, str, object], tuple[Answer, Answer]]
API = "/api/2.0/mlflow/"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"

NOT_OURS = {"workspace"}
"""Fields of parts of MLflow that are none of ours."""

NAMED = {"filter": "name = '{name}'"}
"""The oracle serves other tests too, so a search asks for the test's own experiment."""
ANSWERED: list[tuple[str, str, object]] = [
    ("GET", "experiments/get?experiment_id={experiment}", None),
    ("GET", "experiments/get-by-name?experiment_name={name}", None),
    ("POST", "experiments/search", {"max_results": 1, **NAMED}),
    ("GET", "experiments/search?max_results=1&order_by=name&order_by=creation_time", None),
    (
        "POST",
        "experiments/search",
        {"maxResults": "5", "viewType": 3, "unknown": [1], "filter": "name = '{name}'"},
    ),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "{experiment}", "key": "k"}),
    ("GET", "runs/get?run_id={run}", None),
    ("GET", "runs/get?run_uuid={run}", None),
    ("POST", "runs/create", {"experimentId": "{experiment}", "startTime": "13", "runName": "n"}),
    ("POST", "runs/update", {"run_uuid": "{run}", "run_name": "renamed"}),
    ("POST", "runs/update", {"run_id": "{run}"}),
    ("POST", "runs/update", {"run_id": "{run}", "status": "FINISHED", "end_time": 77}),
    ("POST", "runs/log-metric", {"run_uuid": "{run}", "key": "m", "value": 1, "timestamp": 5}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": "NaN", "timestamp": "6"}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": "1e3", "timestamp": 7.0}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "absent value"}),
    ("POST", "runs/set-tag", {"run_id": "{run}", "key": "t", "value": None}),
    ("POST", "runs/delete-tag", {"run_id": "{run}", "key": "t"}),
    ("POST", "runs/log-batch", {"run_id": "{run}"}),
    ("POST", "runs/log-inputs", {"run_id": "{run}"}),
    ("POST", "runs/search", {"experiment_ids": ["{experiment}"], "max_results": 1}),
    ("POST", "runs/search", {"experiment_ids": ["{experiment}"], "run_view_type": "DELETED_ONLY"}),
    ("POST", "runs/search", {}),
    ("GET", "metrics/get-history?run_id={run}&metric_key=m", None),
    ("GET", "metrics/get-history?run_id={run}&metric_key=m&max_results=1", None),
    ("GET", "metrics/get-history?run_id={run}&metric_key=absent", None),
    ("GET", "metrics/get-history?run_id=nope&metric_key=m", None),
    ("GET", "metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&max_results=2", None),
    ("GET", "artifacts/list?run_id={run}", None),
    ("POST", "runs/delete", {"run_id": "{run}"}),
    ("POST", "runs/delete", {"run_id": "{run}"}),
    ("POST", "runs/restore", {"run_id": "{run}"}),
]

MANY_KEYS = [{"key": str(number)} for number in range(101)]
REFUSED: list[tuple[str, str, object]] = [
    ("POST", "experiments/create", {}),
    ("POST", "experiments/create", {"name": ""}),
    ("POST", "experiments/create", {"name": 5}),
    ("GET", "experiments/get", None),
    ("GET", "experiments/get?experiment_id=999999", None),
    ("GET", "experiments/get?experiment_id=abc", None),
    ("GET", "experiments/get-by-name?experiment_name=zz", None),
    ("POST", "experiments/update", {"experiment_id": "{experiment}"}),
    ("POST", "experiments/update", {"experiment_id": "999999", "new_name": "x"}),
    ("POST", "experiments/delete", {"experiment_id": "999999"}),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "999999", "key": "k"}),
    ("POST", "experiments/set-experiment-tag", {"experiment_id": "{experiment}"}),
    ("POST", "runs/create", {"experiment_id": "999999"}),
    ("POST", "runs/create", {"experiment_id": "{experiment}", "start_time": "abc"}),
    ("GET", "runs/get?run_id=nope", None),
    ("GET", "runs/get", None),
    ("POST", "runs/delete", {"run_id": "nope"}),
    ("POST", "runs/restore", {"run_id": "nope"}),
    ("POST", "runs/log-metric", {"key": "m", "value": 1, "timestamp": 6}),
    ("POST", "runs/log-metric", {"run_id": "nope", "key": "m", "value": 1, "timestamp": 6}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "timestamp": 6}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": 1}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "value": 1, "timestamp": 6}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": "x", "timestamp": 6}),
    ("POST", "runs/log-parameter", {"run_id": "nope", "key": "p"}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "value": "p"}),
    ("POST", "runs/log-parameter", {"run_id": "{run}", "key": "fixed", "value": "other"}),
    ("POST", "runs/set-tag", {"run_id": "nope", "key": "p"}),
    ("POST", "runs/delete-tag", {"run_id": "{run}", "key": "absent"}),
    ("POST", "runs/log-batch", {"run_id": "nope"}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "metrics": {"key": "d"}}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "metrics": [{"value": 1, "timestamp": 1}]}),
    ("POST", "runs/log-batch", {"run_id": "{run}", "params": [{"key": "a"}, {"key": "a"}]}),
    (
        "POST",
        "runs/log-batch",
        {"run_id": "{run}", "params": [{"key": f"{i}"} for i in range(101)]},
    ),
    ("POST", "runs/log-batch", {"run_id": "{run}", "tags": [{"key": f"{i}"} for i in range(101)]}),
    (
        "POST",
        "runs/log-batch",
        {"run_id": "{run}", "metrics": [{"key": "m", "value": 1, "timestamp": 1}] * 1001},
    ),
    ("POST", "runs/search", {"experiment_ids": "0"}),
    ("POST", "runs/search", {"experiment_ids": ["x"]}),
    ("POST", "runs/log-inputs", {"run_id": "nope"}),
    ("GET", "metrics/get-history?run_id={run}", None),
    ("GET", "metrics/get-history?run_id={run}&metric_key=m&max_results=0", None),
    ("GET", "metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&start_step=5", None),
    (
        "GET",
        "metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&start_step=5&end_step=1",
        None,
    ),
    ("GET", "artifacts/list?run_id=nope", None),
    ("GET", "artifacts/list", None),
    ("GET", "logged-models/m-nope", None),
    ("POST", "logged-models", {"name": "without experiment"}),
    ("POST", "logged-models/search", {}),
]
"""Refused in the same words."""

REFUSED_IN_OTHER_WORDS: list[tuple[str, str, object]] = [
    ("POST", "experiments/create", {"name": "{name}"}),
    ("POST", "runs/create", {"start_time": 13, "startTime": "13"}),
    ("POST", "experiments/search", {}),
    ("POST", "experiments/search", {"max_results": 100_000}),
    ("POST", "experiments/search", {"max_results": 5, "page_token": "xx"}),
    ("POST", "experiments/search", {"max_results": 5, "filter": "foo bar"}),
    ("POST", "runs/search", {"experiment_ids": ["{experiment}"], "max_results": 60_000}),
    ("POST", "runs/search", {"experiment_ids": ["{experiment}"], "max_results": 0}),
    ("POST", "runs/search", {"experiment_ids": ["{experiment}"], "page_token": "AAA"}),
    ("POST", "runs/search", {"experiment_ids": ["{experiment}"], "filter": "params.x > 3"}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "/m", "value": 1, "timestamp": 6}),
    ("POST", "runs/log-metric", {"run_id": "{run}", "key": "m", "value": 1, "timestamp": -1}),
    ("POST", "runs/log-model", {"run_id": "{run}", "model_json": "{"}),
    ("POST", "runs/log-model", {"run_id": "{run}", "model_json": "{}"}),
    ("POST", "experiments/delete-experiment-tag", {"experiment_id": "{experiment}", "key": "no"}),
    ("GET", "metrics/get-history-bulk-interval?metric_key=m", None),
    ("GET", "metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&max_results=0", None),
    ("GET", "artifacts/list?run_id={run}&path=../x", None),
]


@pytest.fixture
def send(
    ours: Site,
    oracle: Site,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Send:
    """Send a request to both; `{experiment}`, `{name}` and `{run}` stand for what each has."""
    name = tmp_path_factory.mktemp("experiment").name
    sites = (ours, oracle)
    known = [_prepared(site, f"{name} {site is ours}") for site in sites]

    def send(method: str, path: str, body: object) -> tuple[Answer, Answer]:
        first, second = (
            _named(_ask(site, method, _filled(path, names), _filled(body, names)), names)
            for site, names in zip(sites, known, strict=True)
        )
        return first, second

    return send


def _prepared(site: Site, name: str) -> Mapping[str, str]:
    experiment = _ask(site, "POST", "experiments/create", {"name": name}).json["experiment_id"]
    own = {"experiment_id": experiment}
    made = _ask(site, "POST", "runs/create", {**own, "run_name": "r", "start_time": 10})
    run = made.json["run"]["info"]["run_id"]
    _ask(site, "POST", "runs/log-parameter", {"run_id": run, "key": "fixed", "value": "1"})
    return {"{experiment}": experiment, "{name}": name, "{run}": run}


def _ask(site: Site, method: str, path: str, body: object = None) -> Answer:
    token = site.environment.get("MLFLOW_TRACKING_TOKEN")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers |= JSON
    return ask(site.uri, method, API + path.replace(" ", "%20"), body, headers)


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    text = json.dumps(value)
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    return json.loads(text)


def _named(answer: Answer, names: Mapping[str, str]) -> Answer:
    """Return the answer with the run's id replaced, which the two cannot have in common."""
    return replace(answer, body=answer.body.replace(names["{run}"].encode(), b"{run}"))


def _shape(value: Any) -> Any:
    """Return which fields an answer has, and of what types; empty messages are as good as none."""
    if isinstance(value, dict):
        parts = {key: _shape(it) for key, it in value.items() if key not in NOT_OURS}
        return {key: part for key, part in sorted(parts.items()) if part != {}}
    if isinstance(value, list):
        shapes = [_shape(item) for item in value]
        return [shape for i, shape in enumerate(shapes) if shape not in shapes[:i]]
    return "number" if isinstance(value, int | float) else type(value).__name__


def test_answers_have_the_same_fields(send: Send) -> None:
    for method, path, body in ANSWERED:
        ours, theirs = send(method, path, body)
        assert theirs.status == 200, (path, body, theirs)
        assert ours.status == 200, (path, body, ours)
        assert ours.headers["Content-Type"] == "application/json"
        assert _shape(ours.json) == _shape(theirs.json), (path, body)


def test_what_is_wrong_is_refused_in_the_same_words(send: Send) -> None:
    """Ours may go on where MLflow's message ends."""
    different = []
    for method, path, body in REFUSED:
        told = [
            (it.status, it.json["error_code"], it.json["message"])
            for it in send(method, path, body)
        ]
        (*codes, words), (*their_codes, their_words) = told
        if codes != their_codes or not words.startswith(their_words.rstrip(".")):
            different.append((path, body, *told))
    assert different == []


def test_what_is_wrong_is_refused_with_the_same_code(send: Send) -> None:
    different = []
    for method, path, body in REFUSED_IN_OTHER_WORDS:
        ours, theirs = send(method, path, body)
        told = [(it.status, it.json["error_code"]) for it in (ours, theirs)]
        if told[0] != told[1]:
            different.append((path, body, ours.body, theirs.body))
    assert different == []


def test_deleted_things_refuse_the_same_changes(send: Send) -> None:
    run, experiment = {"run_id": "{run}"}, {"experiment_id": "{experiment}"}
    send("POST", "runs/delete", run)
    requests = [
        ("runs/log-parameter", {**run, "key": "k", "value": "1"}),
        ("runs/log-metric", {**run, "key": "k", "value": 1, "timestamp": 1}),
        ("runs/set-tag", {**run, "key": "k", "value": "1"}),
        ("runs/delete-tag", {**run, "key": "mlflow.runName"}),
        ("runs/log-batch", {**run, "params": [{"key": "k", "value": "1"}]}),
        ("runs/update", {**run, "status": "RUNNING"}),
        ("experiments/restore", experiment),
        ("experiments/delete", experiment),
        ("experiments/delete", experiment),
        ("experiments/create", {"name": "{name}"}),
        ("experiments/set-experiment-tag", {**experiment, "key": "k", "value": "v"}),
        ("runs/create", experiment),
    ]
    for path, body in requests:
        ours, theirs = send("POST", path, body)
        told = [(it.status, it.json.get("error_code")) for it in (ours, theirs)]
        assert told[0] == told[1], (path, body, ours, theirs)


def test_the_same_answers_come_below_the_path_that_pages_use(ours: Site) -> None:
    token = ours.environment["MLFLOW_TRACKING_TOKEN"]
    path = "2.0/mlflow/experiments/get?experiment_id=0"
    headers = {"Authorization": f"Bearer {token}"}
    api, ajax = (ask(ours.uri, "GET", f"/{it}/{path}", None, headers) for it in ("api", "ajax-api"))
    assert api.status == 200
    assert api.body == ajax.body


def test_a_body_that_was_encoded_twice_is_understood(ours: Site, oracle: Site) -> None:
    for site in (ours, oracle):
        body = json.dumps({"experiment_id": "0"})
        assert _ask(site, "POST", "runs/create", body).status == 200
