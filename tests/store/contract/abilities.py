"""What not every store can do, because what it stands for cannot."""

from __future__ import annotations


class Abilities:
    tells_totals = True
    """Pages of results say how many results there are in all."""
    keeps_the_order_logged = True
    """Points come back in the order logged; otherwise by time, step and value."""
    keeps_every_float = True
    """Infinities and the sign of zero come back as they were."""
    removes_for_good = True
    """Runs can be removed, not only moved to the bin."""
    merges_tags_of_inputs = True
    """A data set that is recorded again adds its tags."""
    finds_by_artifact_uri = True
    """Runs can be searched by the URI that they are said to have."""
