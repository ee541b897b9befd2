"""Whatever a request holds, the answer is data or an error for people: nothing fails inside."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.server.conftest import Ask, Fetch
from tests.server.test_confinement import ASKED, POSTED, RUN_ID
from tests.server.test_security import JSON, QUESTIONS, XSRF, fails, login_cookie, path_of
from tracker.artifacts import open_artifacts
from tracker.server.handlers.route import RUN
from tracker.store import Store, open_store

HOSTILE: list[object] = [
    *(None, True, False, 0, -1, 2**31, 2**53, 2**63, -(2**63) - 1, 10**30, 1.5, 1e308),
    *(float("nan"), float("inf"), "", "x" * 10_000, "a\nb", "a\0b", "\ud800", "\udfff.ipynb"),
    *("' OR 1=1 --", '"', "`", "%", "\u202e", "metrics.`\ud800` > 1", "é" * 300, "NaN"),
    *([], {}, [None], [[]], [{}], ["\ud800"], ["a\0b"], [True], {"a": None}, {"\ud800": "x"}),
    *({"a\nb": "c"}, {"": ""}, [1] * 2000, ["x"] * 2000),
]
FIELDS: dict[str, list[str]] = {
    "runs/search": [
        *("folder", "experiment_ids", "filter", "order_by", "view", "max_results", "offset"),
        *("page_token", "count", "parent"),
    ],
    "runs/groups": [
        *("folder", "by", "experiment_ids", "filter", "view", "metrics", "order_by"),
        *("ascending", "limit"),
    ],
    "runs/edit": ["folder", "edits"],
    "runs/compare": ["folder", "run_ids", "parts"],
    "runs/importance": ["folder", "run_ids", "metric"],
    "metrics/history": ["folder", "series", "max_points"],
    "cells/runs": ["folder", "notebook", "cell_ids"],
    "cells/changes": ["folder", "run_id", "cell_id", "source"],
    f"{RUN}/notebook": ["folder", "slice_only"],
    f"{RUN}/plan": ["folder", "copy_large"],
    f"{RUN}/jobs": [
        *("folder", "kind", "content", "agreed", "env_manager", "copy_large", "parameters"),
        "run_name",
    ],
    f"{RUN}/export": ["folder", "path", "copy_large", "allow_secrets"],
    "stores/open": ["location"],
    "stores/forget": ["folder"],
}
INSIDE: dict[str, tuple[str, dict[str, Any]]] = {
    "runs/edit": (
        "edits",
        {"run_id": RUN_ID, "run_name": "x", "lifecycle_stage": "active", "tags": {"a": "b"}},
    ),
    "metrics/history": (
        "series",
        {"run_id": RUN_ID, "key": "x", "since": 1, "start_step": 1, "end_step": 1},
    ),
}
"""Lists of objects that requests hold."""


def bodies(route: str, run_id: str) -> Iterator[dict[str, Any]]:
    """Bodies in each of which one field is hostile."""
    usual = json.loads(json.dumps(POSTED.get(route, {})).replace(RUN_ID, run_id))
    for field in FIELDS[route]:
        for value in HOSTILE:
            yield {"folder": "", **usual, field: value}
    if route in INSIDE:
        name, whole = INSIDE[route]
        for field in whole:
            for value in HOSTILE:
                yield {"folder": "", name: [{"run_id": run_id, "key": "x", field: value}]}


BOTH = ("tracker", "mlruns")
OF_STORES = ("runs/search", "runs/groups", "runs/edit", "runs/compare", "metrics/history")
"""Routes whose values reach a store."""


@pytest.fixture
def run_id(request: pytest.FixtureRequest, store: Store, jp_root_dir: Any, backend: Any) -> str:
    """A run in a store of our own, or of another kind that is asked for."""
    if getattr(request, "param", "tracker") == "mlruns":
        store = open_store(jp_root_dir / "mlruns")
        backend.service.places._home = str(jp_root_dir / "mlruns")
    run_id = store.create_run("0", run_name="a\nb").info.run_id
    store.log_batch(run_id, params={"p": "x" * 400}, tags={"mlflow.source.name": "study.ipynb"})
    store.log_metric(run_id, "x", 1.0, 1, 1)
    return run_id


@pytest.mark.parametrize(
    ("run_id", "route"),
    [*(("tracker", route) for route in FIELDS), *(("mlruns", route) for route in OF_STORES)],
    indirect=["run_id"],
)
async def test_no_body_makes_a_route_fail(jp_fetch: Fetch, run_id: str, route: str) -> None:
    path = "tracker/api/" + route.replace(RUN, f"runs/{run_id}")
    headers = {"Content-Type": "application/json"}
    failures = []
    for body in bodies(route, run_id):
        text = json.dumps(body)
        answer = await jp_fetch(
            path, method="POST", body=text, headers=dict(headers), raise_error=False
        )
        assert set(json.loads(answer.body))
        if answer.code not in (200, 400, 403, 404):
            failures.append((text[:300], answer.code))
    assert failures == []


ARGUMENTS: list[str | bytes] = [
    *("", "x" * 6_000, "a\nb", "a\0b", b"\xff\xfe", b"\xed\xa0\x80", "\u202e", "-1", "1e9", "NaN"),
    *("9" * 19, "9" * 500, "\u0661", " 1", "0x10", "%", "%2500", "'", '"', "`", "é" * 300),
]
TAKEN = {
    "artifact": ("folder", "path"),
    "artifact/table": ("folder", "path", "row", "rows", "column", "columns"),
    "artifact/find": ("folder", "path", "text", "offset"),
    "artifact/model": ("folder", "path"),
}


@pytest.mark.parametrize("route", ASKED)
async def test_no_argument_makes_a_route_fail(jp_fetch: Fetch, run_id: str, route: str) -> None:
    path = "tracker/api/" + route.replace(RUN, f"runs/{run_id}")
    names = TAKEN.get(route.partition(f"{RUN}/")[2]) or ("folder", *ASKED[route])
    failures = []
    for name in names:
        for value in ARGUMENTS:
            given = {"folder": "", **ASKED[route], name: value}
            answer = await jp_fetch(path, params=given, raise_error=False)
            # 426: what was asked is fine, and a socket is wanted for it.
            if answer.code not in (200, 400, 404, 426):
                failures.append((name, value[:40], answer.code))
    assert failures == []


RANGES = [
    *("bytes=0-0", "bytes=-1", "bytes=5-", "bytes=9-2", "bytes=-0", "bytes=0-0,2-3", "bytes=,"),
    *("bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 30, "bytes=-" + "9" * 30, "lines=0-1"),
    *(
        "bytes=a-b",
        "bytes= 1 - 2 ",
        "bytes=1-2-3",
        "bytes=\xb2-",
        "bytes",
        "",
        "bytes=" + "0-1," * 900,
    ),
]


async def test_no_range_makes_a_file_fail_or_more_than_it(
    jp_fetch: Fetch, store: Store, jp_root_dir: Any
) -> None:
    run = store.create_run("0")
    open_artifacts(run.info.artifact_uri).put("a.txt", [b"0123456789"])
    route = f"tracker/api/runs/{run.info.run_id}/artifact"
    for asked in RANGES:
        answer = await jp_fetch(
            route,
            params={"folder": "", "path": "a.txt"},
            headers={"Range": asked},
            raise_error=False,
        )
        assert answer.code in (200, 206, 416), asked
        assert len(answer.body) <= 10 or answer.code == 416, asked
        if answer.code == 206:
            begin, _, rest = answer.headers["Content-Range"].removeprefix("bytes ").partition("-")
            end = int(rest.partition("/")[0]) + 1
            assert answer.body == b"0123456789"[int(begin) : end], asked


async def test_every_post_with_the_users_cookie_needs_the_xsrf_token(
    jp_fetch: Fetch, jp_serverapp: Any, store: Store
) -> None:
    cookie = await login_cookie(jp_fetch, jp_serverapp)
    posted = [pattern for method, pattern in QUESTIONS if method == "post"]
    for pattern in posted:
        for own in ({}, {"X-XSRFToken": "f" * 32}):
            headers = {"Authorization": "", "Cookie": f"{cookie}; _xsrf={XSRF}", **JSON, **own}
            answer = await fails(
                jp_fetch, path_of(pattern), method="POST", headers=headers, body="{}"
            )
            assert answer.code == 403, pattern
        headers = {"Authorization": "", "Cookie": f"{cookie}; _xsrf={XSRF}", **JSON}
        headers["X-XSRFToken"] = XSRF
        answer = await jp_fetch(
            path_of(pattern), method="POST", headers=headers, body="{}", raise_error=False
        )
        assert answer.code in (400, 404), pattern
    assert len(posted) == len(FIELDS) + 1, "and one takes nothing"


LONG = {
    "brackets": "(" * 5_000 + ")" * 5_000,
    "open brackets": "(" * 10_000,
    "nots": "NOT " * 2_500,
    "ands": " AND ".join(["params.p = 'x'"] * 520),
    "ors": " OR ".join(["metrics.x > 1"] * 580),
    "a list": f"attributes.run_id IN ({', '.join(['0' * 32] * 280)})",
    "a text": f"params.p = '{'x' * 9_980}'",
    "an open text": "params.p = '" + "x" * 9_980,
    "a pattern": f"params.p LIKE '{'%x' * 4_980}'",
    "a pattern at the end of which nothing fits": f"params.p ILIKE '{'%x_' * 1_000}%y'",
    "digits": f"metrics.x > {'9' * 9_980}",
    "blanks": " " * 10_000,
    "quotes": "`" * 10_000,
    "signs": "=<>!" * 2_500,
    "dots": "params" + ".x" * 4_990,
    "newlines": "params.p\n" * 1_100,
}


@pytest.mark.parametrize("run_id", BOTH, indirect=True)
@pytest.mark.parametrize("name", LONG)
async def test_a_long_filter_is_answered_at_once(jp_fetch: Fetch, run_id: str, name: str) -> None:
    text = json.dumps({"folder": "", "filter": LONG[name]})
    began = time.process_time()
    answer = await jp_fetch(
        "tracker/api/runs/search", method="POST", body=text, headers=dict(JSON), raise_error=False
    )
    assert answer.code in (200, 400)
    if answer.code == 400:
        assert len(json.loads(answer.body)["message"]) < 1_000
    assert time.process_time() - began < 2


async def test_edits_at_once_are_all_kept(ask: Ask, store: Store) -> None:
    runs = [store.create_run("0").info.run_id for _ in range(3)]
    edits = [
        {"run_id": run_id, "run_name": f"name {number}", "tags": {f"tag {number}": str(number)}}
        for number in range(12)
        for run_id in runs
    ]
    pieces = [edits[begin : begin + 3] for begin in range(0, len(edits), 3)]
    bodies = [{"folder": "", "edits": piece} for piece in pieces]
    await asyncio.gather(*(ask("runs", "edit", body=body) for body in bodies))
    for run_id in runs:
        run = store.get_run(run_id)
        assert {run.data.tags[f"tag {number}"] for number in range(12)} == set(map(str, range(12)))
        assert run.info.run_name in {f"name {number}" for number in range(12)}


NUMBERS = (float("nan"), float("inf"), float("-inf"), 1.7e308, -1.7e308, 5e-324, -0.0, 1.0)


@pytest.mark.parametrize("run_id", BOTH, indirect=True)
async def test_numbers_that_json_does_not_have_are_told_all_the_same(
    ask: Ask, jp_root_dir: Any, run_id: str, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["run_id"]
    store = open_store(jp_root_dir / {"tracker": ".tracker", "mlruns": "mlruns"}[kind])
    runs = []
    for value in NUMBERS:
        runs.append(store.create_run("0").info.run_id)
        store.log_batch(runs[-1], params={"p": str(value), "q": str(len(runs) % 3)})
        for step in (-(2**63), 0, 2**63 - 1):
            store.log_metric(runs[-1], "m", value, 1, step)
    found = await ask("runs", "search", body={"folder": "", "order_by": ["metrics.m ASC"]})
    assert len(found["runs"]) == len(NUMBERS) + 1
    for key in ("p", "q", "nobody"):
        by = {"kind": "param", "key": key}
        metrics = [{"key": "m", "summary": summary} for summary in ("last", "min", "max")]
        body = {"folder": "", "by": by, "metrics": metrics, "order_by": "mean"}
        assert (await ask("runs", "groups", body=body))["runs"] == len(NUMBERS) + 1
    assert len((await ask("runs", "compare", body={"folder": "", "run_ids": runs}))["metrics"]) == 1
    series = [{"run_id": run_id, "key": "m"} for run_id in runs]
    points = await ask("metrics", "history", body={"folder": "", "series": series})
    assert [one["total"] for one in points["series"]] == [3] * len(runs)
    for field in ("metrics.m", "metrics.m.min", "params.p"):
        await ask("fields", "values", folder="", field=field, typed="")
    if kind == "mlruns":  # a forest grows for seconds, and asks for no store
        return
    body = {"folder": "", "run_ids": runs * 2, "metric": "m"}
    found = await ask("runs", "importance", body=body)
    assert (found["state"], found["runs"]) == ("computed", 10)
