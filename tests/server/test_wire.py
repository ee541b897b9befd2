"""What travels has the shapes of `wire`, and `wire.json` shows each of them.

The panel's tests check the same file against `labextension/src/wire`.
"""

from __future__ import annotations

import inspect
import json
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

import pytest

from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tracker.server import wire
from tracker.store import Store

SAMPLES = json.loads((Path(__file__).parents[1] / "fixtures" / "wire.json").read_text())
SHAPES: dict[str, Any] = {
    name: shape
    for name, shape in vars(wire).items()
    if inspect.isclass(shape) and hasattr(shape, "__required_keys__")
}


def faults(value: object, shape: Any, where: str = "answer") -> list[str]:
    """What is wrong with a value that should have this shape; nothing where it has."""
    origin = get_origin(shape)
    if origin is NotRequired:
        return faults(value, get_args(shape)[0], where)
    if origin in (Union, types.UnionType):
        found = [faults(value, one, where) for one in get_args(shape)]
        return [] if [] in found else [f"{where}: {value!r} is none of {shape}"]
    if origin is Literal:
        return [] if value in get_args(shape) else [f"{where}: {value!r} is not {shape}"]
    if origin is list and isinstance(value, list):
        inner = get_args(shape)[0]
        return [fault for one in value for fault in faults(one, inner, f"{where}[]")]
    if origin is dict and isinstance(value, dict):
        inner = get_args(shape)[1]
        return [
            fault for key, one in value.items() for fault in faults(one, inner, f"{where}.{key}")
        ]
    if shape in SHAPES.values() and isinstance(value, dict):
        return faults_of_keys(value, shape, where)
    return [] if type(value) is shape else [f"{where}: {value!r} is not {shape}"]


def faults_of_keys(value: Mapping[str, object], shape: Any, where: str) -> list[str]:
    hints = get_type_hints(shape, include_extras=True)
    # `__required_keys__` knows nothing of NotRequired where annotations are text.
    required = {key for key, hint in hints.items() if get_origin(hint) is not NotRequired}
    missing = required - set(value)
    unknown = set(value) - set(hints)
    return [
        *(f"{where}.{key} is missing" for key in missing),
        *(f"{where}.{key} is not in {shape.__name__}" for key in unknown),
        *(
            fault
            for key in set(value) & set(hints)
            for fault in faults(value[key], hints[key], f"{where}.{key}")
        ),
    ]


def shapes_in(shape: Any) -> set[str]:
    """The names of the shapes that one is made of, itself among them."""
    if shape in SHAPES.values():
        hints = get_type_hints(shape)
        return {shape.__name__}.union(*(shapes_in(hint) for hint in hints.values()))
    return set().union(*(shapes_in(one) for one in get_args(shape)))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_has_its_shape(name: str) -> None:
    assert faults(SAMPLES[name], SHAPES[name], name) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_shows_its_optional_fields(name: str) -> None:
    assert set(get_type_hints(SHAPES[name])) == set(SAMPLES[name])


def test_the_samples_show_every_shape() -> None:
    shown = set[str]().union(*(shapes_in(SHAPES[name]) for name in SAMPLES))
    assert shown == set(SHAPES)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"total": 1.0}, "is none of"),
        ({"total": True}, "is none of"),
        ({"more": 1}, "is not in SearchAnswer"),
        ({"runs": [{}]}, "is missing"),
        ({"next_page_token": 3}, "is none of"),
    ],
)
def test_an_answer_of_another_shape_would_be_noticed(change: dict[str, object], fault: str) -> None:
    found = faults({**SAMPLES["SearchAnswer"], **change}, wire.SearchAnswer)
    assert any(fault in one for one in found)


async def test_every_answer_has_its_shape(ask: Ask, refusal: Ask, store: Store) -> None:
    run_id = log_run(store, losses=(1.0, float("nan"), float("inf")))
    store.create_run("0")
    (folder := Path(store.get_run(run_id).info.artifact_uri)).mkdir(parents=True)
    (folder / "a.csv").write_text("x,y\n1,2\n")
    (folder / "MLmodel").write_text("flavors: {sklearn: {}}")
    file = {"folder": "", "path": "a.csv"}
    series = [{"run_id": run_id, "key": "loss"}, {"run_id": run_id, "key": "loss", "since": 1}]
    answers = {
        "ExperimentsAnswer": await ask("experiments", folder=""),
        "SearchAnswer": await ask("runs", "search", body={"folder": ""}),
        "RunDetail": await ask("runs", run_id, folder=""),
        "EditAnswer": await ask("runs", "edit", body={"folder": "", "edits": [{"run_id": run_id}]}),
        "HistoryAnswer": await ask("metrics", "history", body={"folder": "", "series": series}),
        "ArtifactsAnswer": await ask("runs", run_id, "artifacts", folder="", path=""),
        "TableAnswer": await ask("runs", run_id, "artifact", "table", **file),
        "ModelAnswer": await ask("runs", run_id, "artifact", "model", folder="", path="MLmodel"),
        "FindAnswer": await ask("runs", run_id, "artifact", "find", text="x", **file),
        "CompareAnswer": await ask("runs", "compare", body={"folder": "", "run_ids": [run_id] * 2}),
        "FieldsAnswer": await ask("fields", folder=""),
        "ValuesAnswer": await ask("fields", "values", folder="", field="metrics.loss", typed=""),
        "StoresAnswer": await ask("stores", folder=""),
        "OpenStoreAnswer": await ask("stores", "open", body={"location": ".tracker"}),
        "ForgetStoreAnswer": await ask("stores", "forget", body={"folder": "store:none"}),
        "ErrorAnswer": (await refusal("runs", "search", body={"folder": "", "filter": "x ="}))[1],
    }
    for name, answer in answers.items():
        assert faults(answer, SHAPES[name], name) == []
    assert [len(one["steps"]) for one in answers["HistoryAnswer"]["series"]] == [3, 2]


async def test_what_is_asked_as_in_the_samples_is_understood(ask: Ask, store: Store) -> None:
    for name, route in [
        ("SearchRequest", ("runs", "search")),
        ("HistoryRequest", ("metrics", "history")),
    ]:
        await ask(*route, body={**SAMPLES[name], "folder": ""})
