"""TensorBoard's event files: a folder with such files is a run, as TensorBoard itself has it.

Scalars become metrics, the values of the hparams plugin params; texts and images become files. What
has no place here, such as histograms, is counted and told. The package `tensorboard` reads the
records and their checksums.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from tracker.artifacts import open_artifacts
from tracker.entities import RunStatus
from tracker.errors import StoreError, TrackerError
from tracker.transfer.foreign import ForeignRun, ForeignSource, milliseconds, param_text

_LOADER = "tensorboard.backend.event_processing.event_file_loader"
_HPARAMS_DATA = "tensorboard.plugins.hparams.plugin_data_pb2"
_EVENTS = re.compile(r"events\.out\.tfevents\.|\.tfevents(\.|$)")
_DEEPEST = 16
_MOST_FOLDERS = 100_000
_LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of a text or image that is kept."""
_HPARAMS = "_hparams_/"
_SCALARS = {1: ("<f4", "float_val"), 2: ("<f8", "double_val"), 3: ("<i4", "int_val"),
            9: ("<i8", "int64_val")}  # fmt: skip
"""Types of numbers in TensorFlow's enum: as bytes, and in which field they are."""
_STRING = 7
_ENDS = {1: RunStatus.FINISHED, 2: RunStatus.FAILED, 3: RunStatus.RUNNING}
_SUFFIXES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif"}
_UNSAFE = re.compile(r"[^\w.\-/ ]")


def holds_events(path: Path) -> bool:
    """Whether a path is an event file, or a folder with such files somewhere below."""
    if path.is_file():
        return _EVENTS.search(path.name) is not None
    return next(_event_folders(path), None) is not None


def open_folder(path: Path) -> ForeignSource:
    """Return the runs below a folder. Raises StoreError where `tensorboard` is not installed."""
    _check_installed()
    root = path.parent if path.is_file() else path
    folders = {path: [path]} if path.is_file() else dict(_event_folders(path))
    units = {str(folder): partial(_runs, root, folder, files) for folder, files in folders.items()}
    name = root.name or "tensorboard"
    return ForeignSource(f"{len(units)} runs of TensorBoard's in {path}", units, [name])


def _check_installed() -> None:
    try:
        import_module(_LOADER)
    except ImportError as error:
        raise StoreError(
            "TensorBoard's event files need the package tensorboard: pip install tensorboard."
        ) from error


