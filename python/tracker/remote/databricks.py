"""Databricks: host and token from the environment, else from a profile of `~/.databrickscfg`.

The variables and the file are those of Databricks' own tools: DATABRICKS_HOST, DATABRICKS_TOKEN,
DATABRICKS_USERNAME, DATABRICKS_PASSWORD, DATABRICKS_CONFIG_FILE, DATABRICKS_CONFIG_PROFILE.
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path

from tracker.errors import StoreError

DEFAULT_PROFILE = "DEFAULT"


def host_of(profile: str) -> str:
    """Return the host of a profile; of "" the environment's. Raises StoreError."""
    host = settings_of(profile).get("host")
    if host:
        return host
    raise StoreError(
        f"There is no host of Databricks {_where(profile)}. Set DATABRICKS_HOST and "
        "DATABRICKS_TOKEN, or run `databricks configure`, which writes the profile."
    )


def settings_of(profile: str) -> Mapping[str, str]:
    """Return what is known of a profile: host, token, username, password. Raises StoreError.

    An unnamed profile is the environment's, where that names a host.
    """
    names = ("host", "token", "username", "password")
    if not profile and os.environ.get("DATABRICKS_HOST"):
        found = {name: os.environ.get(f"DATABRICKS_{name.upper()}", "") for name in names}
    else:
        section = _section(profile or DEFAULT_PROFILE)
        found = {name: section.get(name, "") for name in names}
    return {name: value.strip() for name, value in found.items() if value.strip()}


def _section(profile: str) -> Mapping[str, str]:
    path = _file()
    # DEFAULT is a profile like the others here, not what they inherit from.
    parser = configparser.ConfigParser(interpolation=None, default_section="\0")
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except OSError:
        return {}
    except (configparser.Error, UnicodeDecodeError):
        # The parser's own words quote lines of the file, tokens among them.
        raise StoreError(f"The file {path} cannot be read: it is not an INI file.") from None
    return dict(parser[profile]) if parser.has_section(profile) else {}


def _file() -> Path:
    return Path(os.environ.get("DATABRICKS_CONFIG_FILE") or "~/.databrickscfg").expanduser()


def _where(profile: str) -> str:
    if profile:
        return f"in the profile '{profile}' of {_file()}"
    return f"in the environment, nor in the profile {DEFAULT_PROFILE} of {_file()}"
