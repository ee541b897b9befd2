"""One MLproject with a question to it, and how our answer may differ from MLflow's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

ASPECTS: Final = ("error", "name", "environment", "entry_points", "declared", "command", "params")
"""What is compared. An error ends an answer, so that nothing else is compared then."""


@dataclass(frozen=True)
class Difference:
    """An aspect in which we mean to differ: what we answer, and why."""

    ours: object
    why: str


@dataclass(frozen=True)
class Case:
    """`text` is the MLproject's (None where there is none), `files` others by name and content.

    In `differs` an error is what our text begins with. "<project>" stands for the folder.
    """

    name: str
    text: str | bytes | None
    params: Mapping[str, object] = field(default_factory=dict)
    entry: str = "main"
    files: Mapping[str, str] = field(default_factory=dict)
    file: str = "MLproject"
    elsewhere: bool = False
    differs: Mapping[str, Difference] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Make the project's files in a folder."""
        if self.text is not None:
            content = self.text if isinstance(self.text, bytes) else self.text.encode()
            (folder / self.file).write_bytes(content)
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)


def refused(ours: str, why: str) -> dict[str, Difference]:
    """Both fail, with different words: MLflow with a traceback of its own insides."""
    return {"error": Difference(ours, why)}
