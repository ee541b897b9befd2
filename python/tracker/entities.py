"""What tracker records, as frozen dataclasses. No I/O, standard library only.

Times are integers in milliseconds since 1970 UTC. Ids are strings. The names are MLflow's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

T = TypeVar("T")


class RunStatus(StrEnum):
    """State of a run. `FINISHED`, `FAILED` and `KILLED` are final."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"

    @property
    def is_terminated(self) -> bool:
        """Whether the run has ended, one way or the other."""
        return self in (RunStatus.FINISHED, RunStatus.FAILED, RunStatus.KILLED)


class LifecycleStage(StrEnum):
    """Whether something is in use or in the bin."""

    ACTIVE = "active"
    DELETED = "deleted"


class ViewType(IntEnum):
    """Which lifecycle stages a search sees."""

    ACTIVE_ONLY = 1
    DELETED_ONLY = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Experiment:
    """A named group of runs."""

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str = LifecycleStage.ACTIVE
    creation_time: int | None = None
    last_update_time: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a run; its value is text and never changes."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RunTag:
    """One tag of a run."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Metric:
    """One point of a metric. `step` is a signed 64-bit integer, `timestamp` in ms."""

    key: str
    value: float
    timestamp: int
    step: int = 0
    dataset_name: str | None = None
    dataset_digest: str | None = None
    model_id: str | None = None


@dataclass(frozen=True, slots=True)
class MetricSummary:
    """What is known of a metric without reading its points.

    `last` is the value of the point with the greatest (step, timestamp, value), as MLflow has it.
    `min` and `max` leave NaN out and are NaN only where every point is NaN.
    """

    key: str
    last: float
    min: float
    max: float
    count: int
    last_step: int
    last_timestamp: int


@dataclass(frozen=True, slots=True)
class MetricHistory:
    """Points of one metric of one run as columns of equal length n, in the order logged.

    `steps` int64 (n,), `timestamps` int64 ms (n,), `values` float64 (n,). `total` is the number of
    points the metric had when read (n is smaller where the history was downsampled or read from a
    cursor). Give `cursor` back as `since` to read only what was logged after this answer.

    `since` is the cursor that these points follow: the one asked for, or 0 where they are the whole
    metric, also because the store does not know that cursor (any more).
    """

    run_id: str
    key: str
    steps: npt.NDArray[np.int64]
    timestamps: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    total: int
    cursor: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set by name and content digest."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetInput:
    """A data set as a run used it; `tags` say how (`mlflow.data.context`: training ...)."""

    dataset: Dataset
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunInputs:
    """What a run read."""

    dataset_inputs: tuple[DatasetInput, ...] = ()


@dataclass(frozen=True, slots=True)
class RunInfo:
    """The run itself, without what was logged to it."""

    run_id: str
    experiment_id: str
    run_name: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None
    artifact_uri: str
    lifecycle_stage: str = LifecycleStage.ACTIVE

    @property
    def run_uuid(self) -> str:
        """MLflow's older name of `run_id`."""
        return self.run_id


@dataclass(frozen=True, slots=True)
class RunData:
    """What was logged to a run. `metrics` holds each metric's last value."""

    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, MetricSummary] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """A run: who it is, what it logged, what it read."""

    info: RunInfo
    data: RunData
    inputs: RunInputs = field(default_factory=RunInputs)


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One entry of an artifact listing; `path` is posix and relative to the run's artifacts."""

    path: str
    is_dir: bool
    file_size: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in a store since a revision: ids only, the caller reads what it shows."""

    revision: int
    run_ids: tuple[str, ...]
    experiments_changed: bool


class PagedList(list[T], Generic[T]):
    """A page of results; `token` asks for the next page and is None on the last one.

    `total` is the number of all results, where the store knows it.
    """

    def __init__(
        self, items: Iterable[T] = (), token: str | None = None, total: int | None = None
    ) -> None:
        super().__init__(items)
        self.token = token
        self.total = total
