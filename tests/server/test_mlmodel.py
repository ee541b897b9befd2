"""What `MLmodel` says is told, and nothing of the model is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.server.conftest import Ask
from tests.server.test_routes import log_run
from tracker.store import Store


@pytest.fixture
def run_id(store: Store) -> str:
    return log_run(store)


@pytest.fixture
def folder(store: Store, run_id: str) -> Path:
    folder = Path(store.get_run(run_id).info.artifact_uri)
    folder.mkdir(parents=True)
    return folder


# As MLflow 3 writes it, without what is told elsewhere.
MLMODEL = """\
artifact_path: model
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    predict_fn: predict
    python_version: 3.11.7
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: 1.7.2
mlflow_version: 3.5.0
model_size_bytes: 601
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "width", "required": true}, {"type": "double",
    "name": "length", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]'
  params: null
utc_time_created: '2026-11-21 15:40:00.000000'
"""


async def test_a_model_that_mlflow_saved_is_described(ask: Ask, run_id: str, folder: Path) -> None:
    (folder / "model").mkdir()
    (folder / "model" / "MLmodel").write_text(MLMODEL)
    answer = await ask("runs", run_id, "artifact", "model", folder="", path="model/MLmodel")
    assert [row["name"] for row in answer["flavors"]] == ["python_function", "sklearn"]
    assert answer["flavors"][1]["facts"]["pickled_model"] == "model.pkl"
    assert [(row["name"], row["type"], row["is_required"]) for row in answer["inputs"]] == [
        ("width", "double", True),
        ("length", "double", False),
    ]
    assert answer["outputs"] == [{"name": "0", "type": "float64 (-1)", "is_required": True}]
    assert (answer["params"], answer["input_example"]) == (None, "input_example.json")
    assert answer["facts"]["mlflow_version"] == "3.5.0"


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(12)
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "flavors: [a]",
        "a: [",
        "!!python/object/apply:os.system ['touch owned']",
        "flavors: {a: !!python/name:os.system }",
        "[" * 100_000,
    ],
)
async def test_what_describes_no_model_is_refused(
    refusal: Ask, run_id: str, folder: Path, text: str
) -> None:
    (folder / "MLmodel").write_text(text)
    status, error = await refusal("runs", run_id, "artifact", "model", folder="", path="MLmodel")
    assert (status, error["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


async def test_aliases_that_multiply_cost_nothing(ask: Ask, run_id: str, folder: Path) -> None:
    signature = 'signature: {inputs: \'[{"name": "' + "x" * 5000 + '", "type": {}}, 3]\'}'
    (folder / "MLmodel").write_text(f"{BOMB}flavors: {{own: *m, text: {{a: 1}}}}\n{signature}\n")
    answer = await ask("runs", run_id, "artifact", "model", folder="", path="MLmodel")
    assert answer["flavors"] == [
        {"name": "own", "facts": {}},
        {"name": "text", "facts": {"a": "1"}},
    ]
    [field] = answer["inputs"]
    assert (len(field["name"]), field["type"]) == (300, "?")
