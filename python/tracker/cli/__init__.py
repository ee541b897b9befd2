"""The command `tracker`: look at runs, take them along, keep the store in order."""

from __future__ import annotations


def main() -> None:
    """Run the command line. Ends the process with 0, 1 (it failed) or 2 (asked wrongly)."""
    from tracker.cli.app import cli

    cli.main(prog_name="tracker")
