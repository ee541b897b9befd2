"""W&B's runs on disk: `wandb/offline-run-<time>-<id>/run-<id>.wandb`, and `files/` beside it.

Config becomes params, numbers of the history become metrics, system metrics get `system/` in front
as W&B's own page has it; the summary, and what of the history is no number, become files. Synced
runs (`run-<time>-<id>`) are read as well. See `wandb_log` for the file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tracker.artifacts.paths import artifact_file
from tracker.entities import RunStatus
from tracker.errors import InvalidValue
from tracker.transfer.foreign import (
    NOTE_TAG,
    ForeignRun,
    ForeignSource,
    flat,
    milliseconds,
    number,
    param_text,
)
from tracker.transfer.given import GivenFiles
from tracker.transfer.wandb_log import (
    Damaged,
    Fields,
    double,
    integer,
    messages,
    read_records,
    text,
    texts,
    zigzag,
)

_PATTERNS = ("offline-run-*/*.wandb", "run-*/*.wandb")
_DEEPEST = 16
_MOST_FILES = 100_000
_SUMMARY = "wandb/summary.json"
_HISTORY = "wandb/history.jsonl"
_OUTPUT = "wandb/output.log"
_MOST_TEXT = 64 * 1024 * 1024
"""Bytes of history and output that are kept in memory for the files above."""


def is_folder(path: Path) -> bool:
    """Whether a folder holds runs of W&B's, is one, or holds their folder `wandb`."""
    return bool(_logs(path))


def open_folder(path: Path) -> ForeignSource:
    """Return the runs in a folder."""
    logs = _logs(path)
    units = {str(log.parent): partial(_runs, log) for log in logs}
    return ForeignSource(
        f"{len(units)} runs of W&B's in {path}", units, [_project(it) for it in logs]
    )


def _logs(path: Path) -> list[Path]:
    found = list(path.glob("*.wandb"))
    for folder in (path, path / "wandb"):
        for pattern in _PATTERNS:
            found += folder.glob(pattern)
    # latest-run is a link to one of the others.
    return sorted(
        it for it in found if it.is_file() and not it.is_symlink() and not it.parent.is_symlink()
    )


def _project(log: Path) -> str:
    """Return the project of a run: its first records name it."""
    try:
        with log.open("rb") as file:
            for record in read_records(file):
                for run in messages(record, 17):
                    return text(run, 3) or "wandb"
    except (Damaged, OSError):
        pass
    return "wandb"


def _runs(log: Path) -> Iterator[ForeignRun]:
    reader = _Reader(log)
    reader.read()
    yield reader.result()


