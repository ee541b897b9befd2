"""What a cell printed and showed, as nbformat's list of outputs, in bounded memory.

An `OutputList` only collects; the notebook's face feeds it. Text beyond the bound is left out of
the middle, so that the beginning and the end of a long log are kept; rich outputs beyond theirs
are left out at the end. Where something is missing the list says so.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

StreamName = Literal["stdout", "stderr"]
Output = dict[str, Any]
"""One output as nbformat 4 has it: `output_type` and what belongs to it."""

FIGURE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
"""Mime types whose data is a picture, best first, and the endings of their files."""

_PENDING_LIMIT = 32_768
_PIECE_LIMIT = 4_096


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of a cell's output is kept: characters printed, bytes and number of rich outputs."""

    text: int = 1_000_000
    rich: int = 25_000_000
    count: int = 200


class Figure(NamedTuple):
    """A picture that the cell showed, as a file."""

    name: str
    content: bytes


class _Text:
    """A piece of one stream. The last line is open: a carriage return may go over it again."""

    def __init__(self, name: StreamName) -> None:
        self.name = name
        self.text = ""
        self._pending: list[str] = []
        self._pending_size = 0

    def write(self, text: str) -> None:
        self._pending.append(text)
        self._pending_size += len(text)
        if self._pending_size > _PENDING_LIMIT:
            self.settle()

    def settle(self) -> str:
        if self._pending:
            joined = "".join(self._pending)
            self._pending.clear()
            self._pending_size = 0
            start = self.text.rfind("\n") + 1
            self.text = self.text[:start] + overwritten(self.text[start:] + joined)
        return self.text

    def __len__(self) -> int:
        return len(self.text) + self._pending_size


class _Gap:
    """Where text was left out."""

    def __init__(self) -> None:
        self.characters = 0


class _Rich:
    """A display or a result; an update may change its data."""

    def __init__(self, output: Output, size: int, display_id: str | None) -> None:
        self.output = output
        self.size = size
        self.display_id = display_id


