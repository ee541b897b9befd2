"""Endpoints that read the points of metrics.

Points come in MLflow's order: by timestamp, step and value. As there, a point that was sent twice
is one: clients send again what they got no answer to.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from tracker.entities import MetricHistory
from tracker.errors import NotFound
from tracker.rest import shapes
from tracker.rest.endpoint import Endpoint
from tracker.rest.failures import invalid, missing
from tracker.rest.fields import Values, integer, key, text, texts
from tracker.rest.runs import RUN_ID
from tracker.rest.service import Service
from tracker.store.paging import next_token, parse_token

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

PAGE_LIMIT = 100_000
"""Points in one answer; what is left comes with the next page's token."""
BULK_LIMIT = 25_000
RUNS_LIMIT = 100
"""Runs in one question for several."""
_NOT_FINITE = {"nan": '"NaN"', "inf": '"Infinity"', "-inf": '"-Infinity"'}
INTERVAL_LIMIT = 2500
"""Points of each run where a range of steps is asked for."""


def get_history(service: Service, values: Values) -> bytes:
    """Return a page of the points of a metric of a run."""
    limit = values["max_results"]
    if limit is not None and limit <= 0:
        raise invalid(
            f"Invalid value {limit} for parameter 'max_results' supplied. "
            "It must be a positive integer."
        )
    limit = min(limit or PAGE_LIMIT, PAGE_LIMIT)
    offset = parse_token(values["page_token"])
    history = _history(service, values["run_id"], values["metric_key"])
    if history is None:
        return _encode([], None)
    ordered = _in_order(history)
    shown = ordered[offset : offset + limit]
    token = next_token(offset, len(shown), len(ordered))
    return _encode(_points(history, shown), token)


def get_history_bulk(service: Service, values: Values) -> bytes:
    """Return the points of a metric of several runs, run by run."""
    run_ids = values["run_id"]
    if not run_ids:
        raise invalid("GetMetricHistoryBulk request must specify at least one run_id.")
    if len(run_ids) > RUNS_LIMIT:
        raise invalid(
            f"GetMetricHistoryBulk request cannot specify more than {RUNS_LIMIT} run_ids. "
            f"Received {len(run_ids)} run_ids."
        )
    if values["metric_key"] is None:
        raise invalid("GetMetricHistoryBulk request must specify a metric_key.")
    limit = values["max_results"]
    left = BULK_LIMIT if limit is None else max(0, min(limit, BULK_LIMIT))
    encoded: list[str] = []
    for run_id in sorted(run_ids):
        history = _history(service, run_id, values["metric_key"])
        if history is not None:
            encoded += _points(history, _in_order(history)[: left - len(encoded)], run_id)
    return _encode(encoded, None, always=True)


def get_history_bulk_interval(service: Service, values: Values) -> bytes:
    """Return points of a metric of several runs, thinned where there are many."""
    run_ids, key = values["run_ids"], values["metric_key"]
    start, end = values["start_step"], values["end_step"]
    _check_interval(run_ids, start, end)
    limit = INTERVAL_LIMIT if values["max_results"] is None else values["max_results"]
    encoded: list[str] = []
    for run_id in run_ids:
        with suppress(NotFound):
            history = service.store.sample_metric(
                run_id, key, max_points=limit, start_step=start, end_step=end
            )
            encoded += _points(history, _by_step(history), run_id)
    return _encode(encoded, None)


def _history(service: Service, run_id: str, key: str) -> MetricHistory | None:
    """Return a metric's points; None for a run that is not there, which MLflow tells nobody of."""
    try:
        return service.store.metric_history(run_id, key)
    except NotFound:
        return None


def _check_interval(run_ids: list[str], start: int | None, end: int | None) -> None:
    if not run_ids:
        raise missing("run_ids")
    if len(run_ids) > RUNS_LIMIT:
        raise invalid(
            f"GetMetricHistoryBulkInterval request must specify at most {RUNS_LIMIT} run_ids. "
            f"Received {len(run_ids)} run_ids."
        )
    if (start is None) != (end is None):
        raise invalid("If either start step or end step are specified, both must be specified.")
    if start is not None and end is not None and start > end:
        raise invalid(
            "end_step must be greater than start_step. "
            f"Found start_step={start} and end_step={end}."
        )


def _in_order(history: MetricHistory) -> npt.NDArray[np.intp]:
    import numpy as np

    order = np.lexsort((history.values, history.steps, history.timestamps))
    if len(order) < 2:
        return order
    is_new = np.zeros(len(order), bool)
    is_new[0] = True
    # Bits, for NaN is not equal to itself.
    for column in (history.timestamps, history.steps, history.values.view(np.int64)):
        sorted_column = column[order]
        is_new[1:] |= sorted_column[1:] != sorted_column[:-1]
    return order[is_new]


def _by_step(history: MetricHistory) -> npt.NDArray[np.intp]:
    import numpy as np

    return np.lexsort((history.values, history.timestamps, history.steps))


def _points(
    history: MetricHistory, shown: npt.NDArray[np.intp], run_id: str | None = None
) -> list[str]:
    """Return the points as JSON, written here because there may be 100,000 of them."""
    start = f'{{"key":{json.dumps(history.key)},'
    end = "}" if run_id is None else f',"run_id":{json.dumps(run_id)}}}'
    values = (_NOT_FINITE.get(text, text) for text in map(repr, history.values[shown].tolist()))
    times, steps = history.timestamps[shown].tolist(), history.steps[shown].tolist()
    return [
        f'{start}"value":{value},"timestamp":{timestamp},"step":{step}{end}'
        for value, timestamp, step in zip(values, times, steps, strict=True)
    ]


def _encode(points: list[str], token: str | None, *, always: bool = False) -> bytes:
    parts = [f'"metrics":[{",".join(points)}]'] if points or always else []
    if token:
        parts.append(f'"next_page_token":{json.dumps(token)}')
    return f"{{{','.join(parts)}}}".encode()


def _check_interval_limit(limit: int) -> str | None:
    if 1 <= limit <= INTERVAL_LIMIT:
        return None
    return f"max_results must be between 1 and {INTERVAL_LIMIT}."


_KEY = key("metric_key")

ENDPOINTS = (
    Endpoint(
        "GET",
        "metrics/get-history",
        (RUN_ID, _KEY, integer("max_results", least=1), text("page_token")),
        get_history,
        shapes.METRICS,
    ),
    Endpoint(
        "GET",
        "metrics/get-history-bulk",
        (texts("run_id"), text("metric_key"), integer("max_results")),
        get_history_bulk,
        shapes.METRICS,
    ),
    Endpoint(
        "GET",
        "metrics/get-history-bulk-interval",
        (
            texts("run_ids"),
            _KEY,
            integer("start_step"),
            integer("end_step"),
            integer("max_results", least=1, most=INTERVAL_LIMIT, check=_check_interval_limit),
        ),
        get_history_bulk_interval,
        shapes.METRICS,
    ),
)
