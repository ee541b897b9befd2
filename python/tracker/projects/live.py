"""Output on its way to whoever started the run, as it comes."""

from __future__ import annotations

import os
import threading
from collections import deque

BUFFER = 1_000_000
"""Bytes that wait for a reader that is slower than the project."""


class Live:
    """A pipe to a reader. With `may_wait` nothing is lost, and a slow reader slows the writer.

    Without it nobody waits for the reader: what it does not take in time is left out, the oldest
    first, and a line says how much.
    """

    def __init__(self, file: int, *, may_wait: bool) -> None:
        self._file = file
        self._may_wait = may_wait
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._dropped = 0
        self._is_open = True
        self._changed = threading.Condition()
        threading.Thread(target=self._send, name="tracker-live", daemon=True).start()

    def write(self, piece: bytes) -> None:
        """Pass a piece on."""
        with self._changed:
            if self._may_wait:
                self._changed.wait_for(lambda: self._size < BUFFER or not self._is_open)
            if not self._is_open:
                return
            self._pieces.append(piece)
            self._size += len(piece)
            while self._size > BUFFER and len(self._pieces) > 1 and not self._may_wait:
                oldest = len(self._pieces.popleft())
                self._size -= oldest
                self._dropped += oldest
            self._changed.notify_all()

    def finish(self, seconds: float) -> None:
        """Wait until all has been taken, or for so long."""
        with self._changed:
            self._changed.wait_for(lambda: not self._size or not self._is_open, seconds)

    def _send(self) -> None:
        while self._is_open:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._pieces))
                piece = taken = self._pieces.popleft()
                if self._dropped:
                    piece = f"\n[tracker: {self._dropped:,} bytes came too fast]\n".encode() + piece
                    self._dropped = 0
            self._write(piece)
            with self._changed:
                self._size -= len(taken)
                self._changed.notify_all()

    def _write(self, piece: bytes) -> None:
        try:
            while piece:
                piece = piece[os.write(self._file, piece) :]
        except OSError:  # the reader is gone
            self._is_open = False
