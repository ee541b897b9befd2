"""Experiment tracking born inside JupyterLab.

`import tracker as mlflow` runs the tracking part of a script that was written for MLflow. In a
notebook, ``%load_ext tracker`` brings the ``%%track`` cell magic.

A name is loaded when it is first used: importing this package costs next to nothing. Their types
are in the stub file beside this one.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_NAMES = {
    "comparing": "compare",
    "entities": "Experiment Run RunStatus ViewType",
    "errors": "TrackerError",
    "export.restoring": "open_run",
    "projects.running": "run",
    "tracking.active": "ActiveRun",
    "tracking.autolog.api": "autolog",
    "tracking.client": "MlflowClient",
    "tracking.experiments": (
        "create_experiment delete_experiment delete_experiment_tag get_experiment "
        "get_experiment_by_name rename_experiment restore_experiment search_experiments "
        "set_experiment_tag set_experiment_tags"
    ),
    "tracking.fluent_files": (
        "get_artifact_uri load_table log_artifact log_artifacts log_dict log_figure log_image "
        "log_input log_inputs log_stream log_table log_text"
    ),
    "tracking.losses": "TrackerWarning",
    "tracking.record": (
        "delete_tag flush_async_logging log_metric log_metrics log_param log_params set_tag "
        "set_tags"
    ),
    "tracking.runs": (
        "active_run delete_run end_run get_parent_run get_run last_active_run restore_run start_run"
    ),
    "tracking.search": "search_runs",
    "tracking.session": "get_tracking_uri is_tracking_uri_set set_experiment set_tracking_uri",
    "widgets": "CompareView LiveChart RunsTable",
    "widgets.showing": "display",
    "tracking.system": (
        "disable_system_metrics_logging enable_system_metrics_logging set_system_metrics_node_id "
        "set_system_metrics_samples_before_logging set_system_metrics_sampling_interval"
    ),
}
"""Public names by the module that has them."""

_PLACES = {name: (module, name) for module, names in _NAMES.items() for name in names.split()} | {
    "Client": ("tracking.client", "MlflowClient"),
    "MlflowException": ("errors", "TrackerError"),
}
_HOOKS = {
    "_jupyter_labextension_paths": ("server", "_jupyter_labextension_paths"),
    "_jupyter_server_extension_points": ("server", "_jupyter_server_extension_points"),
    "load_ipython_extension": ("magics", "load_ipython_extension"),
    "unload_ipython_extension": ("magics", "unload_ipython_extension"),
}
"""What Jupyter and IPython look for here."""
_MODULES = {
    "artifacts": "artifacts",
    "data": "tracking.data",
    "entities": "entities",
    "exceptions": "tracking.exceptions",
    "export": "export",
    "keras": "tracking.autolog.keras",
    "lightgbm": "tracking.autolog.lightgbm",
    "projects": "projects",
    "pytorch": "tracking.autolog.pytorch",
    "sklearn": "tracking.autolog.sklearn",
    "tracking": "tracking",
    "xgboost": "tracking.autolog.xgboost",
}
"""Modules that scripts reach through this one, as with MLflow; a star import brings none."""

__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        value = import_module(f"{__name__}.{_MODULES[name]}")
    elif name in _PLACES or name in _HOOKS:
        module, attribute = _PLACES.get(name) or _HOOKS[name]
        value = getattr(import_module(f"{__name__}.{module}"), attribute)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
