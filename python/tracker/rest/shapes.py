"""What answers look like, as JSON Schema: the names of `COMPONENTS` and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.entities import LifecycleStage, RunStatus

Schema = dict[str, Any]
Shape = Mapping[str, Schema]
"""The fields of an answer; what is not there is left out."""

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
INT64: Schema = {"type": "integer", "format": "int64"}
MILLISECONDS: Schema = {**INT64, "description": "Milliseconds since 1970 UTC."}
NUMBER: Schema = {
    "oneOf": [
        {"type": "number"},
        {"type": "string", "enum": ["NaN", "Infinity", "-Infinity"]},
    ]
}


def ref(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def listed(name: str) -> Schema:
    """Return a list of a component."""
    return {"type": "array", "items": ref(name)}


def thing(required: str = "", **fields: Schema) -> Schema:
    """Return an object with these fields and no others; `required` names those always there."""
    found: Schema = {"type": "object", "properties": fields, "additionalProperties": False}
    return {**found, "required": required.split()} if required else found


_STAGE: Schema = {"type": "string", "enum": [str(stage) for stage in LifecycleStage]}
_STATUS: Schema = {"type": "string", "enum": [str(status) for status in RunStatus]}
_TOKEN: Schema = {**TEXT, "description": "Ask with it for the next page; absent on the last."}

COMPONENTS: dict[str, Schema] = {
    "Error": thing("error_code message", error_code=TEXT, message=TEXT),
    "KeyValue": thing("key value", key=TEXT, value=TEXT),
    "Experiment": thing(
        "experiment_id name artifact_location lifecycle_stage",
        experiment_id=TEXT, name=TEXT, artifact_location=TEXT, lifecycle_stage=_STAGE,
        creation_time=MILLISECONDS, last_update_time=MILLISECONDS, tags=listed("KeyValue"),
    ),
    "RunInfo": thing(
        "run_id run_uuid run_name experiment_id user_id status start_time artifact_uri "
        "lifecycle_stage",
        run_id=TEXT, run_uuid=TEXT, run_name=TEXT, experiment_id=TEXT, user_id=TEXT,
        status=_STATUS, start_time=MILLISECONDS, end_time=MILLISECONDS, artifact_uri=TEXT,
        lifecycle_stage=_STAGE,
    ),
    "Metric": thing(
        "key value",
        key=TEXT, value=NUMBER, timestamp=MILLISECONDS, step=INT64, run_id=TEXT, model_id=TEXT,
        dataset_name=TEXT, dataset_digest=TEXT,
    ),
    "RunData": thing(
        metrics=listed("Metric"), params=listed("KeyValue"), tags=listed("KeyValue")
    ),
    "Dataset": thing(
        "name digest source_type source",
        name=TEXT, digest=TEXT, source_type=TEXT, source=TEXT, schema=TEXT, profile=TEXT,
    ),
    "DatasetInput": thing("dataset", dataset=ref("Dataset"), tags=listed("KeyValue")),
    "ModelInput": thing("model_id", model_id=TEXT),
    "ModelOutput": thing("model_id step", model_id=TEXT, step=INT64),
    "RunInputs": thing(
        dataset_inputs=listed("DatasetInput"), model_inputs=listed("ModelInput")
    ),
    "RunOutputs": thing(model_outputs=listed("ModelOutput")),
    "Run": thing(
        "info data inputs outputs",
        info=ref("RunInfo"), data=ref("RunData"), inputs=ref("RunInputs"),
        outputs=ref("RunOutputs"),
    ),
    "DatasetSummary": thing(
        "experiment_id name digest", experiment_id=TEXT, name=TEXT, digest=TEXT, context=TEXT
    ),
    "FileInfo": thing("path is_dir", path=TEXT, is_dir=FLAG, file_size=INT64),
    "ModelInfo": thing(
        "model_id experiment_id name creation_timestamp_ms last_updated_timestamp_ms "
        "artifact_uri status",
        model_id=TEXT, experiment_id=TEXT, name=TEXT, creation_timestamp_ms=MILLISECONDS,
        last_updated_timestamp_ms=MILLISECONDS, artifact_uri=TEXT, status=TEXT, model_type=TEXT,
        source_run_id=TEXT, tags=listed("KeyValue"),
    ),
    "ModelData": thing(params=listed("KeyValue"), metrics=listed("Metric")),
    "Model": thing("info data", info=ref("ModelInfo"), data=ref("ModelData")),
}  # fmt: skip

NOTHING: Shape = {}
EXPERIMENT: Shape = {"experiment": ref("Experiment")}
EXPERIMENTS: Shape = {"experiments": listed("Experiment"), "next_page_token": _TOKEN}
RUN: Shape = {"run": ref("Run")}
RUNS: Shape = {"runs": listed("Run"), "next_page_token": _TOKEN}
METRICS: Shape = {"metrics": listed("Metric"), "next_page_token": _TOKEN}
FILES: Shape = {"root_uri": TEXT, "files": listed("FileInfo")}
MODEL: Shape = {"model": ref("Model")}
MODELS: Shape = {"models": listed("Model"), "next_page_token": _TOKEN}
