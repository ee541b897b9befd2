"""Running a project: `run` is `mlflow.projects.run` with the same arguments."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from tracker.errors import InvalidValue
from tracker.projects import recording
from tracker.projects.backends.base import DockerOptions
from tracker.projects.backends.opening import open_backend
from tracker.projects.model import Plan
from tracker.projects.planning import (
    discarded_on_error,
    make_plan,
    warn_of_remarks,
    with_downloads,
)
from tracker.projects.submitted import Output, SubmittedRun
from tracker.projects.supervisor import Order
from tracker.tracking import session

BackendConfig = Mapping[str, object] | str | Path
Agree = Callable[[Plan], None]
"""Shown what would be executed. Raises TrackerError where that is not agreed to."""

MAX_PARALLEL = "TRACKER_PROJECTS_MAX_PARALLEL"
"""Environment variable: runs of one program that go on at once while it does not wait for them."""


class _Slots:
    """Lets a bounded number of runs go on at once."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = 0

    def take(self) -> None:
        """Wait for a slot."""
        with self._changed:
            self._changed.wait_for(lambda: self._taken < max_parallel())
            self._taken += 1

    def give_back(self) -> None:
        """Let the next one go on."""
        with self._changed:
            self._taken -= 1
            self._changed.notify()


_slots = _Slots()


def max_parallel() -> int:
    """Return how many runs with `synchronous=False` go on at once: by default one a processor."""
    try:
        return max(1, int(os.environ[MAX_PARALLEL]))
    except (KeyError, ValueError):
        return os.cpu_count() or 1


def run(
    uri: str | Path,
    entry_point: str = "main",
    version: str | None = None,
    parameters: Mapping[str, object] | None = None,
    docker_args: Mapping[str, str | bool] | None = None,
    experiment_name: str | None = None,
    experiment_id: str | int | None = None,
    backend: str | None = "local",
    backend_config: BackendConfig | None = None,
    storage_dir: str | Path | None = None,
    synchronous: bool = True,
    run_id: str | None = None,
    run_name: str | None = None,
    env_manager: str | None = None,
    build_image: bool = False,
    docker_auth: Mapping[str, str] | None = None,
    *,
    agree: Agree | None = None,
    on_output: Output | None = None,
) -> SubmittedRun:
    """Run an entry point of the project at `uri`, a folder or a git repository, as a run.

    Where `synchronous`, this returns when the run has ended: a KeyboardInterrupt cancels it, and so
    does the end of this program. Otherwise it returns at once and the project goes on by itself;
    no more than `max_parallel()` at a time do. Inside a run the project's run is its child.

    `agree` is asked before anything of the project is executed. `on_output` receives what it
    prints; without it that is printed here, where `synchronous`.

    Raises ProjectError (the run failed), and InvalidValue, NotFound and other TrackerErrors where
    the project cannot be run, which leaves no run behind.
    """
    plan = make_plan(
        uri,
        entry_point,
        version=version,
        parameters=parameters,
        env_manager=env_manager,
    )
    with discarded_on_error(plan.checkout):
        warn_of_remarks(plan)
        if agree is not None:
            agree(plan)
        submitted = submit(
            with_downloads(plan, parameters, storage_dir),
            experiment_name=experiment_name,
            experiment_id=experiment_id,
            backend=backend or "local",
            backend_config=backend_config,
            synchronous=synchronous,
            run_id=run_id,
            run_name=run_name,
            docker=DockerOptions(dict(docker_args or {}), build_image, docker_auth),
            on_output=on_output or (_show if synchronous else None),
        )
    if synchronous:
        wait_for(submitted)
        submitted.check()
    return submitted


def submit(
    plan: Plan,
    *,
    experiment_name: str | None = None,
    experiment_id: str | int | None = None,
    backend: str = "local",
    backend_config: BackendConfig | None = None,
    synchronous: bool = False,
    run_id: str | None = None,
    run_name: str | None = None,
    docker: DockerOptions | None = None,
    on_output: Output | None = None,
) -> SubmittedRun:
    """Start what was planned and return without waiting for it.

    Where `synchronous`, the caller means to wait: the run starts at once, and is cancelled should
    this program end. Raises as `run` does.
    """
    config = read_config(backend_config)
    open_backend(backend)
    store = session.store_for_new_run()
    chosen = recording.resolve_experiment(store, experiment_name, experiment_id)
    opened = recording.open_run(
        store, plan, backend, experiment_id=chosen, run_id=run_id, run_name=run_name
    )
    submitted = SubmittedRun(store, opened, plan, on_output)
    order = Order(
        tracking_uri=store.uri,
        run_id=opened.info.run_id,
        plan=plan,
        backend=backend,
        config=config,
        docker=docker or DockerOptions(),
        goes_on_alone=not synchronous,
    )
    if synchronous:
        submitted.start(order)
    else:
        # Not a daemon: a program that ends waits until the last of its projects has begun.
        threading.Thread(target=_start_in_turn, args=(submitted, order)).start()
    return submitted


def wait_for(submitted: SubmittedRun) -> None:
    """Wait for the end of a run; what interrupts the waiting cancels it."""
    try:
        submitted.wait()
    except BaseException:
        submitted.cancel()
        raise


def _show(text: str) -> None:
    print(text, end="", flush=True)


def _start_in_turn(submitted: SubmittedRun, order: Order) -> None:
    _slots.take()
    submitted.start(order)

    def give_back() -> None:
        submitted.wait()
        _slots.give_back()

    threading.Thread(target=give_back, name="tracker-slot", daemon=True).start()


def read_config(config: BackendConfig | None) -> dict[str, object]:
    """Return a backend's configuration: a mapping, or JSON as text or in a `.json` file.

    Raises InvalidValue.
    """
    if config is None:
        return {}
    if isinstance(config, Mapping):
        return dict(config)
    text = str(config)
    try:
        if text.endswith(".json"):
            text = Path(text).read_text(encoding="utf-8")
        found = json.loads(text)
    except FileNotFoundError:
        raise InvalidValue(f"There is no file {config} to configure the backend.") from None
    except (OSError, ValueError) as error:
        raise InvalidValue(f"Invalid backend config JSON. Parse error: {error}") from error
    if not isinstance(found, dict):
        raise InvalidValue('A backend\'s configuration is a JSON object, such as {"key": 1}.')
    return found
