"""All of the chosen runs as tables, for spreadsheets and data frames: CSV or Parquet.

A folder gets one file for each table; its README says what the columns are. The files of the runs
are not copied, only told. Whatever was at those names before stays until all tables are complete.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from tracker.artifacts.paths import partial_beside
from tracker.entities import Experiment, MetricHistory, Run
from tracker.errors import InvalidValue, StoreError
from tracker.transfer.cells import csv_line
from tracker.transfer.copying import EVERYTHING, Progress, Silent
from tracker.transfer.report import Item, Outcome, Report
from tracker.transfer.source import Choice, Source

TABLES = {
    "experiments": (
        "experiment_id", "name", "lifecycle_stage", "creation_time", "last_update_time",
        "artifact_location", "tags",
    ),
    "runs": (
        "run_id", "run_name", "experiment_id", "experiment", "status", "lifecycle_stage",
        "user_id", "start_time", "end_time", "artifact_uri",
    ),
    "params": ("run_id", "key", "value"),
    "tags": ("run_id", "key", "value"),
    "metrics": ("run_id", "key", "step", "timestamp", "value"),
    "datasets": (
        "run_id", "name", "digest", "source_type", "source", "schema", "profile", "tags",
    ),
}  # fmt: skip
"""The columns of each table; `metrics` has a row for every point, in the order logged."""

README = """Runs exported by tracker, one file for each table.

{tables}

