"""The Job that is created: the user's template, filled with what one run needs.

The template's first container gets name, image, command and further variables, as in MLflow. What
is different: names are made such that Kubernetes takes them, a failed pod is not started again
unless the template says so, and no password of the store is written into the Job.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.errors import InvalidValue
from tracker.projects import yamlfile
from tracker.projects.backends.base import Job
from tracker.projects.backends.docker import SHELL
from tracker.projects.backends.docker_images import spec_of
from tracker.projects.backends.docker_mounts import is_loopback, reachable

TRACKING_URI = "KUBE_MLFLOW_TRACKING_URI"
"""Environment variable with the store's URI as pods reach it."""
RUN_LABEL = "tracker/run-id"
_LONGEST_NAME = 63
_KEYS = {"kube-context", "kube-job-template-path", "kube-job-template", "repository-uri"}
_SECRETS = frozenset(
    ["MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"]
    + ["NO_PROXY", "no_proxy"]
)


def check_config(config: Mapping[str, object]) -> None:
    """Raise InvalidValue where `backend_config` lacks something or has an unknown key."""
    if unknown := sorted(config.keys() - _KEYS):
        raise InvalidValue(
            f"backend_config of kubernetes: {unknown[0]!r} is none of {', '.join(sorted(_KEYS))}."
        )
    if not isinstance(config.get("repository-uri"), str):
        raise InvalidValue(
            "backend_config of kubernetes needs `repository-uri`, where the project's image is "
            "pushed to."
        )


def read_template(config: Mapping[str, object], folder: Path) -> dict[str, Any]:
    """Return the Job that `kube-job-template-path` (or `kube-job-template`) gives.

    A relative path is looked for in the working folder, then in the project's. Raises InvalidValue.
    """
    template = config.get("kube-job-template")
    path = config.get("kube-job-template-path")
    if isinstance(path, str):
        template = _read(path, folder)
    elif template is None:
        raise InvalidValue(
            "backend_config of kubernetes needs `kube-job-template-path`, a YAML file with a Job."
        )
    copied: dict[str, Any] = copy.deepcopy(template) if isinstance(template, dict) else {}
    _first_container(copied)
    return copied


def fill(template: dict[str, Any], job: Job, image: str) -> dict[str, Any]:
    """Return the Job for one run. Raises InvalidValue where pods could not reach the store."""
    name = job.plan.project.name or "project"
    container = _first_container(template)
    container["name"] = _dns_name(name, _LONGEST_NAME)
    container["image"] = image
    container["command"] = ["sh", "-c", SHELL, job.plan.command.line]
    container.pop("args", None)
    variables = _variables(job)
    kept = [item for item in container.get("env") or [] if item.get("name") not in variables]
    container["env"] = kept + [{"name": key, "value": text} for key, text in variables.items()]
    stamp = datetime.now(UTC).strftime("%Y-%m-%d-%H-%M-%S-%f")
    prefix = _dns_name(name, _LONGEST_NAME - len(stamp) - 1)
    template.setdefault("apiVersion", "batch/v1")
    template.setdefault("kind", "Job")
    metadata = template.setdefault("metadata", {})
    metadata["name"] = f"{prefix}-{stamp}"
    metadata.setdefault("namespace", "default")
    metadata.setdefault("labels", {})[RUN_LABEL] = job.run_id
    # Kubernetes' own would be six further attempts, all logging to one run.
    template["spec"].setdefault("backoffLimit", 0)
    template["spec"]["template"]["spec"].setdefault("restartPolicy", "Never")
    return template


def not_copied(job: Job) -> list[str]:
    """Return the variables that the project would have copied from this machine's environment."""
    return [name for name, value in spec_of(job).environment if value is None]


def _variables(job: Job) -> dict[str, str]:
    """What the pod is told. A Job can be read by everybody in its namespace: no secrets."""
    told = {name: value for name, value in job.variables.items() if name not in _SECRETS}
    uri = os.environ.get(TRACKING_URI) or _server(job.variables)
    if uri is None:
        raise InvalidValue(
            "Pods cannot reach the store, which is a file of this machine. Start a server for it "
            f"with `tracker server`, and set {TRACKING_URI} to its address as pods reach it."
        )
    given = {name: value for name, value in spec_of(job).environment if value is not None}
    return {**given, **reachable(told, uri)}


def _server(variables: Mapping[str, str]) -> str | None:
    """The URI of a store that is a server, if it is one that others reach."""
    for name in ("MLFLOW_TRACKING_URI", "TRACKER_TRACKING_URI"):
        uri = variables.get(name, "")
        if uri.startswith(("http://", "https://")) and not is_loopback(uri):
            return uri
    return None


def _read(path: str, folder: Path) -> object:
    written = Path(path).expanduser()
    file = next((p for p in (written, folder / written) if p.is_file()), None)
    if file is None:
        raise InvalidValue(f"kube-job-template-path: there is no file {path}.")
    parsed = yamlfile.parse(yamlfile.read_text(file), str(file))
    return parsed.value if parsed is not None else None


def _first_container(template: Mapping[str, Any]) -> dict[str, Any]:
    match template:
        case {"spec": {"template": {"spec": {"containers": [dict() as first, *_]}}}}:
            return first
    raise InvalidValue(
        "The template of the Job has no container: spec.template.spec.containers must have one."
    )


def _dns_name(text: str, longest: int) -> str:
    return re.sub(r"[^a-z0-9-]+", "-", text.lower())[:longest].strip("-") or "project"
