"""`tracker server` beside `mlflow server`: batches, a search over 3,000 runs, 100,000 points."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from mlflow import MlflowClient
from mlflow.entities import Metric

from tests.benchmarks.bench import Bench, in_turn
from tests.benchmarks.figures import Figure, Findings, Row, compare
from tests.benchmarks.peers import OURS
from tests.benchmarks.runs import MLFLOW, store_of_runs
from tests.rest.servers import mlflow_server, tracker_server

BATCH = 1000
"""Points in a request, the most there may be."""
RUNS = 3000
POINTS = 100_000
TIMES_FASTER = 5
PROMISE = f"{TIMES_FASTER} times as fast"
ROUNDS = 5
_KEY = "loss"
_new_starts = count(0, BATCH)
"""First steps of batches, each another: a point that is sent again may be dropped."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, a run with points in it, and two ways to ask."""

    connection: HTTPConnection
    client: MlflowClient
    experiment_id: str
    run_id: str

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Return the answer to a request on the connection that stays open."""
        sent = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json"}
        self.connection.request(method, f"/api/2.0/mlflow/{path}", sent, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text[:1000]
        return json.loads(text)


Way = Callable[[Server], object]


def measure(bench: Bench) -> Findings:
    """Ask both servers the same, in turn."""
    runs, points = bench.size(RUNS, RUNS // 10), bench.size(POINTS, POINTS // 10)
    raw: dict[str, Way] = {
        f"log-batch of {BATCH:,} points": lambda server: _log_batch(server),
        f"search, all of {runs:,} runs": lambda server: _search(server, runs),
        f"history of {points:,} points": lambda server: _history(server, points),
    }
    by_client: dict[str, Way] = {
        f"MlflowClient.log_batch of {BATCH:,} points": _client_log_batch,
        f"MlflowClient.search_runs, {runs:,} runs": lambda server: _client_search(server, runs),
        f"MlflowClient.get_metric_history, {points:,} points": lambda server: _client_history(
            server, points
        ),
    }
    rows: list[Row] = []
    with _servers(bench, runs, points) as servers:
        for what, way in raw.items():
            ours, theirs = _time(bench, servers, way)
            holds = ours.median * TIMES_FASTER <= theirs.median
            rows += compare(what, PROMISE, holds, ours, {MLFLOW: theirs})
        for what, way in by_client.items():
            ours, theirs = _time(bench, servers, way)
            rows.append(Row(what, "", ours, MLFLOW, theirs))
    note = (
        "Servers: one process each with its default SQLite store. The client is Python's "
        "http.client on one connection that stays open, and json.loads: what a server takes. In "
        "the last three rows it is MLflow's own MlflowClient, which spends most of the time in "
        "itself with our server: it makes its objects out of the same answers."
    )
    return Findings("server", rows, notes=[note])


def _time(bench: Bench, servers: dict[str, Server], way: Way) -> tuple[Figure, Figure]:
    def once(name: str) -> float:
        begin = perf_counter()
        way(servers[name])
        return perf_counter() - begin

    found = in_turn(bench.rounds(ROUNDS), (OURS, MLFLOW), once)
    return found[OURS], found[MLFLOW]


@contextmanager
def _servers(bench: Bench, runs: int, points: int) -> Iterator[dict[str, Server]]:
    """Yield both servers over stores with the same runs, and points logged to one more."""
    with ExitStack() as stack:
        folders = {name: store_of_runs(bench, name, runs).folder for name in (OURS, MLFLOW)}
        ours = stack.enter_context(tracker_server(folders[OURS] / "store")).uri
        theirs = stack.enter_context(mlflow_server(folders[MLFLOW].absolute()))
        servers = {OURS: _connect(ours), MLFLOW: _connect(theirs)}
        for server in servers.values():
            stack.callback(server.connection.close)
            for start in range(0, points, BATCH):
                _log_batch(server, start)
        yield servers


def _connect(uri: str) -> Server:
    client = MlflowClient(uri)
    [run] = client.search_runs(["0", "1"], max_results=1)
    experiment_id = client.create_experiment("points")
    run_id = client.create_run(experiment_id).info.run_id
    connection = HTTPConnection(urlsplit(uri).netloc, timeout=600)
    return Server(connection, client, run.info.experiment_id, run_id)


# -- what is asked -----------------------------------------------------------------------------


def _log_batch(server: Server, start: int | None = None) -> None:
    """Log points of the metric, or where no start is said of one that nobody reads."""
    key, first = ("other", next(_new_starts)) if start is None else (_KEY, start)
    steps = range(first, first + BATCH)
    points = [{"key": key, "value": s / 7, "timestamp": 1000 + s, "step": s} for s in steps]
    server.ask("POST", "runs/log-batch", {"run_id": server.run_id, "metrics": points})


def _search(server: Server, runs: int) -> None:
    asked = {"experiment_ids": [server.experiment_id], "max_results": runs}
    found = server.ask("POST", "runs/search", asked)
    assert len(found["runs"]) == runs


def _history(server: Server, points: int) -> None:
    path = f"metrics/get-history?run_id={server.run_id}&metric_key={_KEY}&max_results={points}"
    assert len(server.ask("GET", path)["metrics"]) == points


def _client_log_batch(server: Server) -> None:
    first = next(_new_starts)
    points = [Metric("other", step / 7, 1000 + step, step) for step in range(first, first + BATCH)]
    server.client.log_batch(server.run_id, metrics=points)


def _client_search(server: Server, runs: int) -> None:
    assert len(server.client.search_runs([server.experiment_id], max_results=runs)) == runs


def _client_history(server: Server, points: int) -> None:
    assert len(server.client.get_metric_history(server.run_id, _KEY)) == points
