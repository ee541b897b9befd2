"""How a card reaches the front end: shown once, replaced in place while the cell runs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Protocol

from IPython.core.displaypub import DisplayPublisher

from tracker.rendering import html, project, text
from tracker.rendering.card import Card
from tracker.rendering.project import ProjectCard

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


class Channel(Protocol):
    """A place for one card."""

    is_live: bool
    """Whether `update` may be called from another thread while the cell runs."""

    def show(self, card: Card) -> None:
        """Put the card where the cell's output has come to."""

    def update(self, card: Card) -> None:
        """Replace the card where it stands."""

    def finish(self, card: Card, *, is_shown: bool) -> None:
        """Show the card as it stays. `is_shown` says whether it still stands somewhere."""


def channel_for(shell: InteractiveShell) -> Channel:
    """Return the channel for the cell that the shell executes now."""
    publisher = shell.display_pub
    if all(hasattr(publisher, name) for name in ("session", "pub_socket", "parent_header")):
        return _Kernel(publisher)
    if type(publisher).publish is DisplayPublisher.publish:
        return _Terminal()
    return _Other(publisher)


def _bundle(card: Card) -> dict[str, str]:
    if isinstance(card, ProjectCard):
        return {"text/html": project.render_html(card), "text/plain": project.render_text(card)}
    return {"text/html": html.render(card), "text/plain": text.render(card)}


def _metadata(card: Card) -> dict[str, Any]:
    # Kept in the notebook's file: it tells which run a cell's output belongs to.
    return {"tracker": {"run_id": card.run.info.run_id}}


class _Kernel:
    """ipykernel. Messages are sent as its publisher sends them, to the cell that began this."""

    is_live = True

    def __init__(self, publisher: Any) -> None:
        self._publisher = publisher
        # The publisher looks this up for each thread; ours must answer to the user's cell.
        self._parent = publisher.parent_header
        self._display_id = uuid.uuid4().hex

    def show(self, card: Card) -> None:
        self._send("display_data", card)

    def update(self, card: Card) -> None:
        self._send("update_display_data", card)

    def finish(self, card: Card, *, is_shown: bool) -> None:
        if is_shown:
            self.update(card)
        else:
            self._publisher._flush_streams()  # what was printed before stands above
            self.show(card)

    def _send(self, kind: str, card: Card) -> None:
        content = {
            "data": _bundle(card),
            "metadata": _metadata(card),
            "transient": {"display_id": self._display_id},
        }
        session = self._publisher.session
        message = session.msg(kind, content, parent=self._parent)
        session.send(self._publisher.pub_socket, message, ident=self._publisher.topic)


class _Terminal:
    """A terminal cannot replace what it printed: it gets the card when the run has ended."""

    is_live = False

    def show(self, card: Card) -> None:
        """Print nothing yet."""

    def update(self, card: Card) -> None:
        """Print nothing yet."""

    def finish(self, card: Card, *, is_shown: bool) -> None:
        print(_bundle(card)["text/plain"])


class _Other:
    """Any other front end behind IPython's publisher; updated from the cell's own thread only."""

    is_live = False

    def __init__(self, publisher: DisplayPublisher) -> None:
        self._publisher = publisher
        self._transient = {"display_id": uuid.uuid4().hex}

    def show(self, card: Card) -> None:
        self._publish(card, update=False)

    def update(self, card: Card) -> None:
        self._publish(card, update=True)

    def finish(self, card: Card, *, is_shown: bool) -> None:
        self._publish(card, update=is_shown)

    def _publish(self, card: Card, *, update: bool) -> None:
        self._publisher.publish(
            _bundle(card), _metadata(card), transient=self._transient, update=update
        )
