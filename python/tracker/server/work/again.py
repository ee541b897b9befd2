"""Runs run again, verified and exported as the panel asks: checked here, done by `worker`."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound
from tracker.server.fields import as_object, text, wrong
from tracker.server.notebooks.links import new_folder
from tracker.server.notebooks.origin import AGAIN_OF
from tracker.server.notebooks.possible import Deed, run_for
from tracker.server.places.folders import resolve_folder
from tracker.server.wire import ExportAnswer, JobAnswer, PlanAnswer
from tracker.store.base import Store
from tracker.tracking.context import SOURCE_NAME, SOURCE_TYPE, USER

if TYPE_CHECKING:
    from tracker.server.places.reading import Places
    from tracker.server.work.jobs import Jobs

MOST_PARAMETERS: Final = 1_000
LONGEST_VALUE: Final = 100_000
_MANAGERS: Final = ("auto", "local", "uv", "virtualenv", "conda", "docker")


def plan_again(places: Places, jobs: Jobs, run_id: str, body: object) -> PlanAnswer:
    """Answer a PlanRequest. Raises NotFound, InvalidValue, InvalidState."""
    fields = as_object(body, "The request")
    uri, _, _, folder = _place(places, fields, run_id, "run")
    order = {**_order("plan", uri, run_id), "copy_large": _flag(fields, "copy_large")}
    return cast(PlanAnswer, jobs.ask(order, folder))


def start_job(places: Places, jobs: Jobs, run_id: str, body: object) -> JobAnswer:
    """Answer a JobRequest. Raises NotFound, InvalidValue, InvalidState."""
    fields = as_object(body, "The request")
    kind = fields.get("kind")
    if kind not in ("run", "verify"):
        raise wrong("kind", "'run' or 'verify'", kind)
    order = {
        **_order(kind, "", run_id),
        "content": text(fields, "content"),
        "agreed": _flag(fields, "agreed"),
        "copy_large": _flag(fields, "copy_large"),
        "env_manager": _manager(fields),
        "parameters": _parameters(fields),
    }
    name = text(fields, "run_name", "").strip()
    uri, store, original, folder = _place(places, fields, run_id, kind)
    order["store"] = uri

    def begin() -> str:
        return _new_run(store, store.get_run(run_id), original, name).info.run_id

    return {"job": jobs.start(order, kind, folder, begin if kind == "run" else None)}


def cancel_job(jobs: Jobs, job_id: str) -> JobAnswer:
    """End a job. Raises NotFound."""
    job = jobs.cancel(job_id)
    if job is None:
        raise NotFound(f"There is no job {job_id}.")
    return {"job": job}


def export_project(places: Places, jobs: Jobs, run_id: str, body: object) -> ExportAnswer:
    """Answer an ExportRequest. Raises NotFound, InvalidValue, InvalidState."""
    fields = as_object(body, "The request")
    path = text(fields, "path")
    uri, _, original, folder = _place(places, fields, run_id, "export")
    order = {
        **_order("export", uri, original.info.run_id),
        "folder": str(new_folder(places.root, path)),
        "copy_large": _flag(fields, "copy_large"),
        "allow_secrets": _flag(fields, "allow_secrets"),
    }
    return cast(ExportAnswer, {"path": path.strip("/"), **jobs.ask(order, folder)})


def _place(
    places: Places, fields: Mapping[str, object], run_id: str, deed: Deed
) -> tuple[str, Store, Run, Path]:
    """Return what `run_for` does, and the folder to work from."""
    named = text(fields, "folder")
    uri, store, original = run_for(deed, places, named, run_id)
    try:
        folder = resolve_folder(places.root, named, allow_hidden=True)
    except InvalidValue:  # a store that was opened has no folder among those that Jupyter serves
        folder = places.root
    return uri, store, original, folder


def _order(task: str, uri: str, run_id: str) -> dict[str, Any]:
    return {"task": task, "store": uri, "run_id": run_id}


def _new_run(store: Store, run: Run, original: Run, name: str) -> Run:
    """Return the run that is to become the other one again: there at once, to be looked at."""
    source = original.data.tags.get(SOURCE_NAME, "")
    tags = {AGAIN_OF: original.info.run_id, SOURCE_TYPE: "PROJECT", USER: getpass.getuser()}
    return store.create_run(
        run.info.experiment_id,
        run_name=name or f"{run.info.run_name} again",
        user_id=tags[USER],
        tags={**tags, **({SOURCE_NAME: source} if source else {})},
    )


def _parameters(fields: Mapping[str, object]) -> dict[str, str]:
    given = as_object(fields.get("parameters") or {}, "'parameters'")
    if len(given) > MOST_PARAMETERS:
        raise wrong("parameters", f"at most {MOST_PARAMETERS} parameters", given)
    values = {name: text(given, name) for name in given}
    for name, value in values.items():
        if len(value) > LONGEST_VALUE or "\0" in value or not name or "\0" in name:
            raise InvalidValue(f"The value of the parameter {name[:80]!r} cannot be used.")
    return values


def _manager(fields: Mapping[str, object]) -> str | None:
    value = fields.get("env_manager")
    if value is not None and value not in _MANAGERS:
        raise wrong("env_manager", " or ".join(map(repr, _MANAGERS)), value)
    return value


def _flag(fields: Mapping[str, object], name: str) -> bool:
    value = fields.get(name, False)
    if not isinstance(value, bool):
        raise wrong(name, "true or false", value)
    return value