run_id ties the tables together. Times are milliseconds since 1970 UTC. metrics has one row for each
point, in the order in which they were logged. The tags of data sets and experiments are JSON.
{note}"""
_CSV_NOTE = """
A text that a spreadsheet would take for a formula has an apostrophe (') in front, and so has a text
that begins with one itself: take one leading apostrophe away to get exactly what was logged.
Encoding: UTF-8.
"""
_ROWS = 50_000
_INTEGERS = {"start_time", "end_time", "creation_time", "last_update_time", "step", "timestamp"}


class Writer(Protocol):
    """Writes one table."""

    def rows(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""

    def points(self, run_id: str, history: MetricHistory) -> None:
        """Append the points of a metric, in the table `metrics`."""


def export_tables(
    source: Source,
    folder: Path,
    kind: str,
    *,
    choice: Choice = EVERYTHING,
    progress: Progress | None = None,
) -> Report:
    """Write the chosen runs into a folder as tables of a kind, "csv" or "parquet".

    Raises FilterError, InvalidValue, StoreError.
    """
    heard = progress or Silent()
    report = Report(source.description, str(folder))
    names = {it.experiment_id: it.name for it in source.experiments()}
    with _writers(folder, kind) as writers:
        known = [it for it in source.experiments() if choice.wants(it)]
        writers["experiments"].rows([_experiment_row(it) for it in known])
        heard.begin(source.count(choice))
        for run in source.runs(choice):
            heard.next_run(run)
            item = _written(writers, source, run, names.get(run.info.experiment_id, ""))
            report.items.append(item)
            heard.done(item)
    report.problems = dict(source.problems())
    return report


def _written(writers: dict[str, Writer], source: Source, run: Run, experiment: str) -> Item:
    info = run.info
    try:
        histories = list(source.histories(run))
    except Exception as error:  # whatever is wrong with one run, the others are to be written
        return Item(info.run_id, info.run_name, Outcome.SKIPPED, str(error))
    writers["runs"].rows([_run_row(run, experiment)])
    for table, pairs in (("params", run.data.params), ("tags", run.data.tags)):
        writers[table].rows([(info.run_id, key, value) for key, value in pairs.items()])
    writers["datasets"].rows(_dataset_rows(run))
    for history in histories:
        writers["metrics"].points(info.run_id, history)
    return Item(info.run_id, info.run_name, Outcome.COPIED, target_id=info.run_id)


def _experiment_row(it: Experiment) -> tuple[Any, ...]:
    times = (it.creation_time, it.last_update_time)
    tags = json.dumps(dict(it.tags), ensure_ascii=False)
    stage = str(it.lifecycle_stage)
    return (it.experiment_id, it.name, stage, *times, it.artifact_location, tags)


def _run_row(run: Run, experiment: str) -> tuple[Any, ...]:
    info = run.info
    return (
        info.run_id, info.run_name, info.experiment_id, experiment, str(info.status),
        str(info.lifecycle_stage), info.user_id, info.start_time, info.end_time, info.artifact_uri,
    )  # fmt: skip


def _dataset_rows(run: Run) -> list[tuple[Any, ...]]:
    return [
        (
            run.info.run_id, it.dataset.name, it.dataset.digest, it.dataset.source_type,
            it.dataset.source, it.dataset.schema, it.dataset.profile,
            json.dumps(dict(it.tags), ensure_ascii=False),
        )
        for it in run.inputs.dataset_inputs
    ]  # fmt: skip


# -- files -------------------------------------------------------------------------------------


@contextmanager
def _writers(folder: Path, kind: str) -> Iterator[dict[str, Writer]]:
    """Yield a writer for each table; at the end all files take their places."""
    if kind not in ("csv", "parquet"):
        raise InvalidValue(f"Tables are written as csv or parquet, not as {kind}.")
    opened: Callable[[Path, Sequence[str]], Any] = _csv if kind == "csv" else _parquet
    partials: dict[Path, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            found = {}
            for table, columns in TABLES.items():
                target = folder / f"{table}.{kind}"
                partials[target] = partial_beside(target)
                found[table] = stack.enter_context(opened(partials[target], columns))
            yield found
        for target, partial in partials.items():
            partial.replace(target)
        (folder / "README.txt").write_text(_readme(kind), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"Cannot write to {folder}: {error.strerror or error}.") from error
    finally:
        for partial in partials.values():
            partial.unlink(missing_ok=True)


def _readme(kind: str) -> str:
    tables = "\n".join(f"{it}.{kind}: {', '.join(columns)}" for it, columns in TABLES.items())
    return README.format(tables=tables, note=_CSV_NOTE if kind == "csv" else "")


@contextmanager
def _csv(path: Path, columns: Sequence[str]) -> Iterator[Writer]:
    # Texts hold any line ends; "" keeps them as they are.
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line(columns))
        yield _CsvWriter(file.write)


class _CsvWriter:
    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def rows(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""
        self._write("".join(map(csv_line, rows)))

    def points(self, run_id: str, history: MetricHistory) -> None:
        """Append the points of a metric."""
        start = csv_line([run_id, history.key]).removesuffix("\n")
        for first in range(0, len(history.steps), _ROWS):
            part = slice(first, first + _ROWS)
            columns = (history.steps[part], history.timestamps[part], history.values[part])
            rows = zip(*(column.tolist() for column in columns), strict=True)
            self._write("".join(f"{start},{step},{at},{value!r}\n" for step, at, value in rows))


@contextmanager
def _parquet(path: Path, columns: Sequence[str]) -> Iterator[Writer]:
    try:
        pa, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise StoreError(
            "Parquet needs the package pyarrow: pip install pyarrow. CSV and JSON do not."
        ) from error
    types = {"value": pa.float64()} if "step" in columns else {}
    types |= {name: pa.int64() for name in columns if name in _INTEGERS}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    with parquet.ParquetWriter(path, schema) as file:
        writer = _ParquetWriter(file, schema)
        yield writer
        writer.flush()


class _ParquetWriter:
    def __init__(self, file: Any, schema: Any) -> None:
        self._file = file
        self._schema = schema
        self._batches: list[Any] = []

    def rows(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows."""
        if rows:
            columns = list(zip(*rows, strict=True))
            self._add([list(column) for column in columns])

    def points(self, run_id: str, history: MetricHistory) -> None:
        """Append the points of a metric."""
        count = len(history.steps)
        same = [[run_id] * count, [history.key] * count]
        self._add([*same, history.steps, history.timestamps, history.values])

    def _add(self, columns: list[Any]) -> None:
        pa = import_module("pyarrow")
        typed = [pa.array(it, field.type) for it, field in zip(columns, self._schema, strict=True)]
        self._batches.append(pa.record_batch(typed, schema=self._schema))
        if sum(batch.num_rows for batch in self._batches) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered as one row group: many small ones would be slow to read."""
        pa = import_module("pyarrow")
        if self._batches:
            self._file.write_table(pa.Table.from_batches(self._batches))
            self._batches = []