class _Reader:
    """Gathers what the records of one run say."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.run = ForeignRun(log.parent.name, _project(log), (log.parent.name,), "wandb")
        self.run.status = RunStatus.KILLED  # unless it says how it ended
        self._config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self._history: list[bytes] = []
        self._output: list[bytes] = []
        self._kept = 0
        self._first_step = 0
        self._steps = 0

    def read(self) -> None:
        """Take in the log, up to its end or to where it is damaged."""
        takers = {17: self._take_run, 2: self._take_history, 3: self._take_summary,
                  5: self._take_config, 7: self._take_stats, 13: self._take_output,
                  4: self._take_output, 18: self._take_exit}  # fmt: skip
        try:
            with self._log.open("rb") as file:
                for record in read_records(file):
                    for field, take in takers.items():
                        for found in messages(record, field):
                            take(found)
        except Damaged as error:
            self.run.left.append(f"what follows in {self._log.name} after {error}")

    def result(self) -> ForeignRun:
        """Return the run with its files."""
        for key, value in self._config.items():
            if key != "_wandb":
                for name, inner in flat(value, key):
                    self.run.params[name] = param_text(inner)
        files: dict[str, Path | bytes] = {}
        summary = {key: it for key, it in self._summary.items() if not key.startswith("_")}
        if summary:
            files[_SUMMARY] = json.dumps(summary, ensure_ascii=False, indent=1).encode()
        if self._history:
            files[_HISTORY] = b"".join(self._history)
        if self._output:
            files[_OUTPUT] = b"".join(self._output)
        self.run.artifacts = GivenFiles(files | self._files())
        return self.run

    def _files(self) -> dict[str, Path | bytes]:
        """Return the files that W&B keeps beside the log; links are told, not followed."""
        root = self._log.parent / "files"
        found: dict[str, Path | bytes] = {}
        if root.is_symlink():
            return found
        for folder, names, files in os.walk(root):
            depth = len(Path(folder).relative_to(root).parts)
            if depth >= _DEEPEST or len(found) > _MOST_FILES:
                names.clear()
            for name in sorted(files):
                path = Path(folder, name)
                relative = path.relative_to(root).as_posix()
                if path.is_symlink() or not path.is_file():
                    self.run.left.append(f"files/{relative}: it is a link, and is not followed")
                elif _is_allowed(relative):
                    found[relative] = path
                else:
                    self.run.left.append(f"files/{relative!r}: no file of a run may be called so")
        return found

    # -- records ----------------------------------------------------------------------------

    def _take_run(self, fields: Fields) -> None:
        run = self.run
        run.name = text(fields, 8) or text(fields, 1) or run.name
        names = {"wandb.run_id": 1, "wandb.entity": 2, "wandb.group": 6, "wandb.job_type": 7,
                 "wandb.sweep_id": 12, "wandb.host": 13, NOTE_TAG: 9}  # fmt: skip
        run.tags |= {name: text(fields, field) for name, field in names.items()
                     if text(fields, field)}  # fmt: skip
        if texts(fields, 10):
            run.tags["wandb.tags"] = ", ".join(texts(fields, 10))
        self._first_step = integer(fields, 14) or 0
        for started in messages(fields, 17):
            run.start_time = milliseconds(_seconds(started))
        for config in messages(fields, 4):
            self._take_config(config)

    def _take_config(self, fields: Fields) -> None:
        for item in messages(fields, 1):
            _put(self._config, _names(item), _value(item))
        for item in messages(fields, 2):
            self._config.pop("/".join(_names(item)), None)

    def _take_summary(self, fields: Fields) -> None:
        for item in messages(fields, 1):
            _put(self._summary, _names(item), _value(item))
        for item in messages(fields, 2):
            self._summary.pop("/".join(_names(item)), None)

    def _take_history(self, fields: Fields) -> None:
        row: dict[str, Any] = {}
        for item in messages(fields, 1):
            _put(row, _names(item), _value(item))
        steps = [integer(it, 1) for it in messages(fields, 2)]
        counted = self._first_step + self._steps
        step = next((it for it in (*steps, row.get("_step")) if isinstance(it, int)), counted)
        self._steps += 1
        at = milliseconds(row.get("_timestamp")) or self.run.start_time or 0
        rest: dict[str, Any] = {}
        for key, value in row.items():
            if key.startswith("_"):
                continue
            for name, inner in flat(value, key):
                found = number(inner)
                if found is None:
                    rest[name] = inner
                elif -(2**63) <= step < 2**63:
                    self.run.log(name, found, at, step)
        self.run.end_time = max(self.run.end_time or at, at)
        if rest:
            line = json.dumps({"_step": step, "_timestamp": at, **rest}, ensure_ascii=False)
            self._keep(self._history, line.encode() + b"\n")

    def _take_stats(self, fields: Fields) -> None:
        at = next((milliseconds(_seconds(it)) for it in messages(fields, 2)), None) or 0
        for item in messages(fields, 3):
            found = number(_value(item))
            key = f"system/{text(item, 1)}"
            if found is not None:
                known = self.run.points.get(key)
                self.run.log(key, found, at, len(known) if known is not None else 0)

    def _take_output(self, fields: Fields) -> None:
        self._keep(self._output, text(fields, 3).encode())

    def _take_exit(self, fields: Fields) -> None:
        code = integer(fields, 1) or 0
        self.run.status = RunStatus.FAILED if code else RunStatus.FINISHED
        runtime = integer(fields, 2)
        if self.run.start_time is not None and runtime is not None and 0 <= runtime < 1 << 40:
            end = self.run.start_time + runtime * 1000
            self.run.end_time = max(self.run.end_time or end, end)

    def _keep(self, lines: list[bytes], line: bytes) -> None:
        if self._kept + len(line) > _MOST_TEXT:
            told = f"history and output beyond {_MOST_TEXT} bytes"
            if told not in self.run.left:
                self.run.left.append(told)
            return
        self._kept += len(line)
        lines.append(line)


def _names(item: Fields) -> list[str]:
    return texts(item, 2) or [text(item, 1)]


def _value(item: Fields) -> Any:
    """Return an item's value: JSON, or in histories of later versions one of several kinds."""
    given = text(item, 16) or text(item, 8)
    if given:
        try:
            return json.loads(given)
        except (ValueError, RecursionError):
            return given
    for read in (lambda: double(item, 6), lambda: zigzag(item, 5)):
        if (found := read()) is not None:
            return found
    if (flag := integer(item, 4)) is not None:
        return bool(flag)
    return text(item, 7) if 7 in item else None


def _put(into: dict[str, Any], names: list[str], value: Any) -> None:
    """Put a value where its names lead to; a name on the way that is no dict becomes one."""
    for name in names[:-1][:_DEEPEST]:
        inner = into.get(name)
        if not isinstance(inner, dict):
            inner = into[name] = {}
        into = inner
    into[names[-1]] = value


def _seconds(fields: Fields) -> float | None:
    """Return what a protobuf Timestamp says."""
    seconds = integer(fields, 1)
    return None if seconds is None else seconds + (integer(fields, 2) or 0) / 1e9


def _is_allowed(path: str) -> bool:
    try:
        return artifact_file(path) == path
    except InvalidValue:
        return False
