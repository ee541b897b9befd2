"""MLprojects: read, fetched, given an environment, run, and their runs recorded.

    sources       a URI -> a folder on this machine that holds the project (`Checkout`)
    spec          that folder -> what its MLproject says (`Project`, `EntryPoint`)
    command       an entry point and parameters -> the command that will run (`Command`)
    trust         what was agreed to before; what to show to whoever is asked
    environments  an environment's definition -> one that is made, cached by its content
    planning      all of these -> what would be executed (`Plan`)
    running       a plan -> its run in the store (`recording`) and a `SubmittedRun`
    supervisor    a process for each run, so that no kernel's end leaves one behind: makes the
                  environment, serves the store, keeps the output, ends the run
    backends      where it runs: this machine, Dask, Kubernetes, or an entry point of others
    sweeping      many runs of one project over its parameters: a `Sweep`

`model` holds what they hand to each other. What a project's files say is hostile until checked:
nothing of it is executed, and no file outside its folder is read, before the user agreed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.projects.running import run
    from tracker.projects.submitted import SubmittedRun
    from tracker.projects.sweep_engine import Sweep
    from tracker.projects.sweeping import sweep

_PLACES = {
    "SubmittedRun": "submitted",
    "Sweep": "sweep_engine",
    "run": "running",
    "sweep": "sweeping",
}
"""Public names by the module that has them; loaded when first used."""

__all__ = ["SubmittedRun", "Sweep", "run", "sweep"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
