"""Everything a person may want to set, as the traits of one traitlets class.

    %config Tracker.capture_outputs = False        # in a notebook
    c.Tracker.experiment = "diabetes"              # in ipython_config.py

Loaded by the notebook's face only: `import tracker` does without traitlets.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from traitlets import Bool, Float, Int, Unicode
from traitlets.config import Configurable

from tracker.tracking import session
from tracker.tracking.environment import variable

if TYPE_CHECKING:
    from traitlets.utils.bunch import Bunch


class Tracker(Configurable):
    """How tracker records the cells of this kernel."""

    tracking_uri = Unicode(
        help="Store to record to: a folder or a URI. Empty: the store of the notebook's folder."
    ).tag(config=True)
    experiment = Unicode(
        help="Experiment of runs for which neither -e nor set_experiment names one."
    ).tag(config=True)
    infer_params = Bool(
        True, help="Record the literals that a %%track cell assigns at its top level as params."
    ).tag(config=True)
    capture_outputs = Bool(
        True, help="Keep what a %%track cell prints and shows, its figures as files."
    ).tag(config=True)
    capture_environment = Bool(
        True, help="Keep the versions of Python and of the distributions that were imported."
    ).tag(config=True)
    capture_code = Bool(
        True, help="Keep the cells that a run depends on, and how the project differs from git."
    ).tag(config=True)
    capture_data = Bool(
        True, help="Note digests of the DataFrames and arrays that a run's cell reads."
    ).tag(config=True)
    save_notebook = Bool(
        True, help="Have JupyterLab save the notebook when a run starts, and keep it as it was."
    ).tag(config=True)
    max_notebook_bytes = Int(
        20_000_000, min=0, help="Bytes of a notebook that a run keeps; beyond, no outputs in it."
    ).tag(config=True)
    system_metrics_after = Float(
        5.0, min=0, help="Seconds after which a run's machine is watched; 0: only if asked for."
    ).tag(config=True)
    track_after = Float(
        10.0, min=0, help="With %track on: seconds after which any cell is a run; 0: never."
    ).tag(config=True)
    max_output_text = Int(
        1_000_000, min=0, help="Characters of printed output that a run keeps."
    ).tag(config=True)
    max_output_bytes = Int(
        25_000_000, min=0, help="Bytes of rich outputs and figures that a run keeps."
    ).tag(config=True)
    max_outputs = Int(200, min=0, help="Number of rich outputs that a run keeps.").tag(config=True)
    show_card = Bool(True, help="Show a card of its run below a %%track cell.").tag(config=True)
    card_interval = Float(
        0.25,
        min=0.25,
        help="Seconds between updates of the card, at least; more in long cells.",
    ).tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if self.tracking_uri:
            session.set_tracking_uri(self.tracking_uri)
        if self.experiment and not _is_experiment_set():
            # As if the environment said so: it is made when the first run needs it.
            os.environ["TRACKER_EXPERIMENT_NAME"] = self.experiment
        self.observe(self._use_tracking_uri, "tracking_uri")
        self.observe(self._use_experiment, "experiment")

    def _use_tracking_uri(self, change: Bunch) -> None:
        session.set_tracking_uri(change["new"] or None)

    def _use_experiment(self, change: Bunch) -> None:
        if change["new"]:
            session.set_experiment(change["new"])


def _is_experiment_set() -> bool:
    return bool(variable("EXPERIMENT_NAME") or variable("EXPERIMENT_ID"))
