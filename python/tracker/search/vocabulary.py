"""Which names a filter may use: one vocabulary for runs and one for experiments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from tracker.search.syntax import Field, Kind, ValueType

SUMMARIES: Final[Mapping[str, ValueType]] = {
    "last": ValueType.NUMBER,
    "min": ValueType.NUMBER,
    "max": ValueType.NUMBER,
    "count": ValueType.NUMBER,
    "last_step": ValueType.NUMBER,
    "last_timestamp": ValueType.TIME,
}
"""What is known of a metric besides its points, and what may follow its name in a filter."""

_RUN_ATTRIBUTES: Final[Mapping[str, ValueType]] = {
    "run_id": ValueType.TEXT,
    "run_name": ValueType.TEXT,
    "status": ValueType.TEXT,
    "artifact_uri": ValueType.TEXT,
    "user_id": ValueType.TEXT,
    "start_time": ValueType.TIME,
    "end_time": ValueType.TIME,
    "duration": ValueType.DURATION,
}
_EXPERIMENT_ATTRIBUTES: Final[Mapping[str, ValueType]] = {
    "name": ValueType.TEXT,
    "experiment_id": ValueType.TEXT,
    "creation_time": ValueType.TIME,
    "last_update_time": ValueType.TIME,
}
DATASET_KEYS: Final = ("name", "digest", "context")
"""What a data set can be searched by; `context` says how the run used it."""
DATASET_CONTEXT_TAG: Final = "mlflow.data.context"
"""The tag of an input that holds its context."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that filters and orders of one kind of thing may use.

    `prefixes` maps what may stand before the first dot; `example` is a condition for messages;
    `listed` are the attributes that take IN.
    """

    prefixes: Mapping[str, Kind]
    attributes: Mapping[str, ValueType]
    aliases: Mapping[str, str]
    listed: frozenset[str]
    sortable: frozenset[Kind]
    example: str

    def attribute(self, name: str) -> str | None:
        """Return the proper name of an attribute, None if there is none of that name."""
        proper = self.aliases.get(name, name)
        return proper if proper in self.attributes else None

    def type_of(self, field: Field) -> ValueType:
        """Return what a field of this vocabulary holds."""
        if field.kind is Kind.ATTRIBUTE:
            return self.attributes[field.key]
        return SUMMARIES[field.summary] if field.kind is Kind.METRIC else ValueType.TEXT

    def takes_list(self, field: Field) -> bool:
        """Whether IN and NOT IN may follow the field."""
        return field.kind is Kind.DATASET or (
            field.kind is Kind.ATTRIBUTE and field.key in self.listed
        )


RUNS: Final = Vocabulary(
    prefixes={
        **dict.fromkeys(("metric", "metrics"), Kind.METRIC),
        **dict.fromkeys(("param", "params", "parameter", "parameters"), Kind.PARAM),
        **dict.fromkeys(("tag", "tags"), Kind.TAG),
        **dict.fromkeys(("attribute", "attributes", "attr", "run"), Kind.ATTRIBUTE),
        **dict.fromkeys(("dataset", "datasets"), Kind.DATASET),
    },
    attributes=_RUN_ATTRIBUTES,
    aliases={
        **dict.fromkeys(("created", "Created"), "start_time"),
        **dict.fromkeys(("run name", "Run name", "Run Name"), "run_name"),
    },
    listed=frozenset({"run_id", "run_name", "status"}),
    sortable=frozenset({Kind.ATTRIBUTE, Kind.METRIC, Kind.PARAM, Kind.TAG}),
    example="metrics.loss < 0.5",
)

EXPERIMENTS: Final = Vocabulary(
    prefixes={
        "attribute": Kind.ATTRIBUTE,
        **dict.fromkeys(("tag", "tags"), Kind.EXPERIMENT_TAG),
    },
    attributes=_EXPERIMENT_ATTRIBUTES,
    aliases={},
    listed=frozenset({"experiment_id"}),
    sortable=frozenset({Kind.ATTRIBUTE}),
    example="name LIKE 'vision%'",
)


def one_of(names: Iterable[str]) -> str:
    """Return names as people list them: `a, b or c`."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a question that offers the most similar name, or nothing if none is similar."""
    import difflib

    known = {candidate.lower(): candidate for candidate in names}
    found = difflib.get_close_matches(name.lower()[:100], list(known), n=1)
    return f"; did you mean '{known[found[0]]}'?" if found else ""
