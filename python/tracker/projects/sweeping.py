"""Many runs of one project over its parameters: children of one run, watched while they go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tracker.errors import InvalidState, InvalidValue
from tracker.projects import planning, recording
from tracker.projects.model import Plan
from tracker.projects.running import Agree, BackendConfig, max_parallel, read_config
from tracker.projects.sweep_engine import Engine, Order, Sweep
from tracker.projects.sweep_samplers import make_sampler
from tracker.projects.sweep_space import Space, spaces
from tracker.projects.sweep_trials import Trial
from tracker.tracking import session

MODES = ("min", "max")


def sweep(
    uri: str | Path,
    parameters: Mapping[str, object],
    metric: str,
    mode: str = "min",
    *,
    entry_point: str = "main",
    version: str | None = None,
    sampler: Any = "grid",
    n_trials: int | None = None,
    seed: int | None = 0,
    early_stopping: Any = "median",
    max_parallel: int | None = None,
    backend: str = "local",
    backend_config: BackendConfig | None = None,
    env_manager: str | None = None,
    experiment_name: str | None = None,
    experiment_id: str | int | None = None,
    run_name: str | None = None,
    storage_dir: str | Path | None = None,
    synchronous: bool = True,
    agree: Agree | None = None,
    on_trial: Callable[[Trial], None] | None = None,
) -> Sweep:
    """Run an entry point of a project over many values of its parameters; return what came of it.

    Each of `parameters` is a list, `range` or array of values; `(low, high)`, an interval of
    numbers with both ends; a distribution of scipy.stats or optuna; or one value for all runs.
    `sampler` is `grid` (every combination), `random` or `optuna`, which make `n_trials` runs (20
    where nobody says), or one of optuna's samplers. The same `seed` tries the same values; with
    optuna, which learns from what has ended, only if `max_parallel` is 1.

    No more than `max_parallel` runs go on at a time. The points of `metric` are watched as they are
    logged, and a run is stopped early where `early_stopping` finds it hopeless: `median` (worse
    than the median of the others at the same step), `halving` (successive halving), None, one of
    optuna's pruners, or an object with `is_hopeless(curve, others)`. The best one is the finished
    run with the smallest last value of the metric, or with `mode="max"` the greatest.

    The runs are children of one run, whose tags tell of the sweep. An interrupt cancels them all.
    With `synchronous=False` this returns at once. `agree` is asked once before anything is run,
    `on_trial` told of every run that has ended.

    Raises InvalidValue, NotFound and other TrackerErrors where the project cannot be run so, and
    ProjectError where the first runs all fail.
    """
    if mode not in MODES:
        raise InvalidValue(f"mode is {mode!r}: the metric is to be 'min' or 'max'.")
    found = spaces(parameters)
    chosen = make_sampler(
        sampler, found, parameters, trials=n_trials, seed=seed, stopping=early_stopping
    )
    first = chosen.ask()
    assert first is not None  # no space is empty
    plan = planning.make_plan(
        uri, entry_point, version=version, parameters=first, env_manager=env_manager
    )
    with planning.discarded_on_error(plan.checkout):
        planning.warn_of_remarks(plan)
        if agree is not None:
            agree(plan)
        store = session.store_for_new_run()
        order = Order(
            plan=plan,
            metric=metric,
            maximize=mode == "max",
            parallel=_parallel(max_parallel),
            backend=backend,
            config=read_config(backend_config),
            storage_dir=storage_dir,
            on_trial=on_trial,
            facts=_facts(plan, metric, mode, sampler, seed, found),
        )
        experiment = recording.resolve_experiment(store, experiment_name, experiment_id)
        engine = Engine(order, chosen, first, store, experiment, run_name)
    handle = Sweep(engine)
    engine.start()
    if synchronous:
        _wait(handle)
    return handle


def _facts(
    plan: Plan, metric: str, mode: str, sampler: Any, seed: int | None, found: Mapping[str, Space]
) -> dict[str, object]:
    """Return what the parent run tells of its sweep."""
    return {
        "project": recording.source_name(plan.checkout),
        "entry_point": plan.command.entry_point,
        "metric": metric,
        "mode": mode,
        "sampler": sampler if isinstance(sampler, str) else type(sampler).__name__,
        "seed": seed,
        "parameters": {name: repr(space) for name, space in found.items()},
    }


def _parallel(wanted: int | None) -> int:
    if wanted is None:
        return max_parallel()
    if wanted < 1:
        raise InvalidValue(f"max_parallel is {wanted}: at least one run goes on at a time.")
    return wanted


def _wait(handle: Sweep) -> None:
    """Wait for the end; what interrupts the waiting cancels every run."""
    try:
        handle.wait()
    except BaseException:
        with suppress(InvalidState):
            handle.cancel()
        raise
    handle.check()
