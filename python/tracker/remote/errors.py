"""How a request can fail that the server did not simply refuse."""

from __future__ import annotations

from tracker.errors import StoreError


class Unreachable(StoreError):
    """There was no usable answer; the same request may succeed later.

    `is_unsent` says that the request surely did not arrive. Otherwise the server may have done what
    was asked, and only its answer is lost.
    """

    error_code = "TEMPORARILY_UNAVAILABLE"

    def __init__(self, message: str, *, is_unsent: bool = False) -> None:
        super().__init__(message)
        self.is_unsent = is_unsent


class Dropped(Unreachable):
    """The connection broke: the server restarts, or closed one that was kept open."""


class Later(Unreachable):
    """The server asks for patience: too many requests, or it is about to be there again."""


class Busy(Unreachable):
    """The server answers, but failed on this very request."""


class NotAllowed(StoreError):
    """The server wants other credentials than it was given."""

    error_code = "PERMISSION_DENIED"


class Refused(StoreError):
    """The server refused for good, in a way that none of our errors stands for."""


class NoSuchEndpoint(StoreError):
    """Nothing is at this address: the server is too old, or none of MLflow's."""

    error_code = "ENDPOINT_NOT_FOUND"
