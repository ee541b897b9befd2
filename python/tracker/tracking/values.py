"""What people log, as what a store keeps: metric values to float, params and tags to text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tracker.errors import InvalidValue


def metric_value(key: str, value: object) -> float:
    """Return the value of a metric as a float.

    Taken are numbers, bools, numeric text, and arrays or tensors of one element of any library
    that has `item()`. Raises InvalidValue, naming the key and the type, for everything else.
    """
    if type(value) is float:
        return value
    try:
        return float(_single(value))  # type: ignore[arg-type]  # float() judges, we translate
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise InvalidValue(
            f"Metric '{key}' has the value {_shown(value)} of type {_type_name(value)}, "
            "which is not a number. Log a number, or an array or tensor of exactly one element."
        ) from error


def _single(value: object) -> object:
    """Return the one element of an array or tensor, anything else as it is."""
    if isinstance(value, (int, float, str)):
        return value
    detach = getattr(value, "detach", None)
    if detach is not None:
        value = detach()
    item = getattr(value, "item", None)
    if item is not None:
        return item()
    as_array = getattr(value, "numpy", None)
    return as_array().item() if as_array is not None else value


def step_value(key: str, step: object) -> int:
    """Return the step of a metric as an int; None is 0. Raises InvalidValue."""
    if type(step) is int:
        return step
    if step is None:
        return 0
    try:
        return int(step)  # type: ignore[call-overload, no-any-return]  # int() judges
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidValue(
            f"Metric '{key}' was logged at step {_shown(step)} of type {_type_name(step)}; "
            "a step is a whole number."
        ) from error


def text_values(kind: str, values: Mapping[str, object]) -> dict[str, str]:
    """Return a mapping with every value as text. Raises InvalidValue where it is no mapping.

    `kind` names in the message what is logged: "params", "tags".
    """
    if not isinstance(values, Mapping):
        raise InvalidValue(
            f"{kind} are given as a dict of names and values, not as {_type_name(values)}."
        )
    return {key: str(value) for key, value in values.items()}


def metric_values(values: Mapping[str, object]) -> Iterable[tuple[str, float]]:
    """Return names and values of metrics as floats. Raises InvalidValue before yielding any."""
    if not isinstance(values, Mapping):
        raise InvalidValue(
            f"metrics are given as a dict of names and values, not as {_type_name(values)}."
        )
    return [(key, metric_value(key, value)) for key, value in values.items()]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def _type_name(value: object) -> str:
    kind = type(value)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
