"""A file that arrives over HTTP, as a file to read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from typing import BinaryIO

    import httpx
    from _typeshed import WriteableBuffer


class _Raw(io.RawIOBase):
    """The bytes of an answer, as they come."""

    def __init__(
        self, response: httpx.Response, in_words: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._response = response
        self._in_words = in_words
        self._chunks: Iterator[bytes] = response.iter_bytes(1 << 16)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        with self._in_words():
            while not self._left:
                chunk = next(self._chunks, None)
                if chunk is None:
                    return 0
                self._left = chunk
        part, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._response.close()
        super().close()


def body_reader(
    response: httpx.Response, in_words: Callable[[], AbstractContextManager[None]]
) -> BinaryIO:
    """Return the answer's body as a binary file; closing it ends the connection."""
    return cast("BinaryIO", io.BufferedReader(_Raw(response, in_words), 1 << 18))
