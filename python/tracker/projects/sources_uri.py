"""What a project's URI says: a folder, an archive or a git repository, and a folder inside it.

Only protocols that carry data are let through: git's remote helpers (`ext::`) run commands.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from tracker.errors import InvalidValue, NotFound

_PROTOCOLS: Final = ("https", "http", "ssh", "git", "file")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HELPER: Final = re.compile(r"[A-Za-z0-9+.-]*::")
_SSH: Final = re.compile(
    r"(?:(?P<user>[^\s/:@]+)@)?(?P<host>[^\s/:@]+):(?P<path>[^\s].*)", re.DOTALL
)
_DRIVE: Final = re.compile(r"[A-Za-z]:[\\/]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Kind(Enum):
    """What has to be done to get at a project's files."""

    FOLDER = auto()
    ZIP = auto()
    GIT = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is fetched from. `url` holds no credentials: those are apart.

    `login` is `user`, `user:password` or a token as it stood in the URL; "" where there was none.
    `query` is what stood after `?`, which is how signed addresses of archives carry their right.
    """

    url: str
    protocol: str
    login: str = field(default="", repr=False)
    query: str = field(default="", repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every spelling in which the credentials may turn up in a message."""
        parts = {self.login, self.login.partition(":")[2]}
        return tuple(sorted({*parts, *map(unquote, parts)} - {""}, key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed URI. `path` is set for what is on this machine, `address` for what is fetched."""

    kind: Kind
    origin: str
    subfolder: str = ""
    path: Path | None = None
    address: Address | None = None


def parse(uri: str, version: str | None = None) -> Source:
    """Return what a URI means, given the version that is asked for. Nothing is fetched.

    Raises InvalidValue where it may not be used, NotFound where it names no folder and no URL.
    """
    text = uri.strip().strip("'\"")
    if not text or _CONTROL.search(text):
        raise InvalidValue(f"{shown(uri)!r} is no URI of a project.")
    if _HELPER.match(text):
        raise InvalidValue(
            f"{shown(text)} asks git for a helper that runs commands. Projects come from folders, "
            "archives (.zip) and git repositories over https, ssh or file."
        )
    base, _, after = text.partition("#")
    if after and _exists(text):
        base, after = text, ""
    subfolder = plain_subfolder(after)
    is_git = base.startswith("git+")
    base = base.removeprefix("git+")
    local = _local_path(base)
    if local is not None:
        return _local(local, base, subfolder, version, is_git=is_git)
    address = remote_address(base)
    if address.url.endswith(".zip") and address.protocol in ("http", "https") and not is_git:
        _refuse_version(version)
        return Source(Kind.ZIP, address.url, subfolder, address=address)
    if address.query:
        raise InvalidValue(f"{address.url}: the address of a git repository has no ?query.")
    return Source(Kind.GIT, address.url, subfolder, address=address)


def plain_subfolder(text: str) -> str:
    """Return the folder after `#` as a plain posix path, "" for none.

    Unlike in MLflow names may hold dots. Raises InvalidValue where it leads out of the project.
    """
    parts = PurePosixPath(text.strip("/")).parts
    if ".." in parts or "\\" in text:
        raise InvalidValue(f"The subfolder {text!r} leads out of the project.")
    return "/".join(parts)


def remote_address(text: str) -> Address:
    """Return the address of a URL or of `user@host:path`.

    Raises InvalidValue for other protocols and for what git or ssh would take for an option.
    """
    if _HELPER.match(text):
        raise InvalidValue(f"{shown(text)} asks git for a helper that runs commands.")
    found = _SCHEME.match(text)
    if found is None:
        return _ssh_address(text)
    protocol = found.group(1).lower()
    if protocol not in _PROTOCOLS:
        raise InvalidValue(
            f"{shown(text)}: projects are not fetched over {protocol}, only over "
            f"{', '.join(_PROTOCOLS)}."
        )
    parts = _split(text)
    login, _, host = parts.netloc.rpartition("@")
    if host.startswith("-") or login.startswith("-") or (not host and protocol != "file"):
        raise InvalidValue(f"{shown(text)} names no host.")
    if protocol == "ssh":
        user = login.partition(":")[0]
        host = f"{user}@{host}" if user else host
        login = ""
    return Address(urlunsplit((protocol, host, parts.path, "", "")), protocol, login, parts.query)


def shown(uri: str) -> str:
    """Return a URI as people and records may see it: without credentials and query."""
    if _SCHEME.match(uri.removeprefix("git+")):
        uri = re.sub(r"\?[^#]*", "", uri)
    found = re.match(r"((?:git\+)?[A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)@", uri)
    if found is None:
        return uri
    scheme, login = found.groups()
    kept = f"{login.partition(':')[0]}@" if "ssh" in scheme.lower() else ""
    return f"{scheme}{kept}{uri[found.end() :]}"


def file_url(path: Path) -> Address:
    """Return the address under which git fetches from a repository on this machine."""
    return Address(f"file://{quote(str(path))}", "file")


def _ssh_address(text: str) -> Address:
    found = _SSH.fullmatch(text)
    if found is None or _DRIVE.match(text):
        raise NotFound(
            f"There is no folder {text}, and it is no URL of a git repository or .zip archive."
        )
    if any((part or "").startswith("-") for part in found.groups()):
        raise InvalidValue(
            f"{text}: a host, user or path that begins with '-' is an option to ssh."
        )
    return Address(text, "ssh")


def _local_path(base: str) -> Path | None:
    """Return the path that a URI names on this machine, None where it names something remote."""
    if base.startswith("file:"):
        parts = _split(base)
        if parts.netloc not in ("", "localhost"):
            raise InvalidValue(f"{base}: a file URI names a file on this machine, as file:///path.")
        plain = Path(parts.path)
        return plain if plain.exists() else Path(unquote(parts.path))
    return Path(base).expanduser() if _exists(base) else None


def _local(path: Path, base: str, subfolder: str, version: str | None, *, is_git: bool) -> Source:
    # Without the `..` in it, so that one folder has one name.
    path = Path(os.path.normpath(path.absolute()))
    if not path.exists():
        raise NotFound(f"There is no folder {path}.")
    if path.is_file() and path.suffix == ".zip":
        _refuse_version(version)
        return Source(Kind.ZIP, str(path), subfolder, path=path)
    if not path.is_dir():
        raise InvalidValue(f"{path} is a file. A project is a folder, a .zip or a git repository.")
    if not is_git and version is None and not _is_bare(path):
        return Source(Kind.FOLDER, str(path), subfolder, path=path)
    root = path if _is_bare(path) else _work_tree(path)
    if root is None:
        raise InvalidValue(
            f"Setting a version is only supported for Git project URIs, and {path} is in no git "
            "repository."
        )
    inside = PurePosixPath(path.relative_to(root).as_posix()) / subfolder
    below = "" if str(inside) == "." else str(inside)
    return Source(Kind.GIT, str(root), below, path=root, address=file_url(root))


def _refuse_version(version: str | None) -> None:
    if version is not None:
        raise InvalidValue("Setting a version is only supported for Git project URIs.")


def _exists(text: str) -> bool:
    try:
        return Path(text).expanduser().exists()
    except (OSError, RuntimeError, ValueError):
        return False


def _is_bare(folder: Path) -> bool:
    return (
        (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
    )


def _work_tree(folder: Path) -> Path | None:
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:
        raise InvalidValue(f"{shown(text)} is no URL: {error}.") from error
