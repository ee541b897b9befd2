"""The way of output to a reader that is quick, slow, or gone."""

from __future__ import annotations

import os
import threading

from tracker.projects.live import BUFFER, Live


def read_all(file: int) -> bytes:
    return b"".join(iter(lambda: os.read(file, 65_536), b""))


def test_a_reader_that_is_waited_for_gets_everything() -> None:
    reading, writing = os.pipe()
    live = Live(writing, may_wait=True)
    pieces = [bytes([number % 256]) * 50_000 for number in range(100)]

    def write() -> None:
        for piece in pieces:
            live.write(piece)
        live.finish(60)
        os.close(writing)

    threading.Thread(target=write).start()
    assert read_all(reading) == b"".join(pieces)
    os.close(reading)


def test_nobody_waits_for_a_reader_that_may_be_left_behind_and_it_gets_the_end() -> None:
    reading, writing = os.pipe()
    live = Live(writing, may_wait=False)
    for number in range(100):
        live.write(f"{number:50000d}".encode())
    live.write(b"the end")

    def finish() -> None:
        live.finish(60)
        os.close(writing)

    threading.Thread(target=finish).start()
    received = read_all(reading)
    os.close(reading)
    assert received.endswith(b"99the end")
    assert b"bytes came too fast" in received
    assert len(received) < BUFFER + 500_000


def test_a_reader_that_is_gone_stops_nobody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    live = Live(writing, may_wait=True)
    for _ in range(100):
        live.write(b"x" * 50_000)
    live.finish(60)
    os.close(writing)
