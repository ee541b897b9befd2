"""Pages of results: how many rows, from where, and the token that asks for the next page."""

from __future__ import annotations

import base64
import binascii
import json

from tracker.errors import InvalidValue
from tracker.store.base import SEARCH_MAX_RESULTS_LIMIT


def check_max_results(max_results: int) -> int:
    """Return `max_results` where it is a page size. Raises InvalidValue."""
    if isinstance(max_results, bool) or not isinstance(max_results, int):
        raise InvalidValue(f"max_results must be a whole number, not {max_results!r}.")
    if not 1 <= max_results <= SEARCH_MAX_RESULTS_LIMIT:
        raise InvalidValue(
            f"max_results must be between 1 and {SEARCH_MAX_RESULTS_LIMIT}, not {max_results}. "
            "Use page_token to read further pages."
        )
    return max_results


def parse_token(token: str | None) -> int:
    """Return how many results lie before the page that `token` asks for. Raises InvalidValue."""
    if not token:
        return 0
    try:
        offset = json.loads(base64.b64decode(token, validate=True))["offset"]
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        offset = None
    if type(offset) is not int or not 0 <= offset < 2**63:
        raise InvalidValue(
            f"The page token {token[:60]!r} is not one that a search returned. "
            "Leave it out to start from the first page."
        )
    return offset


def next_token(offset: int, returned: int, total: int) -> str | None:
    """Return the token of the page after this one, None where this was the last."""
    following = offset + returned
    if returned == 0 or following >= total:
        return None
    return token_at(following)


def token_at(offset: int) -> str:
    """Return the token of the page that begins at this place of the list."""
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()
