"""Journals: how a point that was logged is on disk a microsecond later, and how it is read back.

    writer = create_journal(folder, run_id)          one for each process and run
    writer.log(key, value, timestamp, step)          durable when it returns
    page = read_journal(writer.path)                 at any time, in any process

`journal_format` has the bytes, `journal_writer` and `journal_reader` the two ends,
`journal_summaries` what the background thread keeps of them.
"""

from tracker.store.sqlite.journal_format import JournalClosed, JournalHeader, Series
from tracker.store.sqlite.journal_reader import (
    JournalPage,
    SeriesPoints,
    read_header,
    read_journal,
)
from tracker.store.sqlite.journal_summaries import SummaryFolder, fold, fold_page, merge
from tracker.store.sqlite.journal_writer import JournalWriter, create_journal, list_journals

__all__ = [
    "JournalClosed",
    "JournalHeader",
    "JournalPage",
    "JournalWriter",
    "Series",
    "SeriesPoints",
    "SummaryFolder",
    "create_journal",
    "fold",
    "fold_page",
    "list_journals",
    "merge",
    "read_header",
    "read_journal",
]
