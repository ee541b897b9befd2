"""Following the tokens of pages to the last one, which a server may never come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sized
from typing import TypeVar

from tracker.errors import StoreError

PAGES_LIMIT = 5000
"""Pages that are asked for, each of the largest size there is."""

T = TypeVar("T", bound=Sized)


def follow(
    ask: Callable[[str | None], tuple[T, str | None]], what: str, token: str | None = None
) -> Iterator[T]:
    """Yield pages from that of a token on; `ask` returns one by its token, and the next token.

    Raises StoreError where they have no end: `what` says of what.
    """
    seen: set[str] = set()
    for _ in range(PAGES_LIMIT):
        page, token = ask(token)
        yield page
        if token is None:
            return
        if not len(page) or token in seen:
            break
        seen.add(token)
    raise StoreError(
        f"The tracking server goes on handing out pages of {what} without an end; they were given "
        "up."
    )
