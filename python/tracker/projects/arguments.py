"""`name=value` as people give it on command lines and to `%mlrun`; the messages are MLflow's."""

from __future__ import annotations

from collections.abc import Iterable

from tracker.errors import InvalidValue


def parameters(given: Iterable[str]) -> dict[str, str]:
    """Return the values of `-P name=value`. Raises InvalidValue."""
    found: dict[str, str] = {}
    for argument in given:
        name, equals, value = argument.partition("=")
        if not equals:
            raise InvalidValue(f"Invalid format for -P parameter: '{argument}'. Use -P name=value.")
        _add(found, name, value)
    return found


def docker_arguments(given: Iterable[str]) -> dict[str, str | bool]:
    """Return the options of `docker run`, True where one stands alone. Raises InvalidValue."""
    found: dict[str, str | bool] = {}
    for argument in given:
        name, equals, value = argument.partition("=")
        _add(found, name, value if equals else True)
    return found


def _add(found: dict[str, str] | dict[str, str | bool], name: str, value: str | bool) -> None:
    if name in found:
        raise InvalidValue(f"Repeated parameter: '{name}'")
    found[name] = value  # type: ignore[assignment]  # both dicts take what is added to them
