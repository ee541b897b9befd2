"""Links of runs to logged models that MLflow's own folders keep in files, read as if tags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, runtime_checkable

from tracker.entities import Run
from tracker.rest.links import INPUT_MODEL, OUTPUT_MODEL
from tracker.store.base import Store


class Links(Protocol):
    """The ids of the models that a run read, and of those that it made with the step of each."""

    @property
    def inputs(self) -> tuple[str, ...]:
        """Models that the run read."""

    @property
    def outputs(self) -> Mapping[str, int]:
        """Models that it made."""


@runtime_checkable
class Linking(Protocol):
    """What knows of links that are kept beside the tags."""

    def model_links(self, run_id: str) -> Links:
        """Return them. Raises NotFound."""


def with_links(store: Store, run: Run) -> Run:
    """Return a run whose links are all among its tags."""
    linking = getattr(store, "adopter", None)
    if not isinstance(linking, Linking):
        return run
    links = linking.model_links(run.info.run_id)
    found = {INPUT_MODEL + model_id: "0" for model_id in links.inputs}
    found |= {OUTPUT_MODEL + model_id: str(step) for model_id, step in links.outputs.items()}
    return replace(run, data=replace(run.data, tags={**found, **run.data.tags}))
