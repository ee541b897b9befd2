"""The magics as IPython lists, completes and explains them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from tracker.capture.session import SessionLog
from tracker.capture.trackline import track_help
from tracker.magics.arguments import read_track_line

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

    from tracker.comparing import Comparison
    from tracker.configuration import Tracker
    from tracker.magics.autotrack import AutoTrack
    from tracker.projects.submitted import SubmittedRun


@magics_class
class TrackerMagics(Magics):
    """`%%track`, `%compare`, `%mlexport`, `%mlrun`, `%restore` and `%runs`."""

    def __init__(
        self,
        shell: InteractiveShell,
        log: SessionLog,
        config: Tracker,
        auto: Callable[[], AutoTrack],
    ) -> None:
        super().__init__(shell)
        self._auto = auto
        self._shell = shell
        self._log = log
        self._config = config

    @no_var_expand
    @line_cell_magic
    def track(self, line: str, cell: str | None = None) -> None:
        """Record the cell as a run, or with `%track on` every cell that trains.

        `%%track --help` and `%track --help` show the options.
        """
        # A cell that begins with %%track does not come here: `magics.marker` takes the line out.
        # This is for `%track`, and for code that calls the magic.
        if cell is None:
            from tracker.magics.autotrack import HELP

            is_help = line.strip() in ("-h", "--help")
            print(f"{track_help()}\n{HELP}" if is_help else self._auto().command(line))
            return
        if read_track_line(line).help:
            print(track_help())
            return
        result: ExecutionResult = self._shell.run_cell(  # type: ignore[no-untyped-call]
            f"%%track {line}\n{cell}"
        )
        result.raise_error()  # type: ignore[no-untyped-call]

    @no_var_expand
    @line_magic
    def mlexport(self, line: str) -> None:
        """Write what this kernel executed as an MLproject. `%mlexport --help` shows the options."""
        from tracker.magics import exporting

        exporting.export(self._shell, self._log, line)

    @line_magic
    def mlrun(self, line: str) -> SubmittedRun | None:
        """Run a project, live below the cell. `%mlrun --help` shows the options."""
        from tracker.magics.mlrun import mlrun

        return mlrun(self._shell, self._config, line)

    @no_var_expand
    @line_magic
    def compare(self, line: str) -> Comparison | None:
        """Show how runs differ. `%compare --help` shows how runs are named."""
        from tracker.magics.compare import compare

        return compare(line)

    @line_magic
    def runs(self, line: str) -> Any:
        """Show runs as a table to filter and tick. `%runs --help` shows the options."""
        from tracker.magics.runs import runs

        return runs(line)

    @line_magic
    def restore(self, line: str) -> None:
        """Write a run's code as a notebook. `%restore --help` shows the options."""
        from tracker.magics.restore import restore

        restore(line)


def remove_magics(shell: InteractiveShell) -> None:
    """Take the magics out of the shell."""
    manager = shell.magics_manager
    for kind in ("line", "cell"):
        for name in ("track", "compare", "mlexport", "mlrun", "restore", "runs"):
            manager.magics[kind].pop(name, None)
    instance = manager.registry.pop(TrackerMagics.__name__, None)
    if instance in shell.configurables:  # where every instance of Magics puts itself
        shell.configurables.remove(instance)
