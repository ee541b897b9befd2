"""Runs of other trackers, read one at a time from files that are not trusted.

Other trackers' ids are no ids of ours: a run gets one that is made from where it comes from, the
same at each import, and keeps its old one in a tag.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.entities import (
    Experiment,
    MetricHistory,
    Run,
    RunData,
    RunInfo,
    RunStatus,
)
from tracker.store.sqlite.journal import SeriesPoints, fold
from tracker.transfer.given import GivenFiles
from tracker.transfer.source import Choice, Files, Readable, chosen

SOURCE_TAG = "tracker.import.source"
"""Which tracker recorded the run: tensorboard, wandb, trackio, aim."""
NAME_TAG = "mlflow.runName"
NOTE_TAG = "mlflow.note.content"
USER_TAG = "mlflow.user"

_LATEST = 253_402_300_799_000
"""ms of the year 9999: what is later is no time."""
_DEEPEST = 32
_WIDEST = 2000
"""Values of a list or dict that become params of their own; more stay one text."""


@dataclass(slots=True)
class ForeignRun:
    """A run as it was read: its facts, the points by metric, its files.

    `left` is what should have been taken along and could not be, `notes` what else to tell.
    """

    name: str
    experiment: str
    identity: tuple[str, ...]
    source: str
    status: RunStatus = RunStatus.FINISHED
    start_time: int | None = None
    end_time: int | None = None
    user: str = ""
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    points: dict[str, SeriesPoints] = field(default_factory=dict)
    artifacts: Readable | None = None
    left: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def log(self, key: str, value: float, timestamp: int, step: int) -> None:
        """Append a point. Raises OverflowError beyond 64 bits."""
        series = self.points.get(key)
        if series is None:
            series = self.points[key] = SeriesPoints()
        series.steps.append(step)
        series.timestamps.append(timestamp)
        series.values.append(value)

    def as_run(self, experiment_id: str) -> Run:
        """Return it as a run of ours."""
        times = [it.timestamps for it in self.points.values()]
        start = self.start_time
        if start is None:
            start = min((min(it) for it in times), default=0)
        end = self.end_time
        if end is None and self.status.is_terminated:
            end = max((max(it) for it in times), default=start)
        name = plain_text(self.name)
        summaries = {key: fold(None, key, it) for key, it in self.points.items()}
        tags = {NAME_TAG: name, SOURCE_TAG: self.source, **self.tags}
        info = RunInfo(
            run_id=made_id(self.source, *self.identity),
            experiment_id=experiment_id,
            run_name=name,
            user_id=plain_text(self.user),
            status=str(self.status),
            start_time=start,
            end_time=end,
            artifact_uri="",
        )
        metrics = {key: it.last for key, it in summaries.items()}
        params = {plain_text(key): plain_text(value) for key, value in self.params.items()}
        texts = {plain_text(key): plain_text(value) for key, value in tags.items()}
        return Run(info, RunData(metrics, params, texts, summaries))


class ForeignSource:
    """A `tracker.transfer.source.Source` over units that are read one by one.

    `read` turns a unit, such as a folder, into its runs; what it raises becomes a problem of that
    unit. `experiments` are the names of all experiments that runs may be in.
    """

    def __init__(
        self,
        description: str,
        units: Mapping[str, Callable[[], Iterable[ForeignRun]]],
        experiments: Sequence[str],
    ) -> None:
        self.uri = ""
        self.description = description
        self._units = units
        self._names = list(dict.fromkeys(experiments))
        self._problems: dict[str, tuple[str, ...]] = {}
        self._current: tuple[str, ForeignRun] | None = None

    def experiments(self) -> Sequence[Experiment]:
        """Return all experiments."""
        return [Experiment(f"x{number}", name, "") for number, name in enumerate(self._names)]

    def count(self, choice: Choice) -> int | None:
        """Return how many units there are, where each is a run and all are chosen."""
        return None if choice.filter_string or choice.experiments else len(self._units)

    def runs(self, choice: Choice) -> Iterator[Run]:
        """Yield the chosen runs."""
        experiments = self.experiments()
        is_chosen = chosen(choice, experiments)
        ids = {it.name: it.experiment_id for it in experiments}
        for unit, read in self._units.items():
            found = self._read(unit, read)
            for foreign in found:
                run = foreign.as_run(ids[foreign.experiment])
                self._current = (run.info.run_id, foreign)
                if is_chosen(run):
                    yield run
                self._current = None

    def _read(self, unit: str, read: Callable[[], Iterable[ForeignRun]]) -> Iterator[ForeignRun]:
        try:
            yield from read()
        except GeneratorExit:
            raise
        except Exception as error:  # whatever is wrong in one file, the others are to be read
            self._problems[unit] = (f"{unit}: {error or type(error).__name__}",)

    def histories(self, run: Run) -> Iterator[MetricHistory]:
        """Yield all points of the run that was read last."""
        import numpy as np

        for key, it in self._run(run).points.items():
            yield MetricHistory(
                run.info.run_id,
                key,
                np.frombuffer(it.steps, np.int64),
                np.frombuffer(it.timestamps, np.int64),
                np.frombuffer(it.values, np.float64),
                len(it),
                len(it),
            )

    def files(self, run: Run) -> Files:
        """Return the files of the run that was read last."""
        found = self._run(run)
        left, notes = tuple(found.left), tuple(found.notes)
        return Files(found.artifacts or GivenFiles({}), left=left, notes=notes)

    def _run(self, run: Run) -> ForeignRun:
        assert self._current is not None and self._current[0] == run.info.run_id
        return self._current[1]

    def models(self, experiment: Experiment) -> Iterator[tuple[str, Readable]]:
        """Yield none: they are among the files of runs."""
        return iter(())

    def problems(self) -> Mapping[str, tuple[str, ...]]:
        """Return what could not be read, in sentences, by file or folder."""
        return self._problems


def made_id(*identity: str) -> str:
    """Return an id of MLflow's form that tells the same run at each import."""
    text = json.dumps(identity).encode()
    return hashlib.sha256(text).hexdigest()[:32]


def milliseconds(seconds: object) -> int | None:
    """Return seconds since 1970 as ms, None where they are no time that can be meant."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    if not math.isfinite(seconds) or not 0 <= seconds * 1000 <= _LATEST:
        return None
    return int(seconds * 1000)


def flat(value: Any, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield what is inside of dicts under names with slashes; all else as it is.

    A dict with a `_type` is W&B's or trackio's word for an image, a table and the like.
    """
    is_small = isinstance(value, Mapping) and 0 < len(value) <= _WIDEST
    if is_small and prefix.count("/") < _DEEPEST and "_type" not in value:
        for key, inner in value.items():
            name = str(key)
            yield from flat(inner, f"{prefix}/{name}" if prefix else name)
        return
    yield prefix or "value", value


def param_text(value: object) -> str:
    """Return a value of a config as the text of a param."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def number(value: object) -> float | None:
    """Return a logged value as a float, None where it is no number. NaN may come as a text."""
    if isinstance(value, bool | int | float):
        try:
            return float(value)
        except OverflowError:
            return None
    words = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
    return words.get(value) if isinstance(value, str) else None


def plain_text(text: str) -> str:
    """Return a text that can be stored: halves of surrogate pairs become question marks."""
    return text.encode(errors="replace").decode()
