"""The public names of the package with their types; `__init__.py` loads them one by one."""

from tracker.widgets.compare_view import CompareView as CompareView
from tracker.widgets.live_chart import LiveChart as LiveChart
from tracker.widgets.runs_table import RunsTable as RunsTable
