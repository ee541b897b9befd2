"""What the owner of a Jupyter server may set: `c.TrackerServer.…` in its configuration."""

from __future__ import annotations

from traitlets import Bool
from traitlets.config import Configurable


class TrackerServer(Configurable):
    """The server's side of tracker."""

    open_beyond_root = Bool(
        default_value=None,
        allow_none=True,
        help="""Whether people may open stores outside of the folder that Jupyter serves, and
        tracking servers. Where it is not set, those may who may use a terminal of this server:
        they can read as much anyway.""",
    ).tag(config=True)
