"""One row of the protocol: method, path, fields, and the function that answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from tracker.rest.answers import Answer
from tracker.rest.fields import Field, Values
from tracker.rest.service import Service
from tracker.rest.shapes import Shape


@dataclass(frozen=True)
class Endpoint:
    """What is answered at a path below `/api/2.0/mlflow/`.

    A path may hold fields as `{model_id}`. The answer is a JSON object with fields of `shape`, or
    such a one already encoded.
    """

    method: str
    path: str
    fields: tuple[Field, ...]
    answer: Callable[[Service, Values], Answer | bytes]
    shape: Shape = field(default_factory=dict)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path as a pattern with a group for each field in it."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))
