"""What an import or export did, run by run, and in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What became of one run."""

    COPIED = "copied"
    """It was not there, and is now."""
    EQUAL = "equal"
    """It was there already, the same in everything."""
    UPDATED = "updated"
    """It was there, differed, and was replaced because that was asked for."""
    DIFFERS = "differs"
    """It is there, differs, and was left as it is."""
    SKIPPED = "skipped"
    """It could not be read or written."""


@dataclass(frozen=True, slots=True)
class Item:
    """One run. `reason` says why, where it is not plain; `target_id` is its id in the target.

    `left` are parts of it that could not be taken along, `notes` what else is worth knowing.
    """

    run_id: str
    run_name: str
    outcome: Outcome
    reason: str = ""
    target_id: str = ""
    left: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """What was found, and what became of it. With `dry_run` nothing was written.

    `models` is the number of logged models that came along. `problems` are what the source itself
    could not read, in sentences, by its path or name.
    """

    found: str
    target: str
    dry_run: bool = False
    items: list[Item] = field(default_factory=list)
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    models: int = 0

    def count(self, outcome: Outcome) -> int:
        """Return for how many runs it came to this."""
        return sum(item.outcome is outcome for item in self.items)

    @property
    def is_complete(self) -> bool:
        """Whether all that the source holds is in the target now, and the same there."""
        return not self.problems and not any(
            item.left or item.outcome in (Outcome.SKIPPED, Outcome.DIFFERS) for item in self.items
        )

    def sentence(self) -> str:
        """Return the outcome in one line."""
        counts = Counter(item.outcome for item in self.items)
        words = [f"{counts[one]} {one}" for one in Outcome if counts[one]]
        unread = len(self.problems)
        if unread:
            words.append(f"{unread} could not be read")
        if self.models:
            words.append(f"logged models: {self.models}")
        done = ", ".join(words) or "there are no runs"
        return f"{'Would be' if self.dry_run else 'Done'}: {done}."

    def as_record(self) -> dict[str, object]:
        """Return all of it as JSON's kinds."""
        return {
            "found": self.found,
            "target": self.target,
            "dry_run": self.dry_run,
            "complete": self.is_complete,
            "models": self.models,
            "counts": {str(one): self.count(one) for one in Outcome},
            "runs": [
                {
                    "run_id": item.run_id,
                    "run_name": item.run_name,
                    "outcome": str(item.outcome),
                    "reason": item.reason,
                    "target_id": item.target_id,
                    "left": list(item.left),
                    "notes": list(item.notes),
                }
                for item in self.items
            ],
            "problems": {place: list(texts) for place, texts in self.problems.items()},
            "notes": list(self.notes),
        }
