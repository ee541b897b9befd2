"""`tracker run`: a project, with MLflow's names for everything."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

import click

from tracker.cli.frame import Command, Settings, settings
from tracker.cli.output import print_json
from tracker.entities import RunStatus
from tracker.projects import arguments, planning, running, sources, trust
from tracker.projects.backends.base import DockerOptions
from tracker.projects.model import EnvManager, Plan
from tracker.projects.planning import described, plan_remarks
from tracker.projects.submitted import SubmittedRun
from tracker.rendering.wording import clean, state_word
from tracker.tracking import session

_MANAGERS = [manager.value for manager in EnvManager]
_EXIT_CODES = {RunStatus.FAILED: 1, RunStatus.KILLED: 130}
"""130 is what a shell says of a program that Ctrl-C ended."""


@click.command(cls=Command)
@click.argument("uri")
@click.option("-e", "--entry-point", metavar="NAME", default="main", show_default=True,
    help="What of it to run: an entry point, or a .py, .sh or .ipynb file.")  # fmt: skip
@click.option("-v", "--version", metavar="VERSION",
    help="Commit, branch or tag of a git repository.")  # fmt: skip
@click.option("-P", "--param-list", metavar="NAME=VALUE", multiple=True,
    help="A parameter; may be repeated. What is not declared becomes `--NAME VALUE`.")  # fmt: skip
@click.option("-A", "--docker-args", metavar="NAME[=VALUE]", multiple=True,
    help="An option of `docker run`; may be repeated.")  # fmt: skip
@click.option("--experiment-name",
    help="The experiment of the run; it is made where there is none.")  # fmt: skip
@click.option("--experiment-id", help="The same by its id.")
@click.option("-b", "--backend", default="local", show_default=True,
    help="Where it runs: local, dask, kubernetes, or one that is installed.")  # fmt: skip
@click.option("-c", "--backend-config", metavar="JSON",
    help="The backend's configuration: JSON, or the path of a .json file.")  # fmt: skip
@click.option("--env-manager", type=click.Choice(_MANAGERS), default=None,
    help="What makes the environment; by default, what the project defines.")  # fmt: skip
@click.option("--no-conda", is_flag=True, help="The old spelling of --env-manager local.")
@click.option("--storage-dir", envvar="MLFLOW_TMP_DIR", metavar="FOLDER",
    help="Where files that parameters of type path name are loaded to.")  # fmt: skip
@click.option("--run-id", help="Use this run instead of a new one.")
@click.option("--run-name", help="The name of the run.")
@click.option("--build-image", is_flag=True,
    help="For docker: build an image that holds the project's files.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Run a project from elsewhere without being asked.")
@click.option("--dry-run", is_flag=True,
    help="Print as JSON what would be executed, and execute nothing.")  # fmt: skip
@settings
def run(asked: Settings, /, uri: str, **chosen: Any) -> None:
    """Run a project: a folder, or a git repository as URL[#subfolder].

    Its run is recorded in the store, also what `import mlflow` or `import tracker` log in it.
    """
    if chosen["experiment_id"] is not None and chosen["experiment_name"] is not None:
        raise click.UsageError("Specify only one of 'experiment-name' or 'experiment-id' options.")
    given = arguments.parameters(chosen["param_list"])
    plan = planning.make_plan(
        uri,
        chosen["entry_point"],
        version=chosen["version"],
        parameters=given,
        env_manager=EnvManager.LOCAL if chosen["no_conda"] else chosen["env_manager"],
    )
    if chosen["dry_run"]:
        _tell_remarks(plan)
        print_json(described(plan))
        sources.discard(plan.checkout)
        return
    with planning.discarded_on_error(plan.checkout):
        if not trust.confirm(plan, yes=chosen["yes"], show=_say, ask=_ask):
            _tell_remarks(plan)  # who was asked has read them
        submitted = _submit(asked, plan, given, chosen)
    _say(f"Run {submitted.run_id}")
    with suppress(KeyboardInterrupt):
        running.wait_for(submitted)
    _tell_end(asked, submitted)


def _tell_remarks(plan: Plan) -> None:
    for remark in plan_remarks(plan):
        _say(clean(remark, 300))


def _say(text: str) -> None:
    click.echo(text, err=True)


def _ask(question: str) -> str:
    click.echo(question, nl=False, err=True)
    answer = sys.stdin.readline()
    if not answer:
        click.echo(err=True)
        raise EOFError
    return answer


def _submit(
    asked: Settings, plan: Plan, given: dict[str, str], chosen: dict[str, Any]
) -> SubmittedRun:
    session.set_tracking_uri(asked.uri)
    docker = DockerOptions(
        arguments.docker_arguments(chosen["docker_args"]), chosen["build_image"], None
    )
    return running.submit(
        planning.with_downloads(plan, given, chosen["storage_dir"]),
        experiment_name=chosen["experiment_name"],
        experiment_id=chosen["experiment_id"],
        backend=chosen["backend"],
        backend_config=chosen["backend_config"],
        synchronous=True,
        run_id=chosen["run_id"],
        run_name=chosen["run_name"],
        docker=docker,
        # Standard output is for what `--json` asks for.
        on_output=_to_stderr if asked.as_json else _to_stdout,
    )


def _tell_end(asked: Settings, submitted: SubmittedRun) -> None:
    status = submitted.get_status()
    if asked.as_json:
        print_json(
            {"run_id": submitted.run_id, "status": status, "reason": submitted.reason or None}
        )
    else:
        why = f": {clean(submitted.reason, 300)}" if submitted.reason else ""
        _say(f"Run {submitted.run_id} {state_word(status)}{why}")
    if status is not RunStatus.FINISHED:
        raise click.exceptions.Exit(_EXIT_CODES.get(status, 1))


def _to_stdout(text: str) -> None:
    click.echo(text, nl=False)


def _to_stderr(text: str) -> None:
    click.echo(text, nl=False, err=True)
