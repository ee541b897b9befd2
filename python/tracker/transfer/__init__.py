"""Runs from one store to another, and from other trackers' files: ids, times, points, artifacts."""

from tracker.transfer.copying import Progress, copy_runs
from tracker.transfer.recognising import open_source
from tracker.transfer.report import Item, Outcome, Report
from tracker.transfer.source import Choice, Source
from tracker.transfer.storesource import TakeFiles
from tracker.transfer.targets import open_target

__all__ = [
    "Choice",
    "Item",
    "Outcome",
    "Progress",
    "Report",
    "Source",
    "TakeFiles",
    "copy_runs",
    "open_source",
    "open_target",
]
