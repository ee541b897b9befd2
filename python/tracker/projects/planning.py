"""From what a person asks for to what would be executed. Nothing of the project is executed."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tracker.errors import InvalidValue
from tracker.projects import environments, sources, spec
from tracker.projects.command import build_command
from tracker.projects.model import Checkout, EnvManager, Plan
from tracker.tracking.losses import warn


def make_plan(
    uri: str | Path,
    entry_point: str = "main",
    *,
    version: str | None = None,
    parameters: Mapping[str, object] | None = None,
    env_manager: str | None = None,
) -> Plan:
    """Return what running this would execute; a repository is fetched for it, nothing else.

    Where it is not run, give its checkout to `sources.discard`.
    Raises InvalidValue, NotFound and other TrackerErrors that say what in it is wrong.
    """
    manager = _manager(env_manager)
    checkout = sources.fetch(uri, version)
    with discarded_on_error(checkout):
        project = spec.project_of(checkout)
        command = build_command(project, entry_point, parameters)
        return Plan(checkout, project, command, environments.choose(project, manager))


def with_downloads(
    plan: Plan, parameters: Mapping[str, object] | None, storage_dir: str | Path | None
) -> Plan:
    """Return the plan with what its parameters of type `path` name elsewhere brought here.

    Raises InvalidValue, TrackerError where that fails.
    """
    folder = Path(storage_dir or tempfile.gettempdir()) / f"tracker-{uuid.uuid4().hex}"
    command = build_command(plan.project, plan.command.entry_point, parameters, storage_dir=folder)
    return replace(plan, command=command)


@contextmanager
def discarded_on_error(checkout: Checkout) -> Iterator[None]:
    """Remove what was fetched where the body fails: nobody will run it."""
    try:
        yield
    except BaseException:
        sources.discard(checkout)
        raise


def plan_remarks(plan: Plan) -> list[str]:
    """Return what is odd about the project and the parameters, as lines for people."""
    return [*(spec.told(remark) for remark in plan.project.remarks), *plan.command.remarks]


def warn_of_remarks(plan: Plan) -> None:
    """Tell a program's user the same as warnings."""
    for remark in plan_remarks(plan):
        warn(remark)


def described(plan: Plan) -> dict[str, object]:
    """Return what would be executed, for JSON."""
    return {
        "command": plan.command.line,
        "params": dict(plan.command.params),
        "env_manager": plan.env_manager.value,
        "cwd": str(plan.project.folder),
        "name": plan.project.name,
        "entry_point": plan.command.entry_point,
    }


def _manager(name: str | None) -> EnvManager:
    try:
        return EnvManager(name or EnvManager.AUTO)
    except ValueError:
        names = ", ".join(EnvManager)
        raise InvalidValue(f"No environment manager is called {name!r}, only {names}.") from None
