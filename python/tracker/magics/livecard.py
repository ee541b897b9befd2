"""The card below a running cell: what the store knows of the run, shown again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tracker.magics.channel import Channel
from tracker.rendering.card import Card
from tracker.rendering.refresher import Refresh, refresher


class LiveCard:
    """Shows a card when the cell begins, keeps it fresh from a thread, shows the last one."""

    def __init__(self, channel: Channel, compose: Callable[[], Card], *, interval: float) -> None:
        self._channel = channel
        self._compose = compose
        self._refresh = Refresh(self._update, interval)
        self._lock = threading.Lock()
        self._is_over = False
        self._last: Card | None = None

    @property
    def is_live(self) -> bool:
        """Whether what becomes known later can still be shown."""
        return self._channel.is_live

    def start(self, first: Card) -> None:
        """Show the first card and begin to keep it fresh."""
        self._channel.show(first)
        if self._channel.is_live:
            refresher.add(self._refresh)

    def stop(self) -> None:
        """Leave the card as it is."""
        refresher.remove(self._refresh)
        with self._lock:
            self._is_over = True

    def finish(self, last: Card, *, is_shown: bool) -> None:
        """Show the card as it stays. `is_shown` says that nobody cleared the output."""
        self.stop()
        with self._lock:
            self._channel.finish(last, is_shown=is_shown)
            self._last = last

    def amend(self) -> None:
        """Show the card again once the cell has ended, for what became known only then.

        Until then the card is kept fresh anyway.
        """
        if not self._channel.is_live:
            return
        with self._lock:
            if self._last is not None:
                self._channel.update(self._compose())

    def _update(self) -> None:
        card = self._compose()
        with self._lock:
            if not self._is_over:
                self._channel.update(card)
