"""What a project prints: its beginning and its end are kept, however much there is of it."""

from __future__ import annotations

import re
import threading
from collections import deque

HEAD = 500_000
TAIL = 1_500_000
"""Bytes of the output's beginning and of its end that are kept."""

# Colours, cursor movements and titles of terminals: ECMA-48's CSI and OSC sequences, and the rest.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")


class KeptLog:
    """Output in bounded memory. Any thread may write and read."""

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._head_limit, self._tail_limit = head, tail
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self._lock = threading.Lock()
        self.written = 0
        """Bytes of all that was written."""

    def write(self, piece: bytes) -> None:
        """Add a piece of output."""
        with self._lock:
            self.written += len(piece)
            room = max(0, self._head_limit - len(self._head))
            self._head += piece[:room]
            rest = piece[room:][-self._tail_limit :]
            if rest:
                self._tail.append(rest)
                self._tail_size += len(rest)
            while self._tail and self._tail_size - len(self._tail[0]) >= self._tail_limit:
                self._tail_size -= len(self._tail.popleft())

    @property
    def left_out(self) -> int:
        """Bytes that were printed and are no longer here."""
        with self._lock:
            return self.written - len(self._head) - self._tail_size

    def chunks(self) -> list[bytes]:
        """Return what is kept; a line tells how much is missing between beginning and end."""
        with self._lock:
            head, tail = bytes(self._head), list(self._tail)
            missing = self.written - len(head) - self._tail_size
        if missing:
            head += f"\n[tracker: {missing:,} bytes are not kept here]\n".encode()
        return [head, *tail]

    def text(self) -> str:
        """Return what is kept as text; what is no UTF-8 shows as replacement characters."""
        return b"".join(self.chunks()).decode("utf-8", "replace")

    def last_lines(self, count: int, width: int = 2000) -> list[str]:
        """Return the last lines as a terminal would show them, without its escapes.

        Of a line that was written over, as progress bars do, the last version; each line is cut to
        its last `width` characters.
        """
        with self._lock:
            recent = b"".join([*list(self._tail)[-64:]]) if self._tail else bytes(self._head)
        text = recent[-count * width :].decode("utf-8", "replace")
        lines = _ESCAPES.sub("", text).replace("\r\n", "\n").rstrip("\r\n").split("\n")
        return [line.rstrip("\r").rpartition("\r")[2][-width:] for line in lines[-count:] if line]
