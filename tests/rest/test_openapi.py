"""The description of the server: whole, true, and held to by thousands of strange requests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.rest.servers import Running, tracker_server
from tracker.rest.app import routes
from tracker.rest.backend import Backend
from tracker.rest.openapi import description

EXAMPLES = 5
"""Requests of each kind for each operation; thousands were made once by hand."""
TIMEOUT = 200
CHECKS = (
    "status_code_conformance,content_type_conformance,response_headers_conformance,"
    "response_schema_conformance,allow_header_conformance,unsupported_method,"
    "missing_required_header"
)
NEVER = "mpu|presigned"
"""The operations that are described as not done."""
FILES = "/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with tracker_server(tmp_path_factory.mktemp("served") / ".tracker") as running:
        yield running


@pytest.fixture(scope="module")
def filled(server: Running) -> dict[str, list[str]]:
    """Put something of every kind into the store; return what requests may ask for."""
    return fill(server)


def fill(server: Running) -> dict[str, list[str]]:
    """Do so, for a run by hand with more examples too."""
    experiment = server.api("POST", "experiments/create", {"name": "fuzzed"}).json["experiment_id"]
    runs, models = [], []
    for number in range(3):
        made = server.api("POST", "runs/create", {"experiment_id": experiment}).json
        run = made["run"]["info"]["run_id"]
        value = "NaN" if number == 0 else number / 7
        points = [{"key": "m", "value": value, "timestamp": 1, "step": step} for step in (0, 1)]
        tags = [{"key": "t", "value": "1"}]
        server.api("POST", "runs/log-batch", {"run_id": run, "metrics": points, "tags": tags})
        data = {"name": "d", "digest": "1", "source_type": "local", "source": "s"}
        inputs = [{"dataset": data, "tags": [{"key": "mlflow.data.context", "value": "train"}]}]
        server.api("POST", "runs/log-inputs", {"run_id": run, "datasets": inputs})
        server.ask("PUT", f"{FILES}/{experiment}/{run}/artifacts/a/b.txt", b"text")
        own = {"experiment_id": experiment, "source_run_id": run, "name": "model"}
        model = server.api("POST", "logged-models", own).json["model"]["info"]["model_id"]
        server.api("POST", "runs/outputs", {"run_id": run, "models": [{"model_id": model}]})
        runs.append(run)
        models.append(model)
    folders = [f"{experiment}/{run}/artifacts" for run in runs]
    return {
        "run_id": runs,
        "model_id": models,
        "experiment_id": [experiment, "0"],
        "metric_key": ["m"],
        "path": ["a", "a/b.txt", *folders, *(f"{folder}/a/b.txt" for folder in folders)],
        "artifact_file_path": ["MLmodel"],
    }


def _with_values(value: Any, known: dict[str, list[str]]) -> Any:
    """Return the description with the schemas of known fields widened by values that are there."""
    if isinstance(value, list):
        return [_with_values(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: _with_values(item, known) for key, item in value.items()}
    if "in" in found and found.get("name") in known:
        found["schema"] = {"anyOf": [{"enum": known[found["name"]]}, found["schema"]]}
    for name, schema in found.get("properties", {}).items():
        values = known.get(name) or known.get(name.removesuffix("s"))
        if values and schema.get("type") == "string":
            found["properties"][name] = {"anyOf": [{"enum": values}, schema]}
        elif values and schema.get("type") == "array":
            schema["items"] = {"anyOf": [{"enum": values}, schema["items"]]}
    return found


def fuzz(server: Running, filled: dict[str, list[str]], folder: Path, *options: str) -> None:
    """Have schemathesis send what the description allows, and what it does not."""
    (folder / "openapi.json").write_text(json.dumps(_with_values(description(), filled)))
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.json"]
    command += ["--url", server.uri, "--max-examples", str(EXAMPLES), "--generation-deterministic"]
    command += [
        "--phases",
        "coverage,fuzzing",
        "--no-color",
        "--suppress-health-check",
        "all",
        *options,
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"(\d+) generated, \1 passed", done.stdout), done.stdout


def test_no_request_gets_an_answer_that_is_not_described(
    server: Running, filled: dict[str, list[str]], tmp_path: Path
) -> None:
    checks = f"not_a_server_error,{CHECKS}"
    fuzz(server, filled, tmp_path, "--exclude-path-regex", NEVER, "--checks", checks)


def test_what_is_never_done_is_answered_as_described(
    server: Running, filled: dict[str, list[str]], tmp_path: Path
) -> None:
    """With 501, which is what MLflow's clients understand."""
    fuzz(server, filled, tmp_path, "--include-path-regex", NEVER, "--checks", CHECKS)


# -- the description itself ----------------------------------------------------------------------


def test_every_route_is_described_and_nothing_else() -> None:
    described = description()["paths"]
    prefix = "/some/where"
    patterns = {path: kind for path, kind, _ in routes(_backend(), prefix)}
    examples = {path: prefix + re.sub(r"\{\w+\}", "x", path) for path in described}
    served = {
        path: [pattern for pattern in patterns if re.fullmatch(pattern, example)]
        for path, example in examples.items()
    }
    assert [path for path, its in served.items() if not its] == []
    assert {pattern for its in served.values() for pattern in its[:1]} == set(patterns)
    for path, its in served.items():
        answered = set(patterns[its[0]].methods())
        methods = {method.upper() for method in described[path]}
        assert methods <= answered, path
        is_table = path.startswith("/api/2.0/mlflow/") and len(answered) == 5
        assert is_table or methods == answered, path


def _backend() -> Backend:
    def find(folder: str) -> Any:
        raise AssertionError("nothing is asked")

    return Backend(find)


def test_all_references_lead_somewhere_and_operations_have_names() -> None:
    described = description()
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)):
        found: Any = described
        for part in reference.split("/"):
            found = found[part]
        assert found
    operations = [it for path in described["paths"].values() for it in path.values()]
    assert len({it["operationId"] for it in operations}) == len(operations)
    assert all(it["summary"] for it in operations)


def test_the_description_tells_types_and_limits() -> None:
    asked = description()["paths"]["/api/2.0/mlflow/runs/log-batch"]["post"]["requestBody"]
    fields = asked["content"]["application/json"]["schema"]
    assert fields["required"] == ["run_id"]
    metric = fields["properties"]["metrics"]["items"]
    assert metric["required"] == ["key", "value", "timestamp"]
    assert metric["properties"]["key"]["maxLength"] == 250
    assert metric["properties"]["step"]["format"] == "int64"


def test_the_description_is_served_and_written(server: Running) -> None:
    answer = server.ask("GET", "/openapi.json")
    assert answer.json == json.loads(json.dumps(description()))
    command = [sys.executable, "-m", "tracker", "server", "--openapi"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == answer.json


@pytest.mark.parametrize(
    ("method", "path"),
    [*product(["GET", "PUT"], ["runs/create", "logged-models/search"]), ("POST", "runs/get")],
)
def test_another_method_is_told_which_are_answered(server: Running, method: str, path: str) -> None:
    answer = server.api(method, path, None if method == "GET" else {})
    assert answer.status == 405
    assert answer.headers["Allow"] == ("GET" if path == "runs/get" else "POST")
    assert answer.json["error_code"] == "BAD_REQUEST"
