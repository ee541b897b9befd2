"""Listening to what a cell shows, without being in its way.

The methods that print and display are wrapped on the very objects that IPython uses, as IPython
does for its own history: whoever holds `sys.stdout` is heard too, from any thread, and people's
`isinstance` checks still hold. ipykernel's message hooks would not do: they belong to one thread,
and those of its streams to a thread that is not the user's.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tracker.capture.outputs import OutputList, StreamName

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

Listener = Callable[..., None]


class _Tap:
    """One wrapped method. `listen` gets the call's arguments before the method does its work.

    In a child process that was forked meanwhile nobody listens: what it shows goes its own way,
    and a lock that another thread held when it was forked would never be let go.
    """

    def __init__(self, owner: object, name: str, listen: Listener) -> None:
        self.owner = owner
        self.name = name
        self.was_own = name in vars(owner)
        self.original = getattr(owner, name)
        self.is_open = True
        self.failure: Exception | None = None
        pid = os.getpid()

        def heard(*args: Any, **kwargs: Any) -> Any:
            if self.is_open and os.getpid() == pid:
                try:
                    listen(*args, **kwargs)
                except Exception as error:  # what cannot be kept must still be shown
                    self.is_open = False
                    self.failure = error
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
    """Feeds an `OutputList` with everything that a shell shows from `open` until `close`.

    Without one it only notices whether the output is cleared. With `thread` only what that thread
    shows is heard: what a run in a thread of its own prints is its own.
    """

    def __init__(
        self, shell: InteractiveShell, outputs: OutputList | None, thread: int | None = None
    ) -> None:
        self._shell = shell
        self._outputs = outputs
        self._thread = thread
        self._taps: list[_Tap] = []
        self._failure: Exception | None = None
        self.was_cleared = False

    def open(self) -> None:
        """Begin to listen. What cannot be listened to is left alone."""
        self._tap(self._shell.display_pub, "clear_output", self._cleared)
        if self._outputs is not None:
            self._tap(sys.stdout, "write", self._printed(self._outputs, "stdout"))
            self._tap(sys.stderr, "write", self._printed(self._outputs, "stderr"))
            self._tap(self._shell.display_pub, "publish", self._published)
            self._tap(self._shell.displayhook, "write_format_data", self._resulted)

    def renew(self) -> None:
        """Listen to the next cell too: IPython puts its streams back when a cell ends."""
        failure = self.close()
        self._failure = self._failure or failure
        self.open()

    def _tap(self, owner: object, name: str, listen: Listener) -> None:
        thread = self._thread

        def heard(*args: Any, **kwargs: Any) -> None:
            if threading.get_ident() == thread:
                listen(*args, **kwargs)

        try:
            self._taps.append(_Tap(owner, name, listen if thread is None else heard))
        except (AttributeError, TypeError):  # an object that takes no attributes
            return

    def close(self) -> Exception | None:
        """Stop listening, leave everything as it was; return what a listener failed with."""
        failures = [self._failure, *(tap.failure for tap in self._taps)]
        for tap in reversed(self._taps):
            tap.close()
        self._taps.clear()
        return next((failure for failure in failures if failure is not None), None)

    def _printed(self, outputs: OutputList, name: StreamName) -> Listener:
        shell, write = self._shell, outputs.write

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
        if self._outputs is None:
            return
        display_id = (transient or {}).get("display_id")
        if not update:
            self._outputs.show("display_data", data, metadata, display_id=display_id)
        elif display_id is not None:
            self._outputs.update(display_id, data, metadata)

    def _cleared(self, wait: bool = False) -> None:
        self.was_cleared = True
        if self._outputs is not None:
            self._outputs.clear(wait)

    def _resulted(self, data: dict[str, object], metadata: dict[str, object] | None = None) -> None:
        if self._outputs is None:
            return
        count = self._shell.displayhook.prompt_count
        self._outputs.show("execute_result", data, metadata, execution_count=count)
