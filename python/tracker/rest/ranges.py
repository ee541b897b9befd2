"""Parts of a file that a client asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,20})\s*-\s*(\d{0,20})\s*", re.IGNORECASE | re.ASCII)


def asked_range(headers: Mapping[str, str], size: int) -> range | None:
    """Return the bytes of a file of `size` to send; None where there are none of those asked for.

    All of them where nothing was asked, several parts were, or a part of an older file (If-Range).
    """
    everything = range(size)
    asked = _RANGE.fullmatch(headers.get("Range", ""))
    if asked is None or "If-Range" in headers or asked[0].strip().endswith("=-"):
        return everything
    first, last = asked.groups()
    if not first:
        found = everything[size - min(int(last), size) :] if last else everything
    elif last and int(last) < int(first):
        return everything
    else:
        found = everything[int(first) : int(last) + 1 if last else size]
    return found if len(found) else None
