"""Where runs are taken from: any store, or files of other trackers that are read as one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from tracker.entities import Experiment, FileInfo, MetricHistory, Run, ViewType

PAGE = 1000
"""Runs that are held in memory at a time."""


class Readable(Protocol):
    """The part of `tracker.artifacts.Artifacts` that only reads."""

    def list(self, path: str = "") -> list[FileInfo]:
        """Return the entries of a folder by name; of a file or of nothing, none."""

    def open(self, path: str) -> BinaryIO:
        """Return the file, open for reading. Raises NotFound."""

    def is_file(self, path: str) -> bool:
        """Return whether there is a file at this path."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a run: `artifacts` to copy, or None, and then `stay` says why they stay.

    `left` are parts of the run that the source could not read, `notes` what else to tell of it.
    """

    artifacts: Readable | None
    stay: str = ""
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Which runs are taken: of these experiments (names or ids; none: all), filtered."""

    experiments: Sequence[str] = ()
    filter_string: str = ""
    view_type: ViewType = ViewType.ALL
    order_by: Sequence[str] = ()

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out, so that experiments without runs come along too."""
        return not self.filter_string and self.view_type is ViewType.ALL

    def wants(self, experiment: Experiment) -> bool:
        """Whether runs of this experiment may be chosen."""
        return not self.experiments or bool(
            {experiment.name, experiment.experiment_id} & set(self.experiments)
        )


class Source(Protocol):
    """Runs to be copied. What cannot be read is told by `problems`, and never stops the rest."""

    @property
    def description(self) -> str:
        """What was found and where, such as "MLflow's folder of runs /data/mlruns"."""

    @property
    def uri(self) -> str:
        """Where it is, by which it is told that runs are not copied onto themselves."""

    def experiments(self) -> Sequence[Experiment]:
        """Return all experiments, deleted ones too. Raises StoreError."""

    def count(self, choice: Choice) -> int | None:
        """Return how many runs there are to come, None where that is not known before."""

    def runs(self, choice: Choice) -> Iterator[Run]:
        """Yield the chosen runs, parents before children where their times tell."""

    def histories(self, run: Run) -> Iterator[MetricHistory]:
        """Yield all points of the run, one metric at a time. Raises StoreError."""

    def files(self, run: Run) -> Files:
        """Return the files of the run."""

    def models(self, experiment: Experiment) -> Iterator[tuple[str, Readable]]:
        """Yield id and files of the logged models of an experiment."""

    def problems(self) -> Mapping[str, tuple[str, ...]]:
        """Return what could not be read, in sentences, by path or name; complete after `runs`."""


def chosen(choice: Choice, experiments: Sequence[Experiment]) -> Callable[[Run], bool]:
    """Return whether a run is chosen, for sources without a search. Raises FilterError."""
    from tracker.search import parse_runs_filter, predicate
    from tracker.store.entity_search import STAGES

    fits = predicate(parse_runs_filter(choice.filter_string), time.time_ns() // 1_000_000)
    wanted = {it.experiment_id for it in experiments if choice.wants(it)}
    stages = STAGES[choice.view_type]

    def is_chosen(run: Run) -> bool:
        info = run.info
        return info.experiment_id in wanted and info.lifecycle_stage in stages and fits(run)

    return is_chosen
