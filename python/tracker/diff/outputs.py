"""What runs showed: the text of their cells in order, and their figures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from tracker.artifacts import Artifacts
from tracker.capture import tags
from tracker.capture.outputs import FIGURE_TYPES, figures
from tracker.diff.model import Outputs, Picture
from tracker.errors import TrackerError

MOST_TEXT = 100_000
"""Characters of text that are compared."""
MOST_PICTURES = 20
_LARGEST_FILE = 32_000_000
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_MIMES = {ending: mime for mime, ending in FIGURE_TYPES.items()}


def outputs_of(artifacts: Artifacts | None) -> Outputs:
    """Return what a run showed; nothing where it kept none, or none that can be read."""
    kept = _kept(artifacts)
    text = "".join(_texts(kept))[:MOST_TEXT].rstrip("\n")
    try:
        pictures = [
            Picture(figure.name, _MIMES[figure.name.rpartition(".")[2]], figure.content)
            for figure in figures(kept)[:MOST_PICTURES]
        ]
    except (AttributeError, TypeError):
        pictures = []
    return Outputs(text, tuple(pictures))


def _kept(artifacts: Artifacts | None) -> list[dict[str, object]]:
    if artifacts is None:
        return []
    try:
        with artifacts.open(tags.OUTPUTS_FILE) as file:
            kept = json.loads(file.read(_LARGEST_FILE))
    except (TrackerError, ValueError, RecursionError):
        return []
    return [each for each in kept if isinstance(each, dict)] if isinstance(kept, list) else []


def _texts(kept: list[dict[str, object]]) -> Iterator[str]:
    for output in kept:
        text = _text(output)
        if text:
            yield text if text.endswith("\n") else f"{text}\n"


def _text(output: Mapping[str, object]) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return _ESCAPES.sub("", _joined(output.get("text")))
    if kind == "error":
        return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
    data = output.get("data")
    if not isinstance(data, dict) or any(mime in data for mime in FIGURE_TYPES):
        return ""
    return _joined(data.get("text/plain"))


def _joined(value: object) -> str:
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""
