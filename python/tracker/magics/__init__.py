"""`%load_ext tracker`: the magics `%%track`, `%mlexport` and `%mlrun`, and their hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from tracker.magics.extension import Extension

_ATTRIBUTE = "_tracker_extension"
"""Where a shell keeps what was loaded into it."""


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Begin to record the shell's `%%track` cells. Called again it does nothing."""
    from tracker.magics.commands import TrackerMagics
    from tracker.magics.extension import Extension

    if getattr(shell, _ATTRIBUTE, None) is not None:
        return
    extension = Extension(shell)
    extension.load()
    shell.register_magics(
        TrackerMagics(shell, extension.session, extension.config, lambda: extension.auto)
    )
    setattr(shell, _ATTRIBUTE, extension)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take everything out of the shell again."""
    from tracker.magics.commands import remove_magics

    extension: Extension | None = getattr(shell, _ATTRIBUTE, None)
    if extension is not None:
        setattr(shell, _ATTRIBUTE, None)
        extension.unload()
        remove_magics(shell)
