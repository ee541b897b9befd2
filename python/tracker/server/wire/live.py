"""What changed, told while it does."""

from __future__ import annotations

from typing import Literal, TypedDict

from tracker.server.wire.runs import RunRow


class LiveMessage(TypedDict):
    """Sent at connect (with no runs) and whenever the store changed, at most 5 times a second.

    What was read before the first message may be older than its `revision`. `runs` are the rows
    that changed since the last message; where more than 200 changed at once, runs were removed for
    good, or the store itself came, went or was replaced, `truncated` is true, `runs` may be empty
    and the client reads again. Where there is no store yet `revision` is 0.
    """

    type: Literal["changes"]
    revision: int
    runs: list[RunRow]
    experiments_changed: bool
    truncated: bool
