"""Whether the code of a run was recorded by a kernel of this user.

A store may come from anybody, and with it the code that its runs say they ran. What this user's
kernels record they sign with a key that never leaves the user's data folder, as Jupyter signs the
notebooks that it trusts: only what bears such a signature is run again without a question.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from tracker.artifacts import Artifacts
from tracker.capture import tags
from tracker.errors import TrackerError

_KEY_BYTES = 32
_LONGEST = 64_000_000


def signature(texts: Mapping[str, bytes]) -> bytes | None:
    """Return the signature of a run's code, given its files; None where no key can be kept."""
    key = _key()
    if key is None or not {tags.SESSION_FILE, tags.LINEAGE_FILE} <= texts.keys():
        return None
    return _sign(key, texts[tags.SESSION_FILE], texts[tags.LINEAGE_FILE])


def is_signed(artifacts: Artifacts) -> bool:
    """Return whether the code that is kept with a run bears this user's signature."""
    key = _key()
    try:
        kept, session, lineage = (
            _content(artifacts, path)
            for path in (tags.SIGNATURE_FILE, tags.SESSION_FILE, tags.LINEAGE_FILE)
        )
    except (TrackerError, OSError):
        return False
    return key is not None and hmac.compare_digest(kept, _sign(key, session, lineage))


def _sign(key: bytes, session: bytes, lineage: bytes) -> bytes:
    digests = (hashlib.sha256(part).digest() for part in (session, lineage))
    return hmac.new(key, b"".join(digests), hashlib.sha256).hexdigest().encode()


def _content(artifacts: Artifacts, path: str) -> bytes:
    with artifacts.open(path) as file:
        return file.read(_LONGEST)


def _key() -> bytes | None:
    from platformdirs import user_data_path

    file = user_data_path("jupyterlab-tracker", appauthor=False) / "code-key"
    return _key_in(file)


@cache
def _key_in(file: Path) -> bytes | None:
    """Return the key in a file, made where there is none; None where others may know it."""
    with suppress(OSError):
        if not file.exists():
            _make(file)
        status = file.stat()
        is_own = not hasattr(os, "getuid") or status.st_uid == os.getuid()
        key = file.read_bytes()
        if is_own and (os.name == "nt" or not status.st_mode & 0o077) and len(key) == _KEY_BYTES:
            return key
    return None


def _make(file: Path) -> None:
    """Make the key as a whole: of two processes that do so at once, one wins for both."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(_KEY_BYTES))
    finally:
        os.close(descriptor)
    with suppress(FileExistsError):
        os.link(draft, file)
    draft.unlink()
