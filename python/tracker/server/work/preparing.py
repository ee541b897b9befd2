"""What running a run again would execute: the project it came from, or one made of its cells.

Used by `worker`, in a process of its own; nothing of the project is executed here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Final

from tracker.artifacts import open_artifacts
from tracker.capture import tags
from tracker.capture.signature import is_signed
from tracker.entities import Run
from tracker.errors import NotFound, TrackerError
from tracker.export import ExportResult, Source, from_run, to_mlproject
from tracker.export.folder import MANIFEST
from tracker.projects import facts, planning, trust
from tracker.projects.disclosure import description
from tracker.projects.model import EnvManager, Plan
from tracker.projects.sources import discard
from tracker.projects.spec import entry_point_of
from tracker.server.notebooks.origin import AGAIN_OF, is_project, original_of
from tracker.server.wire import ParameterRow, PlanAnswer
from tracker.store.base import Store
from tracker.tracking.context import GIT_COMMIT, SOURCE_NAME

_FOLDER: Final = "project"
_LARGEST: Final = 10_000_000
_MOST_CODE: Final = 200_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A project that is there to be run; `original` is the run that its code is of.

    `params` are the values that the run had. `export` and `source` are of one made of cells.
    """

    original: Run
    uri: str
    entry_point: str
    version: str | None
    params: Mapping[str, str]
    export: ExportResult | None = None
    source: Source | None = None
    questions: list[str] = field(default_factory=list)

    def plan(self, params: Mapping[str, str], env_manager: str | None) -> Plan:
        """Return what running it with these values would execute. Give its checkout back."""
        return planning.make_plan(
            self.uri,
            self.entry_point,
            version=self.version,
            parameters=params,
            env_manager=env_manager,
        )


def prepare(store: Store, run: Run, folder: Path, *, copy_large: bool) -> Prepared:
    """Prepare what a run executed; `folder` is for what must be written. Raises TrackerErrors."""
    original = original_of(store, run)
    if is_project(original):
        found = original.data.tags
        named = found.get(GIT_COMMIT) if "://" in found[SOURCE_NAME] else None
        return Prepared(
            original,
            found[SOURCE_NAME],
            found.get(facts.ENTRY_POINT, "main"),
            found.get(facts.VERSION) or named,
            dict(run.data.params),
        )
    questions: list[str] = []

    def confirm(question: str) -> bool:
        questions.append(question)
        return copy_large

    source = from_run(store, original.info.run_id)
    # For this user alone and for as long as it runs: secrets in it are where they were before.
    export = to_mlproject(folder / _FOLDER, source=source, allow_secrets=True, confirm=confirm)
    again = run.data.params if AGAIN_OF in run.data.tags else {}
    names = {each.name for each in export.parameters}
    params = {name: value for name, value in again.items() if name in names}
    return Prepared(original, str(export.folder), "main", None, params, export, source, questions)


def as_answer(prepared: Prepared) -> PlanAnswer:
    """Return what would be executed, for people."""
    known = prepared.params if prepared.export is not None else _declared(prepared)
    manager = _fitting_manager(prepared)
    plan = prepared.plan(known, manager)
    try:
        return {
            "name": plan.project.name or prepared.original.info.run_name,
            "entry_point": prepared.entry_point,
            "parameters": _parameters(prepared, plan),
            "env_manager": manager or plan.env_manager.value,
            "is_trusted": is_trusted(prepared, plan),
            "content": content_of(prepared, plan),
            "description": description(plan),
            "code": _code(prepared),
            "remarks": [*(prepared.export.remarks if prepared.export else ())],
            "questions": prepared.questions,
        }
    finally:
        discard(plan.checkout)


def is_trusted(prepared: Prepared, plan: Plan) -> bool:
    """Whether it may be run unasked: this user recorded it, or agreed to it as it is."""
    if prepared.export is None:
        return trust.is_trusted(plan)
    info = prepared.original.info
    if is_signed(open_artifacts(info.artifact_uri)):
        return True
    return trust.is_agreed(_origin(prepared), content_of(prepared, plan))


def remember(prepared: Prepared, plan: Plan) -> None:
    """Keep that it was agreed to. Raises TrackerError where it cannot be kept."""
    if prepared.export is None:
        trust.remember(plan)
    else:
        trust.agree(_origin(prepared), content_of(prepared, plan))


def content_of(prepared: Prepared, plan: Plan) -> str:
    """Return a digest of what would be executed, by which an agreement is about just this."""
    if prepared.export is None:
        return trust.content_of(plan)
    digest = hashlib.sha256()
    folder = prepared.export.folder
    for name in sorted(prepared.export.files):
        if name not in (MANIFEST, "README.md"):
            file = folder / name
            with file.open("rb") as opened:
                own = hashlib.file_digest(opened, "sha256").digest()
            digest.update(hashlib.sha256(name.encode()).digest() + own)
    return digest.hexdigest()


def _origin(prepared: Prepared) -> str:
    return f"run {prepared.original.info.run_id}"


def _declared(prepared: Prepared) -> dict[str, str]:
    """The values of a project's run that its entry point declares: a run logs others as well."""
    plan = planning.make_plan(
        prepared.uri, prepared.entry_point, version=prepared.version, parameters=prepared.params
    )
    try:
        declared = entry_point_of(plan.project, prepared.entry_point).parameters
        return {name: text for name, text in prepared.params.items() if name in declared}
    finally:
        discard(plan.checkout)


def _parameters(prepared: Prepared, plan: Plan) -> list[ParameterRow]:
    if prepared.export is not None:
        return [
            {
                "name": each.name,
                "type": type(each.default).__name__ if each.kind != "path" else "path",
                "default": each.text,
                "value": prepared.params.get(each.name, each.text),
                "description": each.help,
            }
            for each in prepared.export.parameters
        ]
    declared = entry_point_of(plan.project, prepared.entry_point).parameters.values()
    return [
        {
            "name": each.name,
            "type": each.type,
            "default": None if each.default is None else str(each.default),
            "value": plan.command.params.get(each.name),
            "description": each.description,
        }
        for each in declared
    ]


def _code(prepared: Prepared) -> str | None:
    if prepared.export is None:
        return None
    folder = prepared.export.folder
    file = next(f for name in ("main.py", "notebook_main.py") if (f := folder / name).is_file())
    return file.read_text(encoding="utf-8", errors="replace")[:_MOST_CODE]


def _fitting_manager(prepared: Prepared) -> str | None:
    """The environment that is in use, where it has all that the run had; else a new one."""
    if prepared.export is None:
        return None
    return (EnvManager.LOCAL if _is_like_here(prepared.original) else EnvManager.UV).value


def _is_like_here(run: Run) -> bool:
    try:
        with open_artifacts(run.info.artifact_uri).open(tags.ENVIRONMENT_FILE) as file:
            known = json.loads(file.read(_LARGEST))
        wanted = {str(name): str(each) for name, each in known["distributions"].items()}
        is_same_python = known["python"] == python_version()
        return is_same_python and all(version(name) == each for name, each in wanted.items())
    except (NotFound, PackageNotFoundError):
        return False
    except (TrackerError, ValueError, LookupError, TypeError, AttributeError):
        return False
