"""Writing an export's folder: all of it or nothing, and never over what someone else put there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tracker.errors import InvalidValue

MANIFEST = ".tracker-export.json"
"""Lists the files of an export with their digests, and where it came from."""

# What running a project leaves in its folder; it is kept when the project is exported again.
_RUN_DATA = frozenset({".tracker", "mlruns", "mlartifacts", "mlflow.db"})


def check(folder: Path, base: Path, *, force: bool) -> None:
    """Raise InvalidValue if an export may not be written to `folder`.

    It may where nothing is, where an earlier export stands unchanged, and with `force` over foreign
    files; never over a file, the folder that the notebook runs in, or one above it.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise InvalidValue(f"{folder} is a file, not a folder. Give the export another name.")
    if base.resolve().is_relative_to(folder.resolve()):
        raise InvalidValue(
            f"{folder} is the folder that the notebook runs in, or above it. "
            "Export into a folder of its own, such as `%mlexport my-project`."
        )
    foreign = [] if force or not folder.exists() else sorted(_foreign(folder))
    if foreign:
        shown = ", ".join(foreign[:5]) + (" ..." if len(foreign) > 5 else "")
        raise InvalidValue(
            f"{folder} holds files that are not from an export, or were changed since: {shown}. "
            "Choose another folder, or use force: it replaces what the export writes, no more."
        )


def write(
    folder: Path,
    texts: Mapping[str, str],
    copies: Mapping[str, Path],
    facts: Mapping[str, object],
) -> list[str]:
    """Write the files, replacing an earlier export as a whole, and return their names.

    They are made in a folder beside and moved into place, so that an interruption leaves the old
    export or the new one. Foreign files in the old folder stay where they are.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        # `mkdtemp` makes folders for the owner alone; an export is to be shared like any other.
        made.chmod(0o777 & ~_umask())
        for name, source in copies.items():
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        for name, text in texts.items():
            target = made / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8", "surrogateescape"))
        names = sorted([*copies, *texts])
        manifest = {**facts, "files": {name: _digest(made / name) for name in names}}
        (made / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        _move_into_place(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return names


def _move_into_place(made: Path, folder: Path) -> None:
    if not folder.exists():
        made.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    kept = [*_foreign(folder), *(path.name for path in folder.iterdir() if _is_run_data(path))]
    previous = old / "export"
    folder.rename(previous)
    made.rename(folder)
    for name in kept:
        target = folder / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (previous / name).rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _foreign(folder: Path) -> Iterator[str]:
    """Names of files that no export wrote, or that were changed since."""
    known = _known(folder)
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if known and _is_run_data(folder / name.partition("/")[0]):
            continue
        if path.is_dir() and not path.is_symlink():
            continue
        if name == MANIFEST or "__pycache__" in path.parts:
            continue
        if name not in known or path.is_symlink() or _digest(path) != known[name]:
            yield name


def _is_run_data(path: Path) -> bool:
    return path.name in _RUN_DATA or path.name.startswith("mlflow.db-")


def _known(folder: Path) -> dict[str, str]:
    try:
        files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        return {str(name): str(digest) for name, digest in files.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _umask() -> int:
    # There is no way to read the mask but to set it.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
