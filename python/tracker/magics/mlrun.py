"""`%mlrun`: a project runs, and its card below the cell shows how it goes."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from IPython.core.error import UsageError

from tracker.configuration import Tracker
from tracker.errors import ProjectError, TrackerError
from tracker.magics.channel import Channel, channel_for
from tracker.magics.exporting import LineParser
from tracker.magics.livecard import LiveCard
from tracker.projects.backends.base import DockerOptions
from tracker.projects.model import EnvManager, Plan
from tracker.projects.planning import plan_remarks
from tracker.projects.recording import source_name
from tracker.projects.submitted import SubmittedRun
from tracker.rendering.card import Card
from tracker.rendering.project import KEPT_LINES, ProjectCard
from tracker.widgets.composer import CardComposer

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

RESULT = "_mlrun"
"""The name in the notebook under which the last run is found."""
_SHORT_COMMIT = 8

E = TypeVar("E", bound=BaseException)


def mlrun(shell: InteractiveShell, config: Tracker, line: str) -> SubmittedRun | None:
    """Run the project that the line names. Raises UsageError, ProjectError (the run failed)."""
    request = _request(line)
    if request.help:
        print(_PARSER.format_help())
        return None
    try:
        submitted, card = _start(shell, config, request)
    except ProjectError:
        raise
    except TrackerError as error:
        raise UsageError(f"%mlrun: {error}") from None
    except KeyboardInterrupt as error:
        raise _in_one_line(error, "KeyboardInterrupt: the project was not run") from None
    shell.user_ns[RESULT] = submitted
    _show_nothing_twice(shell, submitted)
    if request.background:
        threading.Thread(target=card.finish, name="tracker-mlrun", daemon=True).start()
        return submitted
    _wait(submitted, card)
    return submitted


class _RunCard:
    """The card of one project's run, from its start to its end."""

    def __init__(self, channel: Channel, submitted: SubmittedRun, config: Tracker) -> None:
        self._submitted = submitted
        self._composer = CardComposer(
            submitted.store, submitted.run_id, submitted.plan.command.params
        )
        self._composer.notes += plan_remarks(submitted.plan)
        self._is_live = channel.is_live
        self._card = LiveCard(channel, self.compose, interval=config.card_interval)
        self._is_shown = config.show_card

    def start(self) -> None:
        """Show the first card."""
        if self._is_shown:
            run = self._submitted.store.get_run(self._submitted.run_id)
            self._card.start(self._of_project(self._composer.first(run)))

    def finish(self) -> None:
        """Wait for the end of the run, and show the card as it stays."""
        self._submitted.wait()
        self._composer.error = self._submitted.reason
        if self._is_shown:
            self._card.stop()
            with suppress(TrackerError):  # a store that is gone costs the last card, not the result
                self._card.finish(self.compose(), is_shown=True)

    def compose(self) -> Card:
        """Return the card as of now. Raises TrackerError."""
        return self._of_project(self._composer.compose())

    def _of_project(self, card: Card) -> ProjectCard:
        plan = self._submitted.plan
        common = {field.name: getattr(card, field.name) for field in fields(Card)}
        return ProjectCard(
            **common,
            source=_source(plan),
            entry_point=plan.command.entry_point,
            version=_version(plan),
            environment="" if plan.env_manager is EnvManager.LOCAL else str(plan.env_manager),
            # Where no card is drawn anew, the output was printed as it came.
            lines=self._submitted.last_lines(KEPT_LINES) if self._is_live else (),
            may_cancel=self._is_live,
        )


def _start(
    shell: InteractiveShell, config: Tracker, request: argparse.Namespace
) -> tuple[SubmittedRun, _RunCard]:
    from tracker.projects import arguments, planning, trust

    given = arguments.parameters(request.parameters)
    plan = planning.make_plan(
        request.uri,
        request.entry_point,
        version=request.version,
        parameters=given,
        env_manager=request.env_manager,
    )
    channel = channel_for(shell)
    with planning.discarded_on_error(plan.checkout):
        trust.confirm(plan, yes=request.yes)
        submitted = _submit(plan, given, request, channel)
    try:
        card = _RunCard(channel, submitted, config)
        card.start()
    except BaseException:  # nobody would wait for it
        submitted.cancel()
        raise
    return submitted, card


