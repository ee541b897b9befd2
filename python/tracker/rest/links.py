"""Which logged models a run read and made, kept as tags of the run, one for each model.

A tag is written without reading others first, so two writers never lose each other's links, and
comes with the run whichever store keeps it. Clients of the protocol see inputs and outputs, not
these tags.
"""

from __future__ import annotations

from collections.abc import Mapping

INPUT_MODEL = "tracker.model.input."
"""Begins the key of a tag that names a model which the run read."""
OUTPUT_MODEL = "tracker.model.output."
"""Begins the key of a tag that names a model which the run made; its value is the step."""


def is_link(key: str) -> bool:
    """Whether a tag is one of these."""
    return key.startswith((INPUT_MODEL, OUTPUT_MODEL))


def linked_models(tags: Mapping[str, str], prefix: str) -> dict[str, int]:
    """Return the models of a run by id, and the step of each."""
    return {
        key.removeprefix(prefix): int(value) if value.lstrip("-").isdecimal() else 0
        for key, value in tags.items()
        if key.startswith(prefix)
    }
