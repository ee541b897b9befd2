"""Who we are at a server, and what makes its certificate trusted. Nothing here is ever shown.

In this order: user and password of the tracking URI; those of TRACKER_TRACKING_USERNAME and
_PASSWORD, or of MLflow's variables of that kind; a bearer token, TRACKER_TRACKING_TOKEN or
MLFLOW_TRACKING_TOKEN; user and password of `~/.mlflow/credentials`. At Databricks, only what
belongs to the profile.
"""

from __future__ import annotations

import base64
import configparser
import os
import ssl
from pathlib import Path

from tracker.errors import InvalidValue, StoreError
from tracker.remote import databricks
from tracker.remote.address import Address

_given: dict[str, tuple[str, str]] = {}
"""User and password by the server's base URL, from tracking URIs; only ever in memory."""


def remember(address: Address, user: tuple[str, str]) -> None:
    """Use these at this server from now on, in this process."""
    _given[address.base] = user


def headers_for(address: Address) -> dict[str, str]:
    """Return the headers that say who asks; read anew each time, for tokens expire.

    Raises StoreError (Databricks' file).
    """
    header = _authorization(address)
    return {} if header is None else {"Authorization": header}


def _authorization(address: Address) -> str | None:
    if address.profile is not None:
        return _of_databricks(address.profile)
    user = _given.get(address.base) or _pair(variable("USERNAME"), variable("PASSWORD"))
    if user is None:
        token = variable("TOKEN")
        if token:
            return f"Bearer {_checked(token)}"
        user = _from_file()
    return None if user is None else _basic(user)


def _of_databricks(profile: str) -> str | None:
    found = databricks.settings_of(profile)
    if "token" in found:
        return f"Bearer {_checked(found['token'])}"
    user = _pair(found.get("username"), found.get("password"))
    return None if user is None else _basic(user)


def tls_settings() -> tuple[str | None, ...]:
    """Return what `verification` depends on."""
    return tuple(map(variable, ("SERVER_CERT_PATH", "CLIENT_CERT_PATH", "INSECURE_TLS")))


def verification() -> ssl.SSLContext | bool:
    """Return what httpx is to check certificates with. Raises InvalidValue, StoreError."""
    authority, own = variable("SERVER_CERT_PATH"), variable("CLIENT_CERT_PATH")
    is_insecure = (variable("INSECURE_TLS") or "").lower() in ("true", "1")
    if is_insecure and authority:
        raise InvalidValue(
            "Set only one of MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH: "
            "certificates are checked, or they are not."
        )
    if not authority and not own:
        return not is_insecure
    try:
        context = _context(authority)
        if is_insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if own:
            context.load_cert_chain(own)
    except (OSError, ssl.SSLError) as error:
        path = authority if authority and not Path(authority).exists() else own or authority
        raise StoreError(f"The certificate {path} cannot be used: {error}.") from error
    return context


def _context(authority: str | None) -> ssl.SSLContext:
    if authority is None:
        return ssl.create_default_context()
    is_folder = Path(authority).is_dir()
    return ssl.create_default_context(
        cafile=None if is_folder else authority, capath=authority if is_folder else None
    )


def variable(name: str) -> str | None:
    """Return TRACKER_TRACKING_`name`, else MLFLOW_TRACKING_`name`, else None."""
    for prefix in ("TRACKER", "MLFLOW"):
        if value := os.environ.get(f"{prefix}_TRACKING_{name}"):
            return value
    return None


def _pair(name: str | None, password: str | None) -> tuple[str, str] | None:
    return (name, password) if name and password else None


def _basic(user: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(user).encode()).decode("ascii")


def _checked(token: str) -> str:
    """Return a token that can stand in a header. Raises InvalidValue, without repeating it."""
    token = token.strip()
    if not token.isascii() or not token.isprintable():
        raise InvalidValue("The token for the tracking server holds characters no token has.")
    return token


def _from_file() -> tuple[str, str] | None:
    """Return what MLflow's own file of credentials says, where there is one."""
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(Path("~/.mlflow/credentials").expanduser().read_text(encoding="utf-8"))
    except (OSError, RuntimeError, UnicodeDecodeError, configparser.Error):
        return None
    if not parser.has_section("mlflow"):
        return None
    section = parser["mlflow"]
    return _pair(section.get("mlflow_tracking_username"), section.get("mlflow_tracking_password"))
