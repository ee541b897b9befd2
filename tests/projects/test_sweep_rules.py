"""What a sweep tries, and when it gives a run up."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from tracker.errors import InvalidValue
from tracker.projects.sweep_samplers import make_sampler
from tracker.projects.sweep_space import Values, draws, grid, spaces
from tracker.projects.sweep_stopping import Curve, HalvingRule, MedianRule


class Uniform:
    """What the distributions of scipy.stats look like, once they are given their parameters."""

    def rvs(self, random_state: int) -> np.float64:
        return np.float64(np.random.default_rng(random_state).uniform(1e-4, 1e-2))


def curve(*scores: float, steps: Sequence[int] | None = None) -> Curve:
    found = Curve()
    for step, score in zip(steps or range(len(scores)), scores, strict=True):
        found.add(step, score)
    return found


def drawn(parameters: Mapping[str, object], count: int, seed: int = 0) -> list[Values]:
    return list(itertools.islice(draws(spaces(parameters), seed), count))


def test_a_grid_is_every_combination_in_order() -> None:
    found = list(grid(spaces({"a": [1, 2], "b": range(0, 4, 2), "c": "x", "d": np.array([0.5])})))
    assert found == [
        {"a": 1, "b": 0, "c": "x", "d": 0.5},
        {"a": 1, "b": 2, "c": "x", "d": 0.5},
        {"a": 2, "b": 0, "c": "x", "d": 0.5},
        {"a": 2, "b": 2, "c": "x", "d": 0.5},
    ]
    assert str(found[0]["d"]) == "0.5"


def test_choices_at_random_are_each_tried_once() -> None:
    found = drawn({"a": [1, 2, 3], "b": ["x", "y"], "c": [True, 1]}, 100)
    assert len(found) == 12
    assert found != list(grid(spaces({"a": [1, 2, 3], "b": ["x", "y"], "c": [True, 1]})))


@given(st.integers(), st.floats(-1e9, 1e9), st.floats(1e-6, 1e6))
def test_the_same_seed_draws_the_same_values_within_their_bounds(
    seed: int, low: float, width: float
) -> None:
    parameters: dict[str, Any] = {
        "interval": (low, low + width),
        "integers": (-3, 3),
        "choice": ["a", "b"],
        "log": FloatDistribution(1e-5, 1e-1, log=True),
        "steps": FloatDistribution(0, 1, step=0.25),
        "evens": IntDistribution(2, 10, step=2),
        "magnitudes": IntDistribution(1, 1000, log=True),
        "named": CategoricalDistribution(["p", "q"]),
        "scipy": Uniform(),
    }
    first, again = drawn(parameters, 5, seed), drawn(parameters, 5, seed)
    assert first == again
    for values in first:
        assert low <= _number(values["interval"]) <= low + width
        assert values["integers"] in range(-3, 4)
        assert values["choice"] in ("a", "b")
        assert 1e-5 <= _number(values["log"]) <= 1e-1
        assert values["steps"] in (0, 0.25, 0.5, 0.75, 1)
        assert values["evens"] in range(2, 11, 2)
        assert values["magnitudes"] in range(1, 1001)
        assert values["named"] in ("p", "q")
        assert type(values["scipy"]) is float


def _number(value: object) -> float:
    assert isinstance(value, float)
    return value


def test_optuna_is_given_what_means_the_same() -> None:
    given_values: dict[str, object] = {
        "choice": [{"deep": 1}, None],
        "interval": (0.0, 1.0),
        "integers": (1, 3),
        "own": FloatDistribution(1e-5, 1e-1, log=True),
    }
    found = spaces(given_values)
    sampler = make_sampler("optuna", found, given_values, trials=10, seed=1, stopping=None)
    for number in range(10):
        values = sampler.ask()
        assert values is not None
        assert values["choice"] in ({"deep": 1}, None)
        assert values["integers"] in (1, 2, 3)
        assert 1e-5 <= _number(values["own"]) <= 1e-1
        sampler.tell(number, [1.0, None, math.inf][number % 3], was_stopped=number == 9)
    assert sampler.ask() is None
    with pytest.raises(InvalidValue, match="optuna cannot draw 'x' from"):
        wanted = {"x": Uniform()}
        make_sampler("optuna", spaces(wanted), wanted, trials=1, seed=1, stopping=None)


def test_optunas_own_samplers_and_pruners_are_taken() -> None:
    wanted = {"x": [1, 2]}
    sampler = make_sampler(
        optuna.samplers.RandomSampler(seed=1),
        spaces(wanted),
        wanted,
        trials=5,
        seed=None,
        stopping=optuna.pruners.ThresholdPruner(lower=0.0),
    )
    sampler.ask()
    points = curve(1.0, 2.0)
    assert not sampler.is_hopeless(0, points, [])
    points.add(2, -1.0)
    assert sampler.is_hopeless(0, points, [])
    sampler.tell(0, None, was_stopped=True)


def test_optunas_median_pruner_stops_what_falls_behind() -> None:
    wanted = {"x": [1, 2]}
    sampler = make_sampler("optuna", spaces(wanted), wanted, trials=9, seed=0, stopping="median")
    for number in range(4):
        sampler.ask()
        assert not sampler.is_hopeless(number, curve(1.0, 2.0, 3.0, 4.0), [])
        sampler.tell(number, 4.0, was_stopped=False)
    sampler.ask()
    assert sampler.is_hopeless(4, curve(0.1, 0.2, 0.3, 0.4), [])


def test_the_median_rule_stops_the_worse_half_once_it_can_compare() -> None:
    rule = MedianRule()
    good, fair, bad = curve(1, 2, 3, 4), curve(1, 2, 2, 2), curve(0, 0, 0)
    assert rule.is_hopeless(bad, [good, fair, fair])
    assert not rule.is_hopeless(bad, [good, fair])
    assert not rule.is_hopeless(curve(0, 0), [good, fair, fair])
    assert not rule.is_hopeless(fair, [fair, fair, good])
    # Others count only where they came as far.
    assert not rule.is_hopeless(curve(0, 0, 0, 0, 0), [good, fair, fair])
    # What was better earlier is still its best.
    assert not rule.is_hopeless(curve(3, 0, 0), [good, fair, fair])


def test_runs_are_compared_at_the_same_step_and_not_at_the_same_point() -> None:
    rule = MedianRule()
    others = [curve(*range(100)) for _ in range(3)]
    coarse = curve(0, 10, 20, steps=[0, 10, 20])
    assert not rule.is_hopeless(coarse, others)
    late = curve(0, 9, 19, steps=[0, 10, 20])
    assert rule.is_hopeless(late, others)


def test_where_no_steps_are_logged_points_are_counted() -> None:
    rule = MedianRule()
    others = [curve(0, 1, 2, 3, 4, 5, steps=[0] * 6) for _ in range(3)]
    assert not rule.is_hopeless(curve(0, 1, 2, steps=[0] * 3), others)
    assert rule.is_hopeless(curve(0, 1, 1, steps=[0] * 3), others)


def test_what_is_no_number_any_more_is_hopeless() -> None:
    rule = MedianRule()
    nothing = curve(math.nan, math.nan, math.nan)
    assert rule.is_hopeless(nothing, [curve(0, 0, 0) for _ in range(3)])
    assert not rule.is_hopeless(nothing, [nothing, nothing, nothing])


def test_halving_lets_the_best_third_pass_each_rung() -> None:
    rule = HalvingRule(first=2, factor=3)
    others = [curve(float(number), float(number)) for number in range(1, 9)]
    assert not rule.is_hopeless(curve(0), others)
    assert rule.is_hopeless(curve(0, 0), others)
    assert rule.is_hopeless(curve(5.5, 5.5), others)
    assert not rule.is_hopeless(curve(6.5, 6.5), others)
    # Between rungs it is the last one passed that counts: six points are the next.
    assert rule.is_hopeless(curve(0, 0, 99, 99), others)
    assert not rule.is_hopeless(curve(0, 0, 99, 99, 99, 99), others)
    assert not rule.is_hopeless(curve(0, 0), others[:1])
