"""Listening to what a cell shows, without being in its way.

The methods that print and display are wrapped on the very objects that IPython uses, as IPython
does for its own history: whoever holds `sys.stdout` is heard too, from any thread, and people's
`isinstance` checks still hold. ipykernel's message hooks would not do: they belong to one thread,
and those of its streams to a thread that is not the user's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tracker.capture.outputs import OutputList, StreamName

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Listener = Callable[..., None]


class _Tap:
    """One wrapped method. `listen` gets the call's arguments before the method does its work."""

    def __init__(self, owner: object, name: str, listen: Listener) -> None:
        self.owner = owner
        self.name = name
        self.was_own = name in vars(owner)
        self.original = getattr(owner, name)
        self.is_open = True

        def heard(*args: Any, **kwargs: Any) -> Any:
            if self.is_open:
                try:
                    listen(*args, **kwargs)
                except Exception:  # what cannot be kept must still be shown
                    self.is_open = False
            return self.original(*args, **kwargs)

        self.wrapper = heard
        setattr(owner, name, heard)

    def close(self) -> None:
        """Take the wrapper off again; where another lies over it, it only falls silent."""
        self.is_open = False
        if vars(self.owner).get(self.name) is not self.wrapper:
            return
        if self.was_own:
            setattr(self.owner, self.name, self.original)
        else:
            delattr(self.owner, self.name)


class Taps:
    """Feeds an `OutputList` with everything that a shell shows from `open` until `close`."""

    def __init__(self, shell: InteractiveShell, outputs: OutputList) -> None:
        self._shell = shell
        self._outputs = outputs
        self._taps: list[_Tap] = []
        self.was_cleared = False

    def open(self) -> None:
        """Begin to listen. What cannot be listened to is left alone."""
        shell = self._shell
        for owner, name, listen in (
            (sys.stdout, "write", self._printed("stdout")),
            (sys.stderr, "write", self._printed("stderr")),
            (shell.display_pub, "publish", self._published),
            (shell.display_pub, "clear_output", self._cleared),
            (shell.displayhook, "write_format_data", self._resulted),
        ):
            try:
                self._taps.append(_Tap(owner, name, listen))
            except (AttributeError, TypeError):  # an object that takes no attributes
                continue

    def close(self) -> None:
        """Stop listening and leave everything as it was."""
        for tap in reversed(self._taps):
            tap.close()
        self._taps.clear()

    def _printed(self, name: StreamName) -> Listener:
        shell, write = self._shell, self._outputs.write

        def listen(text: str, *args: object) -> None:
            # A terminal prints displays and results as well; they are kept as what they are.
            is_rich = (
                getattr(shell.display_pub, "is_publishing", False)
                or getattr(shell.displayhook, "is_active", False)
                or getattr(shell, "showing_traceback", False)
            )
            if text and not is_rich:
                write(name, text)

        return listen

    def _published(
        self,
        data: dict[str, object],
        metadata: dict[str, object] | None = None,
        *args: object,
        transient: dict[str, str] | None = None,
        update: bool = False,
        **kwargs: object,
    ) -> None:
        display_id = (transient or {}).get("display_id")
        if not update:
            self._outputs.show("display_data", data, metadata, display_id=display_id)
        elif display_id is not None:
            self._outputs.update(display_id, data, metadata)

    def _cleared(self, wait: bool = False) -> None:
        self.was_cleared = True
        self._outputs.clear(wait)

    def _resulted(self, data: dict[str, object], metadata: dict[str, object] | None = None) -> None:
        count = self._shell.displayhook.prompt_count
        self._outputs.show("execute_result", data, metadata, execution_count=count)