class OutputList:
    """Collects what a cell shows, from any thread."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self._lock = threading.Lock()
        self._reset()

    def _reset(self) -> None:
        self._items: list[_Text | _Rich | _Gap] = []
        self._head: int | None = None
        self._settled_size = 0
        self._rich_size = 0
        self._rich_count = 0
        self._left_out = 0
        self._clear_next = False

    def write(self, name: StreamName, text: str) -> None:
        """Add printed text."""
        with self._lock:
            self._before_output()
            last = self._items[-1] if self._items else None
            if not isinstance(last, _Text) or last.name != name or len(last) > self._piece_limit:
                last = self._new_piece(name, last)
            last.write(text)

    def show(
        self,
        kind: Literal["display_data", "execute_result"],
        data: Mapping[str, object],
        metadata: Mapping[str, object] | None = None,
        *,
        display_id: str | None = None,
        execution_count: int | None = None,
    ) -> None:
        """Add a rich output; its data is copied."""
        bundle, size = _frozen(data)
        output: Output = {
            "output_type": kind,
            "data": bundle,
            "metadata": _frozen(metadata or {})[0],
        }
        if kind == "execute_result":
            output["execution_count"] = execution_count
        with self._lock:
            self._before_output()
            self._add_rich(_Rich(output, size, display_id))

    def update(
        self, display_id: str, data: Mapping[str, object], metadata: Mapping[str, object] | None
    ) -> None:
        """Change the data of the outputs shown with this id, if there are any."""
        bundle, size = _frozen(data)
        with self._lock:
            for item in self._items:
                if isinstance(item, _Rich) and item.display_id == display_id:
                    if self._rich_size - item.size + size > self.bounds.rich:
                        self._left_out += 1
                        continue
                    self._rich_size += size - item.size
                    item.size = size
                    item.output["data"] = bundle
                    item.output["metadata"] = _frozen(metadata or {})[0]

    def clear(self, wait: bool = False) -> None:
        """Forget what was shown; with `wait` only when something new is shown."""
        with self._lock:
            if wait:
                self._clear_next = True
            else:
                self._reset()

    def outputs(self) -> list[Output]:
        """Return the outputs so far, adjacent text of one stream as one output."""
        with self._lock:
            return _merged(self._as_outputs())

    @property
    def left_out(self) -> str:
        """What did not fit, in words; "" where all did."""
        with self._lock:
            characters = sum(i.characters for i in self._items if isinstance(i, _Gap))
            parts = [f"{characters:,} characters of printed output"] if characters else []
            if self._left_out:
                parts.append(f"{self._left_out:,} rich output{'s' if self._left_out > 1 else ''}")
            return " and ".join(parts)

    # -- inside the lock --------------------------------------------------------------------

    @property
    def _piece_limit(self) -> int:
        return min(_PIECE_LIMIT, max(1, self.bounds.text // 8))

    def _before_output(self) -> None:
        if self._clear_next:
            self._reset()

    def _new_piece(self, name: StreamName, last: object) -> _Text:
        piece = _Text(name)
        if isinstance(last, _Text):
            # The open line moves on with the text, so that it can still be overwritten.
            text = last.settle()
            start = text.rfind("\n") + 1
            if last.name == name and len(text) - start <= self._piece_limit:
                last.text, piece.text = text[:start], text[start:]
            self._settled_size += len(last.text)
        self._items.append(piece)
        self._drop_middle()
        return piece

    def _drop_middle(self) -> None:
        """Keep the first half of the bound as it is, and of the rest the end."""
        if self._head is None:
            if self._settled_size <= self.bounds.text // 2:
                return
            self._head = len(self._items) - 1
            self._items.insert(self._head, _Gap())
        while self._settled_size > self.bounds.text:
            if not self._drop_first_after(self._head):
                return

    def _drop_first_after(self, gap_index: int) -> bool:
        gap = self._items[gap_index]
        for index in range(gap_index + 1, len(self._items) - 1):
            item = self._items[index]
            if isinstance(item, _Text):
                size = len(item.settle())
                self._settled_size -= size
                if isinstance(gap, _Gap):
                    gap.characters += size
                del self._items[index]
                return True
        return False

    def _add_rich(self, item: _Rich) -> None:
        is_full = self._rich_count >= self.bounds.count
        if is_full or self._rich_size + item.size > self.bounds.rich:
            self._left_out += 1
            return
        last = self._items[-1] if self._items else None
        if isinstance(last, _Text):
            self._settled_size += len(last.settle())
        self._rich_size += item.size
        self._rich_count += 1
        self._items.append(item)
        self._drop_middle()

    def _as_outputs(self) -> Iterator[Output]:
        for item in self._items:
            if isinstance(item, _Rich):
                # A later update replaces the data, it never changes it: a shallow copy will do.
                yield dict(item.output)
            elif isinstance(item, _Text):
                yield _stream(item.name, item.settle())
            elif item.characters:
                text = f"\n[... {item.characters:,} characters left out ...]\n"
                yield _stream("stdout", text)
        if self._left_out:
            more = "s" if self._left_out > 1 else ""
            yield _stream("stderr", f"[... {self._left_out:,} more output{more} left out ...]\n")


def overwritten(text: str) -> str:
    """Return the text as a screen shows it: what follows a carriage return goes over the line.

    One at the very end is kept, for what comes after it.
    """
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(_overwritten_line(line) if "\r" in line else line for line in lines)


def _overwritten_line(line: str) -> str:
    shown = ""
    for part in line.split("\r"):
        shown = part + shown[len(part) :]
    return shown + "\r" if line.endswith("\r") else shown


def figures(outputs: list[Output]) -> list[Figure]:
    """Return the pictures among the outputs as files, numbered in the order shown from 1."""
    found: list[Figure] = []
    for output in outputs:
        data = output.get("data", {})
        for mime, ending in FIGURE_TYPES.items():
            content = _picture(mime, data[mime]) if mime in data else None
            if content is not None:
                found.append(Figure(f"figure_{len(found) + 1}.{ending}", content))
                break
    return found


def _picture(mime: str, data: object) -> bytes | None:
    text = "".join(data) if isinstance(data, list) else data
    if not isinstance(text, str):
        return None
    if mime == "image/svg+xml":
        return text.encode("utf-8", "replace")
    try:
        return base64.b64decode("".join(text.split()), validate=True) or None
    except (binascii.Error, ValueError):
        return None


def _stream(name: StreamName, text: str) -> Output:
    return {"output_type": "stream", "name": name, "text": text}


def _merged(outputs: Iterator[Output]) -> list[Output]:
    merged: list[Output] = []
    for output in outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] != "stream":
            merged.append(output)
        elif not output["text"]:
            continue
        elif last.get("output_type") == "stream" and last["name"] == output["name"]:
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def _frozen(data: Mapping[str, object]) -> tuple[dict[str, Any], int]:
    """Return a copy that only JSON can be in, and about how many bytes it has."""
    frozen: dict[str, Any] = {}
    size = 0
    for key, value in data.items():
        if isinstance(value, bytes):
            value = base64.b64encode(value).decode("ascii")
        if isinstance(value, str):
            size += len(value)
        else:
            text = json.dumps(value, default=str)
            size += len(text)
            value = json.loads(text)
        frozen[str(key)] = value
    return frozen, size