def _event_folders(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Yield folders with event files, and these sorted; links are not followed."""
    depth = len(root.parts)
    for count, (folder, names, files) in enumerate(os.walk(root)):
        if count > _MOST_FOLDERS:
            return
        names.sort()
        if len(Path(folder).parts) - depth >= _DEEPEST:
            names.clear()
        found = sorted(Path(folder, it) for it in files if _EVENTS.search(it))
        found = [it for it in found if it.is_file() and not it.is_symlink()]
        if found:
            yield Path(folder), found


def _runs(root: Path, folder: Path, files: list[Path]) -> Iterator[ForeignRun]:
    with tempfile.TemporaryDirectory(prefix="tracker-import-") as spool:
        place = "." if folder.is_file() else folder.relative_to(root).as_posix()
        reader = _Reader(root.name if place == "." else place, root.name or "tensorboard", spool)
        for file in files:
            reader.read(file)
        yield reader.result(place)


class _Reader:
    """Gathers what the event files of one run say."""

    def __init__(self, name: str, experiment: str, spool: str) -> None:
        self.run = ForeignRun(name, experiment, (), "tensorboard")
        self._files = open_artifacts(spool)
        self.run.artifacts = self._files
        self._plugins: dict[str, str] = {}
        self._unknown: Counter[str] = Counter()
        self._first: float | None = None

    def result(self, place: str) -> ForeignRun:
        """Return the run. Its identity is its place and when it began, wherever the folder is."""
        self.run.identity = (place, repr(self._first))
        self.run.tags["tensorboard.run"] = place
        if self._unknown:
            kinds = ", ".join(f"{count} of {it}" for it, count in sorted(self._unknown.items()))
            self.run.notes.append(f"values that have no place here were left out: {kinds}")
        return self.run

    def read(self, path: Path) -> None:
        """Take in a file up to its end, or to where it is damaged."""
        noise = logging.getLogger("tensorboard")
        was_disabled, noise.disabled = noise.disabled, True
        try:
            for event in import_module(_LOADER).EventFileLoader(str(path)).Load():
                self._take(event)
        finally:
            noise.disabled = was_disabled

    def _take(self, event: Any) -> None:
        if self._first is None:
            self._first = event.wall_time
        at = milliseconds(event.wall_time)
        if at is not None:
            start, end = self.run.start_time, self.run.end_time
            self.run.start_time = at if start is None else min(start, at)
            self.run.end_time = at if end is None else max(end, at)
        for value in event.summary.value:
            self._take_value(value, at or 0, event.step)

    def _take_value(self, value: Any, at: int, step: int) -> None:
        plugin = value.metadata.plugin_data.plugin_name or self._plugins.get(value.tag, "")
        self._plugins[value.tag] = plugin
        if plugin == "hparams" or value.tag.startswith(_HPARAMS):
            self._take_hparams(value.metadata.plugin_data.content)
        elif plugin == "scalars" and (number := _scalar(value.tensor)) is not None:
            self.run.log(value.tag, number, at, step)
        elif plugin == "text" and value.tensor.dtype == _STRING:
            text = b"\n\n".join(value.tensor.string_val)
            self._keep(f"text/{_safe(value.tag)}/{step}.md", text)
        elif plugin == "images" and value.tensor.dtype == _STRING:
            self._take_images(value.tensor.string_val[2:], _safe(value.tag), step)
        elif value.HasField("tensor") or plugin:
            self._unknown[plugin or "unknown kind"] += 1

    def _take_images(self, images: Sequence[bytes], name: str, step: int) -> None:
        """Keep the images of a step; width and height stood before them."""
        for index, image in enumerate(images):
            suffix = next((it for start, it in _SUFFIXES.items() if image.startswith(start)), None)
            if suffix is None:
                self._unknown["images of an unknown form"] += 1
                continue
            self._keep(f"images/{name}/{step}{f'_{index}' if index else ''}{suffix}", image)

    def _take_hparams(self, content: bytes) -> None:
        data = import_module(_HPARAMS_DATA).HParamsPluginData.FromString(content)
        for name, value in data.session_start_info.hparams.items():
            kind = value.WhichOneof("kind")
            given = None if kind in (None, "null_value") else getattr(value, kind)
            self.run.params[name] = param_text(_whole(given))
        if data.session_start_info.group_name:
            self.run.tags["tensorboard.group"] = data.session_start_info.group_name
        if data.HasField("session_end_info"):
            status = _ENDS.get(data.session_end_info.status, RunStatus.FINISHED)
            self.run.status = status

    def _keep(self, path: str, content: bytes) -> None:
        if len(content) > _LARGEST_FILE:
            self.run.left.append(f"{path}: it has {len(content)} bytes")
            return
        try:
            self._files.put(path, [content])
        except TrackerError as error:
            self.run.left.append(f"{path}: {error}")


def _scalar(tensor: Any) -> float | None:
    """Return the one number in a tensor. Its shape is not believed: it might say anything."""
    import numpy as np

    known = _SCALARS.get(tensor.dtype)
    if known is None:
        return None
    dtype, field = known
    if tensor.tensor_content:
        size = np.dtype(dtype).itemsize
        if len(tensor.tensor_content) != size:
            return None
        return float(np.frombuffer(tensor.tensor_content, dtype)[0])
    values = getattr(tensor, field)
    return float(values[0]) if len(values) == 1 else None


def _whole(value: object) -> object:
    """The plugin keeps whole numbers as floats."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _safe(tag: str) -> str:
    """Return a tag as a part of a file's path."""
    parts = [_UNSAFE.sub("_", it)[:100] for it in tag.split("/")[:8]]
    return "/".join(it for it in parts if it not in ("", ".", "..")) or "untitled"
