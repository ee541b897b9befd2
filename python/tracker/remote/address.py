"""Tracking URIs of servers: `http://`, `https://`, `databricks` and `databricks://<profile>`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from tracker.errors import InvalidValue

DATABRICKS = "databricks"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PROFILE = re.compile(r"[\w.\- ]{1,200}")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is. Holds no secrets: it may be shown and stored.

    `base` is a URL without user, query and closing slash; `profile` is that of Databricks whose
    credentials are meant, "" for the environment's and the default one, None elsewhere.
    """

    base: str
    profile: str | None = None

    @property
    def uri(self) -> str:
        """The tracking URI that means this server."""
        if self.profile is None:
            return self.base
        return f"{DATABRICKS}://{self.profile}" if self.profile else DATABRICKS

    @property
    def place(self) -> str:
        """Host, port and path, as they stand in an `mlflow-artifacts://` URI."""
        return self.base.partition("://")[2]

    @property
    def host(self) -> str:
        """The host's name alone."""
        return urlsplit(self.base).hostname or ""


def is_remote(uri: str) -> bool:
    """Return whether a tracking URI means a server."""
    scheme = uri.partition(":")[0].lower()
    return (scheme in _DEFAULT_PORTS and ":" in uri) or scheme == DATABRICKS


def parse(uri: str) -> tuple[Address, tuple[str, str] | None]:
    """Return where a tracking URI leads, and the user and password in it.

    Raises InvalidValue; its message repeats no secret.
    """
    if uri.partition(":")[0].lower() == DATABRICKS:
        return _databricks(uri), None
    try:
        parts = urlsplit(uri.strip())
        port = parts.port
    except ValueError as error:
        raise _invalid(uri, "its host or port cannot be read") from error
    host = parts.hostname
    if not host or re.search(r"[\s\\]", parts.netloc + parts.path):
        raise _invalid(uri, "it names no host")
    if parts.query or parts.fragment:
        raise _invalid(uri, "'?' and '#' have no place in it")
    scheme = parts.scheme.lower()
    name = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        name = f"{name}:{port}"
    address = Address(f"{scheme}://{name}{parts.path.rstrip('/')}")
    if parts.username is None:
        return address, None
    return address, (unquote(parts.username), unquote(parts.password or ""))


def without_secrets(uri: str) -> str:
    """Return a URI without user and password, for messages."""
    return re.sub(r"//[^/]*@", "//", uri)


def _databricks(uri: str) -> Address:
    from tracker.remote.databricks import host_of

    profile = uri.partition("://")[2].strip("/") if "://" in uri else ""
    if profile and not _PROFILE.fullmatch(profile):
        raise _invalid(uri, "after databricks:// stands the name of a profile")
    if not profile:
        profile = os.environ.get("DATABRICKS_CONFIG_PROFILE", "")
    return Address(parse_host(host_of(profile)), profile)


def parse_host(host: str) -> str:
    """Return the base URL of a host that may come without its scheme. Raises InvalidValue."""
    url = host if "://" in host else f"https://{host}"
    if not url.startswith(("https://", "http://")):
        raise InvalidValue("The host of a Databricks workspace is an https:// address.")
    return parse(url)[0].base


def _invalid(uri: str, why: str) -> InvalidValue:
    return InvalidValue(
        f"The tracking URI {without_secrets(uri)[:200]!r} cannot be used: {why}. Write "
        "https://host:port/path, or databricks://profile."
    )
