"""The `%%track` line as a magic reads it: mistakes are told the way IPython tells them."""

from __future__ import annotations

from IPython.core.error import UsageError

from tracker.capture.trackline import TrackRequest, parse_track_line
from tracker.errors import InvalidValue


def read_track_line(line: str) -> TrackRequest:
    """Return what the line after `%%track` asks for. Raises UsageError, one line long."""
    try:
        return parse_track_line(line)
    except InvalidValue as error:
        raise UsageError(error.message) from None
