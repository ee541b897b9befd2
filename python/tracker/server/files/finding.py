"""Looking for a text in a file that is too large to be loaded."""

from __future__ import annotations

import re

from tracker.errors import InvalidValue
from tracker.server.files.openfile import OpenArtifact
from tracker.server.wire import FindAnswer, FoundRow

FIND_BUDGET = 32 * 1024 * 1024
"""Bytes that one request looks through."""
FOUND_LIMIT = 500
LONGEST_TEXT = 200
_AROUND = 80
_PIECE = 1024 * 1024


def find_text(artifact: OpenArtifact, text: str, offset: int) -> FindAnswer:
    """Return where a text stands from a byte on, capital letters or small. Raises InvalidValue."""
    if not text or len(text) > LONGEST_TEXT:
        raise InvalidValue(f"The text to find has 1 to {LONGEST_TEXT} characters.")
    wanted = re.compile(re.escape(text.encode("utf-8", "replace")), re.IGNORECASE)
    overlap = len(text.encode("utf-8", "replace")) - 1 + _AROUND
    found: list[FoundRow] = []
    position = min(max(0, offset), artifact.size)
    budget_end = position + FIND_BUDGET
    while position < min(artifact.size, budget_end):
        begin = max(0, position - _AROUND)
        artifact.file.seek(begin)
        piece = artifact.file.read(position - begin + _PIECE + overlap)
        end = min(position + _PIECE, artifact.size)
        for match in wanted.finditer(piece, position - begin):
            if begin + match.start() >= end:
                break
            if len(found) == FOUND_LIMIT:
                return _answer(artifact, found, begin + match.start())
            found.append(_found_row(piece, match, begin))
        if not piece:
            break  # the file has grown shorter
        position = end
    return _answer(artifact, found, position if position < artifact.size else None)


def _answer(artifact: OpenArtifact, found: list[FoundRow], position: int | None) -> FindAnswer:
    return {"path": artifact.path, "size": artifact.size, "found": found, "next": position}


def _found_row(piece: bytes, match: re.Match[bytes], begin: int) -> FoundRow:
    before = piece[max(0, match.start() - _AROUND) : match.start()].rpartition(b"\n")[2]
    after = piece[match.end() : match.end() + _AROUND].partition(b"\n")[0]
    return {
        "offset": begin + match.start(),
        "before": before.decode("utf-8", "ignore"),
        "match": match[0].decode("utf-8", "replace"),
        "after": after.decode("utf-8", "ignore"),
    }
