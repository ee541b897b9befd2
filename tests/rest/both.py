"""The same call made to our server and to a real one, the answers compared.

Ids differ between the two; what one call returned stands, as a `Pair`, for the id in later calls,
and in answers each id is replaced by a label. Times nobody gave are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from requests import HTTPError

TIMES = {"creation_time", "last_update_time", "creation_timestamp", "last_updated_timestamp"}
NOT_OURS = {"workspace", "trace_location", "effective_trace_archival_retention"}
"""What the real server adds for parts of MLflow that are none of ours."""

UNORDERED = {"metric_objs", "metrics", "params", "dataset_inputs"}
"""Last values, and data sets in MLflow's folders, are nobody's promise to be in any order."""


class Pair:
    """What our server returned and what the other did, as one value."""

    def __init__(self, ours: Any, theirs: Any) -> None:
        self.ours = ours
        self.theirs = theirs

    def __getattr__(self, name: str) -> Pair:
        return Pair(getattr(self.ours, name), getattr(self.theirs, name))

    def __getitem__(self, index: int) -> Pair:
        return Pair(self.ours[index], self.theirs[index])


class Both:
    """Two clients that must agree."""

    def __init__(self, ours: MlflowClient, theirs: MlflowClient) -> None:
        self._clients = (ours, theirs)
        self._labels: tuple[dict[str, str], dict[str, str]] = ({}, {})

    def __getattr__(self, method: str) -> Any:
        def call(*args: Any, **kwargs: Any) -> Pair:
            answers = [
                _outcome(client, method, _side(args, side), _side(kwargs, side))
                for side, client in enumerate(self._clients)
            ]
            self._learn(method, *answers)
            name = "experiment_id" if method == "create_experiment" else ""
            ours, theirs = (self.plain(answer, side, name) for side, answer in enumerate(answers))
            assert ours == theirs, f"{method}\nours:   {ours}\ntheirs: {theirs}\n{answers}"
            return Pair(*answers)

        return call

    def label(self, pair: Pair, label: str) -> Pair:
        """Have both sides' names of a file or folder count as the same."""
        self._labels[0][pair.ours], self._labels[1][pair.theirs] = label, label
        return pair

    def plain(self, value: Any, side: int, name: str = "") -> Any:
        """Return an answer as plain data in which both sides call the same thing the same."""
        if isinstance(value, MlflowException):
            return ("error", value.error_code)
        if isinstance(value, HTTPError):
            return ("error", None if value.response is None else value.response.status_code)
        if isinstance(value, Exception):
            return ("error", type(value).__name__)
        if isinstance(value, Path):
            return value.name
        if isinstance(value, str):
            return self._labelled(value, side, name)
        if isinstance(value, float):
            return _number(value)
        if isinstance(value, pd.DataFrame):
            return self.plain(value.to_dict("records"), side)
        if isinstance(value, dict):
            return {key: self.plain(it, side) for key, it in value.items()}
        if isinstance(value, list | tuple):
            items = [self.plain(item, side) for item in value]
            token = getattr(value, "token", None) or None
            return (sorted(items, key=str) if name in UNORDERED else items, token)
        if hasattr(value, "__dict__"):
            return {
                name: self.plain(it, side, name)
                for raw, it in vars(value).items()
                if (name := raw.lstrip("_")) not in TIMES | NOT_OURS
            }
        return value

    def _learn(self, method: str, ours: Any, theirs: Any) -> None:
        if method == "create_experiment" and isinstance(ours, str):
            pairs = [(ours, theirs, "experiment")]
        else:
            pairs = [(*ids, "id") for ids in zip(_ids(ours), _ids(theirs), strict=False)]
        for one, other, kind in pairs:
            label = f"<{kind} {len(self._labels[0])}>"
            self._labels[0].setdefault(one, label)
            self._labels[1].setdefault(other, label)

    def _labelled(self, value: str, side: int, name: str) -> str:
        labels = self._labels[side]
        if name in ("experiment_id", "artifact_location") or len(value) > 20:
            parts = value.split("/")
            value = "/".join(labels.get(part, part) for part in parts)
        return value


def _outcome(client: MlflowClient, method: str, args: Any, kwargs: Any) -> Any:
    mlflow.set_tracking_uri(client.tracking_uri)  # some methods call fluent functions
    try:
        return getattr(client, method)(*args, **kwargs)
    except Exception as error:  # whatever it is, the other side must fail so
        return error


def _side(value: Any, side: int) -> Any:
    if isinstance(value, Pair):
        return (value.ours, value.theirs)[side]
    if isinstance(value, dict):
        return {key: _side(it, side) for key, it in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_side(item, side) for item in value)
    return value


def _ids(value: Any) -> Iterable[str]:
    """Yield the ids that an answer introduces."""
    info = getattr(value, "info", value)
    for name in ("run_id", "model_id"):
        found = getattr(info, name, None)
        if isinstance(found, str):
            yield found


def _number(value: float) -> float | str:
    # The real server's database holds the largest float in place of infinity.
    if math.isnan(value):
        return "NaN"
    return value if abs(value) < 1.7e308 else math.copysign(math.inf, value)
