"""A file that arrives over HTTP, as a file to read and to move about in."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import BinaryIO

    import httpx
    from _typeshed import WriteableBuffer

Ask = Callable[[int], "httpx.Response"]
"""Returns the open answer that holds the file from this byte on, or, with status 200, all of it."""

_CHUNK = 1 << 16


class _Raw(io.RawIOBase):
    """The bytes of the file; who moves elsewhere than on asks the server again."""

    def __init__(self, ask: Ask, in_words: Callable[[], AbstractContextManager[None]]) -> None:
        self._ask = ask
        self._in_words = in_words
        self._position = 0
        self._begin(ask(0), 0)
        length = self._response.headers.get("Content-Length", "")
        self._size = int(length) if length.isdecimal() and len(length) < 19 else None

    def _begin(self, response: httpx.Response, at: int) -> None:
        self._response = response
        self._chunks: Iterator[bytes] = response.iter_bytes(_CHUNK)
        self._left = b""
        self._at = at

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            if self._size is None:
                raise io.UnsupportedOperation("the server does not tell how long the file is")
            offset += self._size
        if offset < 0:
            raise ValueError("there is nothing before the beginning of a file")
        self._position = offset
        return offset

    def readinto(self, buffer: WriteableBuffer) -> int:
        if self._size is not None and self._position >= self._size:
            return 0
        with self._in_words():
            if self._position != self._at:
                self._move()
            if not self._fill():
                return 0
        view = memoryview(buffer).cast("B")
        part = self._take(len(view))
        view[: len(part)] = part
        self._position = self._at
        return len(part)

    def _move(self) -> None:
        """Go on from the position, whether the server gives a part of the file or all of it."""
        if self._position < self._at or self._position - self._at > _CHUNK:
            self._response.close()
            response = self._ask(self._position)
            self._begin(response, self._position if response.status_code == 206 else 0)
        while self._at < self._position and self._fill():
            self._take(self._position - self._at)

    def _fill(self) -> bool:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return False
            self._left = chunk
        return True

    def _take(self, size: int) -> bytes:
        part, self._left = self._left[:size], self._left[size:]
        self._at += len(part)
        return part

    def close(self) -> None:
        if not self.closed:
            self._response.close()
        super().close()


def body_reader(ask: Ask, in_words: Callable[[], AbstractContextManager[None]]) -> BinaryIO:
    """Return a file that is asked for, to be closed. Raises what the first asking does."""
    return cast("BinaryIO", io.BufferedReader(_Raw(ask, in_words), 1 << 18))
