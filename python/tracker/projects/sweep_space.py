"""What a sweep may try for a parameter: values, a range, an interval or a distribution."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Protocol

from tracker.errors import InvalidValue

Values = Mapping[str, object]
"""One value for each parameter."""


class Space(Protocol):
    """What may be tried for one parameter."""

    def draw(self, source: random.Random) -> object:
        """Return a value, the same one for a source in the same state."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, each as likely."""

    values: tuple[object, ...]

    def draw(self, source: random.Random) -> object:
        """Return one of the values."""
        return source.choice(self.values)


@dataclass(frozen=True, slots=True)
class Interval:
    """A number from `low` to `high`, both included; with `log` each magnitude is as likely."""

    low: float
    high: float
    is_integer: bool = False
    log: bool = False
    step: float | None = None

    def draw(self, source: random.Random) -> object:
        """Return a number in the interval."""
        if self.step is not None:
            count = math.floor((self.high - self.low) / self.step + 1e-9)
            found = self.low + self.step * source.randint(0, count)
        elif self.log:
            found = math.exp(source.uniform(math.log(self.low), math.log(self.high)))
        elif self.is_integer:
            return source.randint(int(self.low), int(self.high))
        else:
            found = source.uniform(self.low, self.high)
        bounded = min(max(found, self.low), self.high)
        return round(bounded) if self.is_integer else bounded


@dataclass(frozen=True, slots=True)
class Drawn:
    """What an object with the method `rvs(random_state=...)` gives, as those of scipy.stats do."""

    distribution: Any

    def draw(self, source: random.Random) -> object:
        """Return a value drawn by the distribution."""
        found = self.distribution.rvs(random_state=source.getrandbits(32))
        return found.item() if hasattr(found, "item") else found


def spaces(parameters: Mapping[str, object]) -> dict[str, Space]:
    """Return the space of every parameter.

    A list, `range` or array is a choice; a tuple of two numbers an interval (of integers where both
    are); an object with `rvs`, or one of optuna's distributions, a distribution; and anything else
    the one value. Raises InvalidValue.
    """
    if not parameters:
        raise InvalidValue("A sweep needs parameters to vary, such as {'alpha': [0.1, 0.5]}.")
    return {str(name): _space(str(name), wanted) for name, wanted in parameters.items()}


def grid(found: Mapping[str, Space]) -> Iterator[Values]:
    """Yield every combination of choices, the last parameter varying fastest.

    Raises InvalidValue where there are endlessly many.
    """
    choices = [_all_of(name, space) for name, space in found.items()]
    return (dict(zip(found, values, strict=True)) for values in itertools.product(*choices))


def draws(found: Mapping[str, Space], seed: int | None) -> Iterator[Values]:
    """Yield combinations at random, none twice; of choices alone until there are no others."""
    source = random.Random(seed)
    limit = _combinations(found)
    seen: set[str] = set()
    while limit is None or len(seen) < limit:
        values = {name: space.draw(source) for name, space in found.items()}
        if (key := repr(values)) not in seen:
            seen.add(key)
            yield values


def _space(name: str, wanted: Any) -> Space:
    if isinstance(wanted, tuple):
        return _interval(name, wanted)
    if hasattr(wanted, "rvs"):
        return Drawn(wanted)
    if hasattr(wanted, "choices"):
        return Choice(tuple(wanted.choices))
    if hasattr(wanted, "low") and hasattr(wanted, "high"):
        return _of_optuna(wanted)
    if isinstance(wanted, Iterable) and not isinstance(wanted, str | bytes | Mapping):
        values = tuple(wanted.tolist() if hasattr(wanted, "tolist") else wanted)
        if not values:
            raise InvalidValue(f"The parameter '{name}' of the sweep has no values to try.")
        return Choice(values)
    return Choice((wanted,))


def _of_optuna(distribution: Any) -> Interval:
    is_integer = isinstance(distribution.low, int)
    log = bool(getattr(distribution, "log", False))
    step = None if log else getattr(distribution, "step", None)
    return Interval(distribution.low, distribution.high, is_integer, log, step)


def _interval(name: str, wanted: tuple[Any, ...]) -> Interval:
    if len(wanted) == 2 and all(map(_is_number, wanted)) and wanted[0] < wanted[1]:
        low, high = wanted
        if isinstance(low, Integral) and isinstance(high, Integral):
            return Interval(int(low), int(high), is_integer=True)
        return Interval(float(low), float(high))
    raise InvalidValue(
        f"The parameter '{name}' of the sweep is {wanted!r}. A tuple says (low, high), two finite "
        "numbers; values to choose from are a list."
    )


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _all_of(name: str, space: Space) -> tuple[object, ...]:
    if isinstance(space, Choice):
        return space.values
    raise InvalidValue(
        f"A grid needs a list or range of values for '{name}'. For an interval or distribution use "
        "sampler='random' or 'optuna'."
    )


def _combinations(found: Mapping[str, Space]) -> int | None:
    """Return how many there are, None where that is not known."""
    count = 1
    for space in found.values():
        if not isinstance(space, Choice):
            return None
        count *= len({repr(value) for value in space.values})
    return count
