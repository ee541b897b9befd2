"""Every method of MlflowClient about tracking, called with what is wrong: both servers refuse it.

And the list of those that are about something else, so that a method that nobody thought of, or
that comes with a new MLflow, makes a test fail.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pytest
from matplotlib.figure import Figure
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Param,
)

from tests.rest import test_client
from tests.rest.both import Both
from tests.rest.conftest import KINDS, Site

OUT_OF_SCOPE = {
    "model registry": "copy_model_version create_model_version create_registered_model "
    "delete_model_version delete_model_version_tag delete_registered_model "
    "delete_registered_model_alias delete_registered_model_tag get_latest_versions "
    "get_model_version get_model_version_by_alias get_model_version_download_uri "
    "get_model_version_stages get_registered_model rename_registered_model "
    "search_model_versions search_registered_models set_model_version_tag "
    "set_registered_model_alias set_registered_model_tag transition_model_version_stage "
    "update_model_version update_registered_model",
    "traces": "delete_trace_tag delete_traces end_span end_trace get_trace link_traces_to_run "
    "search_traces set_trace_tag start_span start_trace unlink_traces_from_run",
    "prompts": "create_prompt create_prompt_version delete_prompt delete_prompt_alias "
    "delete_prompt_tag delete_prompt_version delete_prompt_version_tag detach_prompt_from_run "
    "get_prompt get_prompt_version get_prompt_version_by_alias link_prompt_version_to_model "
    "link_prompt_version_to_run link_prompt_versions_to_trace list_logged_prompts load_prompt "
    "parse_prompt_uri register_prompt search_prompt_versions search_prompts set_prompt_alias "
    "set_prompt_tag set_prompt_version_tag",
    "evaluation data sets": "add_dataset_to_experiments create_dataset delete_dataset "
    "delete_dataset_tag get_dataset remove_dataset_from_experiments search_datasets "
    "set_dataset_tags",
    "webhooks": "create_webhook delete_webhook get_webhook list_webhooks test_webhook "
    "update_webhook",
    "workspaces": "create_workspace delete_workspace get_workspace get_workspace_store_uri "
    "list_workspaces update_workspace",
    "MCP servers": "create_mcp_access_endpoint create_mcp_server create_mcp_server_version "
    "delete_mcp_access_endpoint delete_mcp_server delete_mcp_server_alias "
    "delete_mcp_server_tag delete_mcp_server_version delete_mcp_server_version_tag "
    "get_latest_mcp_server_version get_mcp_access_endpoint get_mcp_server "
    "get_mcp_server_version get_mcp_server_version_by_alias refresh_mcp_server_version_tools "
    "search_mcp_access_endpoints search_mcp_server_versions search_mcp_servers "
    "set_mcp_server_alias set_mcp_server_tag set_mcp_server_version_tag "
    "update_mcp_access_endpoint update_mcp_server update_mcp_server_version",
    "nothing that a server answers": "tracking_uri",
}

NO_RUN, NO_MODEL, NO_EXPERIMENT = "0" * 32, "m-" + "0" * 32, "99999"
FILE = "{file}"
"""Stands for a file that is there to be logged."""
DATASETS = [DatasetInput(Dataset("d", "1", "local", "s"), [])]
WRONG: list[tuple[Any, ...]] = [
    ("create_experiment", ""),
    ("create_experiment", "x" * 501),
    ("create_experiment", "climbing", "s3://bucket/a#b"),
    ("create_logged_model", NO_EXPERIMENT),
    ("create_logged_model", "0", "a/b"),
    ("create_run", NO_EXPERIMENT),
    ("create_run", "x"),
    ("delete_experiment", NO_EXPERIMENT),
    ("delete_experiment", "x"),
    ("delete_experiment_tag", NO_EXPERIMENT, "k"),
    ("delete_logged_model", NO_MODEL),
    ("delete_logged_model_tag", NO_MODEL, "k"),
    ("delete_run", NO_RUN),
    ("delete_tag", NO_RUN, "k"),
    ("download_artifacts", NO_RUN, "a"),
    ("finalize_logged_model", NO_MODEL, "READY"),
    ("finalize_logged_model", NO_MODEL, "nonsense"),
    ("get_experiment", NO_EXPERIMENT),
    ("get_experiment", "x"),
    ("get_experiment_by_name", "never made"),
    ("get_logged_model", NO_MODEL),
    ("get_metric_history", NO_RUN, "m"),
    ("get_parent_run", NO_RUN),
    ("get_run", NO_RUN),
    ("get_run", "../../etc/passwd"),
    ("list_artifacts", NO_RUN),
    ("list_logged_model_artifacts", NO_MODEL),
    ("load_table", NO_EXPERIMENT, "a.json"),
    ("log_artifact", NO_RUN, FILE),
    ("log_artifacts", NO_RUN, FILE),
    ("log_batch", NO_RUN, [Metric("m", 1.0, 1, 0)], [Param("p", "1")]),
    ("log_dict", NO_RUN, {"a": 1}, "a.json"),
    ("log_figure", NO_RUN, Figure(), "a.png"),
    ("log_image", NO_RUN, np.zeros((4, 4, 3), np.uint8), "a.png"),
    ("log_inputs", NO_RUN, DATASETS),
    ("log_inputs", NO_RUN, None, [LoggedModelInput(NO_MODEL)]),
    ("log_metric", NO_RUN, "m", 1.0),
    ("log_metric", NO_RUN, "m", "text"),
    ("log_model_artifact", NO_MODEL, FILE),
    ("log_model_artifacts", NO_MODEL, FILE),
    ("log_model_params", NO_MODEL, {"p": "1"}),
    ("log_outputs", NO_RUN, [LoggedModelOutput(NO_MODEL, 0)]),
    ("log_param", NO_RUN, "p", "1"),
    ("log_stream", NO_RUN, io.BytesIO(b"x"), "a.bin"),
    ("log_table", NO_RUN, {"a": [1]}, "a.json"),
    ("log_text", NO_RUN, "text", "a.txt"),
    ("log_text", NO_RUN, "text", "../a.txt"),
    ("rename_experiment", NO_EXPERIMENT, "new"),
    ("restore_experiment", NO_EXPERIMENT),
    ("restore_run", NO_RUN),
    ("search_experiments", 1, 10, "nonsense"),
    ("search_experiments", 1, 10, "tags.a > 'x'"),
    ("search_experiments", 1, 10, None, ["nonsense"]),
    ("search_experiments", 1, 10, None, None, "nonsense"),
    ("search_logged_models", [NO_EXPERIMENT]),
    ("search_logged_models", ["0"], "nonsense"),
    ("search_runs", [NO_EXPERIMENT]),
    ("search_runs", ["0"], "metrics.a LIKE 'x'"),
    ("search_runs", ["0"], "params.`a = 'x'"),
    ("search_runs", ["0"], "attributes.nonsense = 'x'"),
    ("search_runs", ["0"], "a" * 100_000),
    ("search_runs", ["0"], "", 1, -1),
    ("search_runs", ["0"], "", 1, 10, ["metrics.a UPWARD"]),
    ("search_runs", ["0"], "", 1, 10, None, "nonsense"),
    ("set_experiment_tag", NO_EXPERIMENT, "k", "v"),
    ("set_experiment_tag", "0", "k", "v" * 20_001),
    ("set_logged_model_tags", NO_MODEL, {"k": "v"}),
    ("set_tag", NO_RUN, "k", "v"),
    ("set_terminated", NO_RUN),
    ("set_terminated", NO_RUN, "nonsense"),
    ("update_run", NO_RUN, "FINISHED"),
    ("update_run", NO_RUN, None, "new name"),
]


@pytest.fixture
def both(ours: Site, oracle: Site, client_environment: Mapping[str, str]) -> Iterator[Both]:
    yield Both(MlflowClient(ours.uri), MlflowClient(oracle.uri))
    mlflow.set_tracking_uri("")


@pytest.mark.parametrize("store", KINDS, indirect=True)
def test_what_is_wrong_is_refused_by_both_alike(both: Both, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("text")
    different = []
    for method, *given in WRONG:
        arguments = [str(tmp_path / "file.txt") if it is FILE else it for it in given]
        try:
            getattr(both, method)(*arguments)
        except AssertionError as difference:
            different.append((method, given, str(difference)[:1000]))
    assert different == []


def in_scope() -> set[str]:
    methods = {name for name in dir(MlflowClient) if not name.startswith("_")}
    others = {name for names in OUT_OF_SCOPE.values() for name in names.split()}
    assert others <= methods, "MLflow has them no more"
    return methods - others


def test_every_method_about_tracking_is_called_with_what_is_wrong() -> None:
    assert {method for method, *_ in WRONG} == in_scope()


def test_every_method_about_tracking_is_called_with_what_is_right() -> None:
    """The tests are read, not traced: each runs in a process that xdist chooses."""
    tree = ast.parse(Path(test_client.__file__).read_text(encoding="utf-8"))
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "both"
    }
    assert in_scope() - called == set()
