"""What was agreed to be run, and the question before something else is.

An agreement holds for an origin and a content. Of what is fetched the content is every file of the
repository or archive, because a script may import any of them: whatever changes, one is asked
again. Of a local folder it is what says which commands and packages run: the MLproject and the
files that define environments. Its scripts are being worked on there, and are no more dangerous
than when somebody starts them by hand.

That a folder holds a store, or lies where one works, means nothing: a downloaded folder may bring
its own store along. What `%mlexport` wrote from the user's own cells needs no question
(`remember_folder`).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from tracker.errors import InvalidState, InvalidValue, TrackerError
from tracker.projects.disclosure import description
from tracker.projects.model import Plan, Project
from tracker.projects.sources import root_of
from tracker.projects.spec import FILE, read_project

_DEFINITIONS: Final = ("python_env.yaml", "conda.yaml", "requirements.txt", "Dockerfile")
_YES: Final = ("y", "yes")
_LARGEST_RECORD: Final = 16 * 1024 * 1024


def confirm(
    plan: Plan,
    *,
    yes: bool = False,
    show: Callable[[str], None] | None = None,
    ask: Callable[[str], str] | None = None,
) -> bool:
    """Return once the plan may be executed: agreed to before, now, or by `yes` for this time.

    True where somebody was asked, and so has seen what it is.

    `show` receives what would be executed, `ask` the question, and returns the answer; by default
    `print` and `input`. Raises InvalidState where the answer is no or nobody can answer.
    """
    if yes or is_trusted(plan):
        return False
    # Looked up now: a kernel puts its own `input` there while a cell runs.
    (show or print)(description(plan))
    try:
        answer = (ask or input)("Run it? [y/N] ")
    except (EOFError, NotImplementedError, OSError) as error:
        raise InvalidState(
            "The project was not run: it has not been agreed to, and nobody can be asked here. "
            "Say --yes (yes=True) to run it."
        ) from error
    if answer.strip().lower() not in _YES:
        raise InvalidState("The project was not run: you did not agree.")
    remember(plan)
    return True


def is_trusted(plan: Plan) -> bool:
    """Return whether this content from this origin was agreed to before."""
    return _fact(plan) in _remembered()


def remember(plan: Plan) -> None:
    """Keep that the plan's project was agreed to. Raises TrackerError where it cannot be kept."""
    _keep(*_fact(plan))


def content_of(plan: Plan) -> str:
    """Return the digest of a plan's project that an agreement would be about."""
    return _fact(plan)[1]


def is_agreed(origin: str, content: str) -> bool:
    """Return whether a content, told by its digest, from this origin was agreed to before."""
    return (origin, content) in _remembered()


def agree(origin: str, content: str) -> None:
    """Keep that a content from this origin may be run. Raises TrackerError where it cannot."""
    _keep(origin, content)


def remember_folder(folder: Path) -> None:
    """Keep that the project in a local folder, as it is now, may be run: its user wrote it.

    Raises TrackerError where it cannot be kept.
    """
    project = read_project(folder)
    _keep(os.path.normpath(project.folder), _local_digest(project))


def record_file() -> Path:
    """Return the file in which agreements are kept, in the user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("jupyterlab-tracker", appauthor=False) / "trusted-projects.jsonl"


def _keep(origin: str, content: str) -> None:
    agreed = int(time.time() * 1000)
    line = json.dumps({"origin": origin, "content": content, "agreed": agreed}) + "\n"
    file = record_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists() and not _is_private(file.stat()):
            file.unlink()
        # Appending one short line is one write, so that two at once do not mix.
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise TrackerError(
            f"Your agreement cannot be kept in {file}: {error.strerror or error}. Say --yes "
            "(yes=True) to run the project this time."
        ) from error


def _fact(plan: Plan) -> tuple[str, str]:
    """Return the origin and the digest that an agreement is about."""
    checkout = plan.checkout
    if checkout.is_local:
        return checkout.origin, _local_digest(plan.project)
    place = f"#{checkout.subfolder}" if checkout.subfolder else ""
    root = root_of(checkout)
    return checkout.origin + place, _digest(root, _all_files(root, is_git=bool(checkout.commit)))


def _local_digest(project: Project) -> str:
    return _digest(project.folder, _definitions(project))


def _digest(root: Path, files: Iterable[Path]) -> str:
    """Return the SHA-256 of files: of name, kind and content of each."""
    digest = hashlib.sha256()
    try:
        for path in files:
            for part in (os.path.relpath(path, root).encode(errors="surrogateescape"), _of(path)):
                # With its length before it no part can pass for the end of another one.
                digest.update(len(part).to_bytes(8, "big"))
                digest.update(part)
    except OSError as error:
        raise TrackerError(f"The project in {root} cannot be read: {error}.") from error
    return digest.hexdigest()


def _of(path: Path) -> bytes:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return b"link " + os.fsencode(path.readlink())
    if not stat.S_ISREG(mode):
        raise InvalidValue(f"{path} is no plain file, and the project is not used.")
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").digest()
    return (b"program " if mode & stat.S_IXUSR else b"file ") + content


def _definitions(project: Project) -> list[Path]:
    """Return the files of a local project that say what is run and installed, links followed."""
    named = {path for path in project.folder.iterdir() if path.name.lower() == FILE.lower()}
    named |= {project.folder / name for name in _DEFINITIONS}
    if project.environment.file is not None:
        named.add(project.environment.file)
    return sorted(path.resolve() for path in named if path.is_file())


def _all_files(root: Path, *, is_git: bool) -> Iterator[Path]:
    """Yield all files and links below a folder, in order; not what git itself keeps there."""
    for place, folders, files in os.walk(root):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        names = sorted([*files, *links])
        if is_git:
            folders[:] = [name for name in folders if name != ".git"]
        folders.sort()
        yield from (Path(place) / name for name in names)


def _remembered() -> set[tuple[str, str]]:
    """Return what was agreed to; nothing where somebody else may have written it."""
    try:
        with record_file().open("rb") as file:
            if not _is_private(os.fstat(file.fileno())):
                return set()
            lines = file.read(_LARGEST_RECORD).decode(errors="replace").splitlines()
    except OSError:
        return set()
    return {fact for line in lines if (fact := _fact_in(line)) is not None}


def _fact_in(line: str) -> tuple[str, str] | None:
    try:
        record = json.loads(line)
        return str(record["origin"]), str(record["content"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _is_private(status: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
