"""A .zip archive -> its files in a folder, and nothing outside of it."""

from __future__ import annotations

import re
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Final

from tracker.errors import InvalidValue, TrackerError
from tracker.projects.sources_uri import Address

LARGEST_ARCHIVE: Final = 2 * 1024**3
LARGEST_CONTENT: Final = 8 * 1024**3
MOST_FILES: Final = 200_000

_PATIENCE_SECONDS: Final = 60
_CHUNK: Final = 1024 * 1024
_LINK: Final = 0o120000
_EXECUTABLE: Final = 0o100
_DRIVE: Final = re.compile(r"[A-Za-z]:")


def unpack(file: Path | IO[bytes], folder: Path, name: str) -> None:
    """Unpack an archive into an empty folder; `name` is for messages.

    Raises InvalidValue where it is no archive, too large, or a name in it leads out of the folder.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check(members, name)
            for member in members:
                _extract(archive, member, folder)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        if isinstance(error, InvalidValue):
            raise
        raise InvalidValue(f"{name} is no .zip archive that can be read: {error}.") from error
    except OSError as error:
        raise TrackerError(f"{name} cannot be unpacked: {error.strerror or error}.") from error


def download(address: Address, file: IO[bytes]) -> None:
    """Write what is at a URL into an open file. Raises TrackerError where that cannot be had."""
    import httpx

    _, _, rest = address.url.partition("://")
    login = f"{address.login}@" if address.login else ""
    query = f"?{address.query}" if address.query else ""
    url = f"{address.protocol}://{login}{rest}{query}"
    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_PATIENCE_SECONDS) as answer:
            if answer.status_code != httpx.codes.OK:
                raise TrackerError(
                    f"Unable to retrieve ZIP file {address.url}: the server answered "
                    f"{answer.status_code} {answer.reason_phrase}."
                )
            for chunk in answer.iter_bytes(_CHUNK):
                file.write(chunk)
                if file.tell() > LARGEST_ARCHIVE:
                    raise InvalidValue(f"{address.url} is larger than {LARGEST_ARCHIVE} bytes.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # What httpx says may repeat the address with all that it carries.
        has_secrets = address.login or address.query
        reason = type(error).__name__ if has_secrets else str(error) or type(error).__name__
        raise TrackerError(f"Unable to retrieve ZIP file {address.url}: {reason}.") from error
    file.seek(0)


def unpack_from(address: Address, folder: Path) -> None:
    """Download an archive and unpack it into an empty folder. Raises as both do."""
    with tempfile.TemporaryFile() as file:
        download(address, file)
        unpack(file, folder, address.url)


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_FILES or sum(member.file_size for member in members) > LARGEST_CONTENT:
        raise InvalidValue(
            f"{name} holds more than {MOST_FILES} files or {LARGEST_CONTENT} bytes and is not "
            "unpacked."
        )
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or _DRIVE.match(member.filename):
            raise InvalidValue(f"Zip file member {member.filename} attempts path traversal")
        if (member.external_attr >> 16) & 0o170000 == _LINK:
            raise InvalidValue(f"{name} holds a symbolic link and is not used: {member.filename}")


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    path = Path(archive.extract(member, folder))
    # zipfile drops the mode, and a project may run `./script.sh`.
    if not member.is_dir() and (member.external_attr >> 16) & _EXECUTABLE:
        path.chmod(0o755)