def _submit(
    plan: Plan, given: dict[str, str], request: argparse.Namespace, channel: Channel
) -> SubmittedRun:
    from tracker.projects import arguments, planning, running

    return running.submit(
        planning.with_downloads(plan, given, request.storage_dir),
        experiment_name=request.experiment_name,
        experiment_id=request.experiment_id,
        backend=request.backend,
        backend_config=request.backend_config,
        synchronous=not request.background,
        run_id=request.run_id,
        run_name=request.run_name,
        docker=DockerOptions(arguments.docker_arguments(request.docker_args), request.build_image),
        on_output=_printer(channel),
    )


def _printer(channel: Channel) -> Callable[[str], None] | None:
    """Return what prints the output where no card can show it while the project runs."""
    return None if channel.is_live else lambda text: print(text, end="")


def _wait(submitted: SubmittedRun, card: _RunCard) -> None:
    """Wait for the end of the run; an interrupt cancels it."""
    interrupt: KeyboardInterrupt | None = None
    try:
        submitted.wait()
    except KeyboardInterrupt as error:
        interrupt = error
        submitted.cancel()
    card.finish()
    if interrupt is not None:
        raise _in_one_line(interrupt, f"KeyboardInterrupt: {submitted.run_id} was cancelled")
    try:
        submitted.check()
    except ProjectError as error:
        raise _in_one_line(error, f"ProjectError: {error}") from None


def _in_one_line(error: E, line: str) -> E:
    """Have IPython show the error as one line: how it came up through here helps nobody."""
    error._render_traceback_ = lambda: [line]  # type: ignore[attr-defined]  # IPython asks for it
    return error


def _show_nothing_twice(shell: InteractiveShell, submitted: SubmittedRun) -> None:
    """Have the cell's own value show nothing: its card stands there. Later it shows itself."""
    formatter = shell.display_formatter
    if formatter is None:
        return
    cell = shell.execution_count

    def show(shown: SubmittedRun) -> None:
        if shown.run_id != submitted.run_id or shell.execution_count != cell:
            print(shown)

    formatter.ipython_display_formatter.for_type(SubmittedRun, show)


def _source(plan: Plan) -> str:
    """Return where the project is, a local one as one would type it from here."""
    folder = plan.checkout.folder
    if plan.checkout.is_local and folder.is_relative_to(Path.cwd()):
        return folder.relative_to(Path.cwd()).as_posix().removeprefix(".") or Path.cwd().name
    return source_name(plan.checkout)


def _version(plan: Plan) -> str:
    commit = (plan.checkout.commit or "")[:_SHORT_COMMIT]
    named = plan.checkout.version or plan.checkout.branch or ""
    return f"{named} ({commit})" if named and commit and not commit.startswith(named) else commit


def _parser() -> LineParser:
    parser = LineParser(
        prog="%mlrun",
        description="Run a project, from a folder or a git repository, and watch it here.",
        add_help=False,
    )
    add = parser.add_argument
    add("uri", nargs="?", metavar="URI", help="a folder, or a git repository: URL[#subfolder]")
    add("-e", "--entry-point", default="main", metavar="NAME", help="what of it to run; main")
    add("-v", "--version", metavar="VERSION", help="commit, branch or tag of a git repository")
    add("-P", "--param-list", dest="parameters", action="append", default=[], metavar="NAME=VALUE",
        help="a parameter; may be repeated")  # fmt: skip
    add("-A", "--docker-args", action="append", default=[], metavar="NAME[=VALUE]",
        help="an option of docker run; may be repeated")  # fmt: skip
    add("--experiment-name", metavar="NAME", help="experiment of the run")
    add("--experiment-id", metavar="ID", help="the same by its id")
    add("--run-name", metavar="NAME", help="name of the run")
    add("--run-id", metavar="ID", help="use this run instead of a new one")
    add("--env-manager", metavar="MANAGER", choices=[*EnvManager],
        help=f"how the environment is made: {', '.join(EnvManager)}")  # fmt: skip
    add("-b", "--backend", default="local", help="where it runs; local")
    add("-c", "--backend-config", metavar="JSON", help="its configuration: JSON or a .json file")
    add("--build-image", action="store_true", help="put the project's files into an image")
    add("--storage-dir", metavar="FOLDER", help="where files that parameters name are loaded to")
    add("--background", action="store_true", help="go on without waiting for the end")
    add("--yes", action="store_true", help="run a project from elsewhere without being asked")
    add("-h", "--help", action="store_true", help="show this")
    return parser


_PARSER = _parser()


def _request(line: str) -> argparse.Namespace:
    request = _PARSER.read(line)
    if request.uri is None and not request.help:
        _PARSER.error("which project? Give a folder or the URL of a git repository")
    return request
