"""The arguments of a `%%track` line that was executed."""

from __future__ import annotations

from tracker.capture.trackline import TrackRequest, parse_track_line
from tracker.errors import InvalidValue


def read_track_line(arguments: str) -> TrackRequest:
    """Return what the line asked for; one that cannot be read asked for nothing."""
    try:
        return parse_track_line(arguments)
    except InvalidValue:
        return TrackRequest()
