"""What the widgets share: they stay fresh while anything runs, and leave a picture behind."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from html import escape
from typing import Any

import ipywidgets

from tracker.entities import Run, RunStatus
from tracker.errors import FilterError, TrackerError
from tracker.rendering.refresher import Refresh, refresher
from tracker.rendering.wording import clean
from tracker.store.base import Store
from tracker.tracking import active, session

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"
VIEW_MIME = "application/vnd.tracker.view+json"
"""Where the panel is there, it shows the widget while its kernel lives, and the picture after."""
INTERVAL = 1.0
"""Seconds between two looks at the store, at least."""
MOST_LIVE = 12
"""Widgets that follow the store at once: those of cells run long ago rest."""

_live: dict[View, None] = {}
"""Those that follow the store, the oldest first."""
_live_lock = threading.RLock()
"""Reentrant: a widget closes itself as it is collected, wherever in this module that may happen."""


class View(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """A widget of runs.

    `_static` is what stands in its place where no widget can be shown; `_look` draws it anew when
    something changed in the store.
    """

    _refresh: Refresh | None = None  # a widget that could not be made is closed all the same

    def __init__(self, **options: Any) -> None:
        active.settle()  # what is still being written of runs that ended
        self._problem = ipywidgets.HTML(layout=ipywidgets.Layout(display="none"))
        self._store: Store = session.current_store()
        self._lock = threading.RLock()
        self._handle: Any = None
        self._published: dict[str, str] = {}
        self._is_quiet = 0
        self._revision: int | None = None
        super().__init__(**options)
        self.add_class("tracker-widget")

    # -- what it shows ----------------------------------------------------------------------

    @abstractmethod
    def _look(self) -> None:
        """Read the store and draw what changed. Raises TrackerError."""

    @abstractmethod
    def _static(self) -> dict[str, str]:
        """Return what is shown instead of the widget, by media type, without text/plain."""

    @abstractmethod
    def _text(self) -> str:
        """Return it as text."""

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**options)
        view = bundle.get(WIDGET_MIME)
        ours = {VIEW_MIME: view} if view else {}
        return {**bundle, **ours, **self._picture_bundle()}

    def _picture_bundle(self) -> dict[str, str]:
        return {**self._static(), "text/plain": self._text()}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        self._published = self._picture_bundle()
        self._handle = display(  # type: ignore[no-untyped-call]
            self._repr_mimebundle_(), raw=True, display_id=True
        )

    def _publish(self) -> None:
        """Let the notebook keep the picture as it became, once no run will change it soon."""
        if self._handle is None or not self._is_settled():
            return
        picture = self._picture_bundle()
        if picture != self._published:
            self._published = picture
            self._handle.update(self._repr_mimebundle_(), raw=True)

    @abstractmethod
    def _is_settled(self) -> bool:
        """Whether none of the runs that are shown goes on."""

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Change several traits and controls, and draw once, afterwards."""
        self._is_quiet += 1
        try:
            yield
        finally:
            self._is_quiet -= 1

    def _draw(self, *_: object) -> None:
        """Draw it now, for a person who changed something."""
        if self._is_quiet:
            return
        with self._lock:
            try:
                self._look()
            except TrackerError as error:
                self._say(_told(error))

    def _say(self, problem: str) -> None:
        """Show what went wrong, as text that a screen reader tells at once; "" for nothing."""
        self._problem.value = (
            '<pre role="alert" style="margin:0;color:var(--jp-error-color1,#d32f2f);'
            f'white-space:pre-wrap">{escape(problem)}</pre>'
        )
        self._problem.layout.display = "" if problem else "none"

    # -- staying fresh ----------------------------------------------------------------------

    def _follow(self) -> None:
        """Look at the store now and ever again, until it is closed or many others came.

        Raises TrackerError where there is nothing to be shown from the first.
        """
        try:
            self._look()
        except TrackerError:
            self.close()
            raise
        with _live_lock:
            _live[self] = None
            oldest = next(iter(_live)) if len(_live) > MOST_LIVE else None
        if oldest is not None:
            oldest._rest()
        self._refresh = Refresh(self._notice, INTERVAL)
        refresher.add(self._refresh)

    def _rest(self) -> None:
        with _live_lock:
            _live.pop(self, None)
        if self._refresh is not None:
            refresher.remove(self._refresh)

    def _notice(self) -> None:
        revision = self._store.changes().revision
        with self._lock, suppress(TrackerError):
            if revision != self._revision:
                self._look()
                self._revision = revision
            self._publish()

    def close(self) -> None:
        """Take the widget and what it is made of away, and leave the store alone."""
        self._rest()
        for part in _parts(self):
            part.close()
        super().close()


def _parts(box: ipywidgets.Box) -> Iterator[ipywidgets.Widget]:
    """Yield what a box holds, and what boxes in it hold."""
    for part in box.children:
        if isinstance(part, ipywidgets.Box):
            yield from _parts(part)
        yield part


def all_ended(runs: Iterable[Run]) -> bool:
    """Whether none of these runs goes on."""
    return not any(run.info.status in (RunStatus.RUNNING, RunStatus.SCHEDULED) for run in runs)


def _told(error: TrackerError) -> str:
    """Return the error for a person; where it is a filter's, with the wrong word pointed at."""
    if not isinstance(error, FilterError):
        return clean(str(error), 400)
    text = "".join(character if character.isprintable() else " " for character in error.text)
    start = max(0, error.column - 60)
    return f"{text[start : error.column + 40]}\n{' ' * (error.column - 1 - start)}^ {error}"
