"""The colours of runs: the panel's, so that a run looks the same in a cell and in the sidebar."""

from __future__ import annotations

from collections.abc import Sequence

PALETTE = (
    "#6786fd", "#d9700f", "#14a673", "#ee5363", "#ae6beb", "#af8c11", "#0c9dd6", "#da58b1",
    "#759e07", "#056bc0", "#b33d1b", "#168021", "#6955c0", "#af3767", "#915e07", "#017c6c",
)  # fmt: skip
"""Each has a contrast of about 3:1 or more on white and on near-black."""


def colours(run_ids: Sequence[str]) -> dict[str, str]:
    """Return each run's colour: it follows from its id, and moves on where it is taken already."""
    taken: set[int] = set()
    chosen: dict[str, str] = {}
    for run_id in dict.fromkeys(run_ids):
        index = _hash(run_id) % len(PALETTE)
        while index in taken and len(taken) < len(PALETTE):
            index = (index + 1) % len(PALETTE)
        taken.add(index)
        chosen[run_id] = PALETTE[index]
    return chosen


def _hash(text: str) -> int:
    """FNV-1a, 32 bits."""
    value = 0x811C9DC5
    for character in text:
        value = ((value ^ ord(character)) * 0x01000193) & 0xFFFFFFFF
    return value
