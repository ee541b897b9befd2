"""What MLflow's file `MLmodel` says of a model. It is read as text; no model is ever loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracker.errors import InvalidValue
from tracker.server.files.openfile import OpenArtifact
from tracker.server.wire import FlavorRow, ModelAnswer, ModelFieldRow

LARGEST = 400_000
"""Bytes; signatures of a thousand columns take a quarter."""
_FLAVORS_LIMIT = 30
_FACTS_LIMIT = 30
_FIELDS_LIMIT = 500
_LONGEST = 300
_PLAIN = (str, int, float, bool)


def read_model(artifact: OpenArtifact) -> ModelAnswer:
    """Return what the file says. Raises InvalidValue where it is no description of a model."""
    said = _mapping(_parsed(artifact))
    flavors = _mapping(said.get("flavors"))
    if not flavors:
        raise InvalidValue(f"{artifact.path!r} does not describe a model: it names no flavors.")
    signature = _mapping(said.get("signature"))
    example = _mapping(said.get("saved_input_example_info")).get("artifact_path")
    return {
        "path": artifact.path,
        "facts": _facts(said),
        "flavors": [_flavor(name, flavors[name]) for name in list(flavors)[:_FLAVORS_LIMIT]],
        "inputs": _fields(signature.get("inputs")),
        "outputs": _fields(signature.get("outputs")),
        "params": _fields(signature.get("params")),
        "input_example": _text(example) if isinstance(example, str) else None,
    }


def _parsed(artifact: OpenArtifact) -> object:
    import yaml

    if artifact.size > LARGEST:
        raise InvalidValue(f"{artifact.path!r} is too large to describe a model.")
    try:
        # Not the loader in C, which deep nesting makes overflow its stack. It makes plain values
        # only, and what is walked below is two levels deep: aliases that multiply cost nothing.
        return yaml.safe_load(artifact.file.read(LARGEST))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise InvalidValue(f"{artifact.path!r} is not YAML: {reason}") from error


def _mapping(value: object) -> Mapping[Any, object]:
    return value if isinstance(value, dict) else {}


def _flavor(name: object, said: object) -> FlavorRow:
    return {"name": _text(name), "facts": _facts(_mapping(said))}


def _facts(said: Mapping[Any, object]) -> dict[str, str]:
    plain = {_text(key): _text(value) for key, value in said.items() if isinstance(value, _PLAIN)}
    return dict(list(plain.items())[:_FACTS_LIMIT])


def _fields(text: object) -> list[ModelFieldRow] | None:
    """Return a side of a signature, which is JSON inside the YAML; None where there is none."""
    if not isinstance(text, str):
        return None
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(listed, list):
        return None
    return [
        _field(one, number)
        for number, one in enumerate(listed[:_FIELDS_LIMIT])
        if isinstance(one, dict)
    ]


def _field(one: Mapping[str, object], number: int) -> ModelFieldRow:
    kind = one.get("type", one.get("dtype", "?"))
    tensor = _mapping(one.get("tensor-spec"))
    if tensor:
        shape = tensor.get("shape")
        sizes = ", ".join(map(str, shape[:8])) if isinstance(shape, list) else "?"
        kind = f"{tensor.get('dtype', 'tensor')} ({sizes})"
    name = one.get("name")
    return {
        "name": _text(name) if name is not None else str(number),
        "type": _text(kind) if isinstance(kind, _PLAIN) else "?",
        "is_required": one.get("required", True) is not False,
    }


def _text(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
