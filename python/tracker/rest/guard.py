"""Who may ask: checks of a request's headers, before anything else is done with it.

A server on loopback can be reached by every page in a browser on the machine: by a form, a script
or a name that is made to point at 127.0.0.1 (DNS rebinding). Clients of MLflow's protocol are no
browsers, so nothing from another origin is answered, and no name but this machine's.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tracker.rest.failures import ProtocolError


@dataclass(frozen=True)
class Guard:
    """What is demanded of requests. `token` None: none is; `hosts` None: any name will do."""

    token: str | None = field(default=None, repr=False)
    hosts: frozenset[str] | None = None

    def check(self, headers: Mapping[str, str], *, needs_token: bool = True) -> None:
        """Raise ProtocolError where a request may not be answered."""
        self._check_host(headers.get("Host", ""))
        _check_origin(headers)
        if needs_token and self.token is not None:
            _check_token(self.token, headers.get("Authorization", ""))

    def _check_host(self, header: str) -> None:
        name = host_name(header)
        if self.hosts is not None and name not in self.hosts and not is_loopback(name):
            raise ProtocolError(
                "PERMISSION_DENIED",
                f"This server does not go by the name {name[:100]!r}. Use 127.0.0.1, or start it "
                "with --allowed-host.",
            )


def host_name(header: str) -> str:
    """Return the name of a Host header, without its port and brackets."""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def is_loopback(name: str) -> bool:
    """Whether a host's name is this machine's own, without asking any name server."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _check_origin(headers: Mapping[str, str]) -> None:
    """Refuse what a page of another site caused a browser to send."""
    origin = headers.get("Origin")
    is_foreign = origin is not None and _authority(origin) != headers.get("Host", "").lower()
    if is_foreign or headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise ProtocolError(
            "PERMISSION_DENIED", "This server does not answer to pages of other sites."
        )


def _authority(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def _check_token(token: str, header: str) -> None:
    """Accept the token as a bearer token, or as the password of any user."""
    kind, _, given = header.partition(" ")
    if kind.lower() == "basic":
        given = _password(given)
    elif kind.lower() != "bearer":
        given = ""
    if not hmac.compare_digest(given.strip().encode(), token.encode()):
        raise ProtocolError(
            "UNAUTHENTICATED",
            "This server wants a token. Set MLFLOW_TRACKING_TOKEN to the one it was started with.",
        )


def _password(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode().partition(":")[2]
    except (binascii.Error, ValueError):
        return ""
