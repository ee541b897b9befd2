"""The public names of tracker with their types; `__init__.py` loads them one by one."""

from tracker import artifacts as artifacts
from tracker import entities as entities
from tracker import export as export
from tracker import projects as projects
from tracker import tracking as tracking
from tracker.comparing import compare as compare
from tracker.entities import Experiment as Experiment
from tracker.entities import Run as Run
from tracker.entities import RunStatus as RunStatus
from tracker.entities import ViewType as ViewType
from tracker.errors import TrackerError as TrackerError
from tracker.export.restoring import open_run as open_run
from tracker.magics import load_ipython_extension as load_ipython_extension
from tracker.projects.running import run as run
from tracker.tracking import data as data
from tracker.tracking import exceptions as exceptions
from tracker.tracking.active import ActiveRun as ActiveRun
from tracker.tracking.autolog import keras as keras
from tracker.tracking.autolog import lightgbm as lightgbm
from tracker.tracking.autolog import pytorch as pytorch
from tracker.tracking.autolog import sklearn as sklearn
from tracker.tracking.autolog import xgboost as xgboost
from tracker.tracking.autolog.api import autolog as autolog
from tracker.tracking.client import MlflowClient as MlflowClient
from tracker.tracking.experiments import create_experiment as create_experiment
from tracker.tracking.experiments import delete_experiment as delete_experiment
from tracker.tracking.experiments import delete_experiment_tag as delete_experiment_tag
from tracker.tracking.experiments import get_experiment as get_experiment
from tracker.tracking.experiments import get_experiment_by_name as get_experiment_by_name
from tracker.tracking.experiments import rename_experiment as rename_experiment
from tracker.tracking.experiments import restore_experiment as restore_experiment
from tracker.tracking.experiments import search_experiments as search_experiments
from tracker.tracking.experiments import set_experiment_tag as set_experiment_tag
from tracker.tracking.experiments import set_experiment_tags as set_experiment_tags
from tracker.tracking.fluent_files import get_artifact_uri as get_artifact_uri
from tracker.tracking.fluent_files import load_table as load_table
from tracker.tracking.fluent_files import log_artifact as log_artifact
from tracker.tracking.fluent_files import log_artifacts as log_artifacts
from tracker.tracking.fluent_files import log_dict as log_dict
from tracker.tracking.fluent_files import log_figure as log_figure
from tracker.tracking.fluent_files import log_image as log_image
from tracker.tracking.fluent_files import log_input as log_input
from tracker.tracking.fluent_files import log_inputs as log_inputs
from tracker.tracking.fluent_files import log_stream as log_stream
from tracker.tracking.fluent_files import log_table as log_table
from tracker.tracking.fluent_files import log_text as log_text
from tracker.tracking.losses import TrackerWarning as TrackerWarning
from tracker.tracking.record import delete_tag as delete_tag
from tracker.tracking.record import flush_async_logging as flush_async_logging
from tracker.tracking.record import log_metric as log_metric
from tracker.tracking.record import log_metrics as log_metrics
from tracker.tracking.record import log_param as log_param
from tracker.tracking.record import log_params as log_params
from tracker.tracking.record import set_tag as set_tag
from tracker.tracking.record import set_tags as set_tags
from tracker.tracking.runs import active_run as active_run
from tracker.tracking.runs import delete_run as delete_run
from tracker.tracking.runs import end_run as end_run
from tracker.tracking.runs import get_parent_run as get_parent_run
from tracker.tracking.runs import get_run as get_run
from tracker.tracking.runs import last_active_run as last_active_run
from tracker.tracking.runs import restore_run as restore_run
from tracker.tracking.runs import start_run as start_run
from tracker.tracking.search import search_runs as search_runs
from tracker.tracking.session import get_tracking_uri as get_tracking_uri
from tracker.tracking.session import is_tracking_uri_set as is_tracking_uri_set
from tracker.tracking.session import set_experiment as set_experiment
from tracker.tracking.session import set_tracking_uri as set_tracking_uri
from tracker.tracking.system import disable_system_metrics_logging as disable_system_metrics_logging
from tracker.tracking.system import enable_system_metrics_logging as enable_system_metrics_logging
from tracker.tracking.system import set_system_metrics_node_id as set_system_metrics_node_id
from tracker.tracking.system import (
    set_system_metrics_samples_before_logging as set_system_metrics_samples_before_logging,
)
from tracker.tracking.system import (
    set_system_metrics_sampling_interval as set_system_metrics_sampling_interval,
)
from tracker.widgets import CompareView as CompareView
from tracker.widgets import LiveChart as LiveChart
from tracker.widgets import RunsTable as RunsTable
from tracker.widgets.showing import display as display

__all__: list[str]

Client = MlflowClient
MlflowException = TrackerError
