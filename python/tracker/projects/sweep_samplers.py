"""Which values a sweep tries next: a grid, at random, or what optuna proposes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from tracker.errors import InvalidValue
from tracker.projects.sweep_space import Choice, Drawn, Interval, Space, Values, draws, grid
from tracker.projects.sweep_stopping import Curve, StoppingRule, rule

DEFAULT_TRIALS = 20
"""Runs of a sweep whose values come without end, where nobody says how many."""


class Sampler(Protocol):
    """Proposes values and hears what became of them. `number` counts the proposals from 0."""

    def ask(self) -> Values | None:
        """Return what to try next, None when that was all."""

    def is_hopeless(self, number: int, curve: Curve, others: Sequence[Curve]) -> bool:
        """Return whether to stop a run, given its points so far and those of the others."""

    def tell(self, number: int, score: float | None, *, was_stopped: bool) -> None:
        """Hear how a run ended: its score (greater is better), None where it failed."""


class ListedSampler:
    """Proposes what it was made with, whatever comes of it."""

    def __init__(self, values: Iterator[Values], stopping: StoppingRule | None) -> None:
        self._values = values
        self._stopping = stopping

    def ask(self) -> Values | None:
        """Return the next ones."""
        return next(self._values, None)

    def is_hopeless(self, number: int, curve: Curve, others: Sequence[Curve]) -> bool:
        """Return what the rule says."""
        return self._stopping is not None and self._stopping.is_hopeless(curve, others)

    def tell(self, number: int, score: float | None, *, was_stopped: bool) -> None:
        """Take no notice."""


class OptunaSampler:
    """Asks optuna, and leaves stopping to its pruners."""

    def __init__(
        self,
        found: Mapping[str, Space],
        given: Mapping[str, object],
        trials: int,
        seed: int | None,
        *,
        sampler: Any = None,
        stopping: Any = "median",
    ) -> None:
        optuna = _optuna()
        chosen = sampler if sampler is not None else optuna.samplers.TPESampler(seed=seed)
        self._optuna = optuna
        self._left = trials
        self._trials: list[Any] = []
        self._told: list[int] = []
        self._distributions = {
            name: _distribution(optuna, name, space, given[name]) for name, space in found.items()
        }
        self._texts = {name: space for name, space in found.items() if isinstance(space, Choice)}
        verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            self._study = optuna.create_study(
                direction="maximize", sampler=chosen, pruner=_pruner(optuna, stopping)
            )
        finally:
            optuna.logging.set_verbosity(verbosity)

    def ask(self) -> Values | None:
        """Return what optuna proposes."""
        if self._left == 0:
            return None
        self._left -= 1
        trial = self._study.ask(self._distributions)
        self._trials.append(trial)
        self._told.append(0)
        return {name: self._value(name, trial.params[name]) for name in self._distributions}

    def is_hopeless(self, number: int, curve: Curve, others: Sequence[Curve]) -> bool:
        """Return what optuna's pruner says about the points that are new."""
        trial = self._trials[number]
        has_steps = any(curve.steps)
        for index in range(self._told[number], len(curve.scores)):
            step = curve.steps[index] if has_steps else index
            if step >= 0:
                trial.report(curve.scores[index], step)
        self._told[number] = len(curve.scores)
        return bool(self._told[number]) and bool(trial.should_prune())

    def tell(self, number: int, score: float | None, *, was_stopped: bool) -> None:
        """Pass it on."""
        states = self._optuna.trial.TrialState
        trial = self._trials[number]
        if was_stopped:
            self._study.tell(trial, state=states.PRUNED)
        elif score is None or not math.isfinite(score):
            self._study.tell(trial, state=states.FAIL)
        else:
            self._study.tell(trial, score)

    def _value(self, name: str, proposed: Any) -> object:
        choice = self._texts.get(name)
        return proposed if choice is None else choice.values[int(proposed)]


def make_sampler(
    wanted: Any,
    found: Mapping[str, Space],
    given: Mapping[str, object],
    *,
    trials: int | None,
    seed: int | None,
    stopping: Any,
) -> Sampler:
    """Return the sampler `grid`, `random` or `optuna`, or one that uses an optuna sampler.

    Raises InvalidValue.
    """
    if trials is not None and trials < 1:
        raise InvalidValue(f"n_trials is {trials}: a sweep has at least one run.")
    if wanted == "grid":
        return ListedSampler(itertools.islice(grid(found), trials), rule(stopping))
    if wanted == "random":
        count = trials or DEFAULT_TRIALS
        return ListedSampler(itertools.islice(draws(found, seed), count), rule(stopping))
    if wanted == "optuna" or hasattr(wanted, "sample_relative"):
        return OptunaSampler(
            found,
            given,
            trials or DEFAULT_TRIALS,
            seed,
            sampler=None if wanted == "optuna" else wanted,
            stopping=stopping,
        )
    raise InvalidValue(
        f"sampler is {wanted!r}. There are 'grid', 'random' and 'optuna', or one of optuna's own."
    )


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise InvalidValue(
            "sampler='optuna' needs the package optuna: pip install jupyterlab-tracker[sweeps]"
        ) from None
    return optuna


def _distribution(optuna: Any, name: str, space: Space, given: object) -> Any:
    """Return optuna's own distribution where one was given, else the one that means the same."""
    kinds = optuna.distributions
    if isinstance(space, Drawn):
        raise InvalidValue(
            f"optuna cannot draw '{name}' from {type(space.distribution).__name__}: give "
            "(low, high) or one of optuna.distributions."
        )
    if isinstance(space, Choice):
        # By their places: optuna takes only plain values.
        return kinds.CategoricalDistribution(range(len(space.values)))
    if isinstance(given, kinds.BaseDistribution):
        return given
    assert isinstance(space, Interval)
    if space.is_integer:
        return kinds.IntDistribution(int(space.low), int(space.high))
    return kinds.FloatDistribution(space.low, space.high)


def _pruner(optuna: Any, stopping: Any) -> Any:
    if hasattr(stopping, "prune"):
        return stopping
    pruners = {
        "median": lambda: optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=2),
        "halving": optuna.pruners.SuccessiveHalvingPruner,
        None: optuna.pruners.NopPruner,
    }
    if stopping not in pruners:
        raise InvalidValue(
            f"early_stopping is {stopping!r}. With optuna there are 'median', 'halving' and None, "
            "or one of optuna's pruners."
        )
    return pruners[stopping]()
