"""What calls do besides giving a value, as far as their names tell."""

from __future__ import annotations

import ast

WRITERS = frozenset(
    [
        *("savefig", "to_csv", "to_parquet", "to_pickle", "to_json", "to_excel", "to_feather"),
        *("to_hdf", "to_html", "to_markdown", "dump", "save", "savez", "savez_compressed"),
        *("savetxt", "imsave", "imwrite", "write_image", "write_html", "write_text", "write_bytes"),
        *("mkdir", "makedirs", "save_model", "save_pretrained", "save_weights", "touch", "unlink"),
        *(
            "remove",
            "rmtree",
            "FileHandler",
            "SummaryWriter",
            "write_file",
            "tofile",
            "urlretrieve",
        ),
    ]
)
"""Functions and methods whose arguments name what they write."""

_LOOKING = frozenset(
    [
        *("head", "tail", "sample", "describe", "info", "value_counts", "corr", "isnull", "isna"),
        *("sum", "mean", "median", "std", "var", "min", "max", "count", "nunique", "unique", "agg"),
        *(
            "groupby",
            "plot",
            "hist",
            "boxplot",
            "scatter",
            "bar",
            "pie",
            "line",
            "summary",
            "score",
        ),
        *("predict", "predict_proba", "transform", "get_params", "to_string", "items", "keys"),
        *("values", "evaluate", "duplicated", "notnull", "any", "all", "dtypes", "select_dtypes"),
        *("sort_values", "sort_index", "reset_index", "query", "filter", "pivot_table", "crosstab"),
    ]
)
_SETTINGS = frozenset({"style", "rc", "rcParams", "use", "set_theme", "set", "set_style", "figure"})
_DRAWING = frozenset({"matplotlib.pyplot", "seaborn", "plotly.express", "plotly.graph_objects"})
_TRACKING = frozenset({"tracker", "mlflow"})
_TRACKING_SETTINGS = frozenset({"set_experiment", "set_tracking_uri", "autolog"})
_IDLE = frozenset(
    {"time", "gc", "pprint", "json", "math", "IPython", "textwrap", "statistics", "tqdm", "copy"}
)
"""Modules whose functions leave nothing behind that another cell would notice."""
_SPEAKING = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log", "warn"})
_WORLD = frozenset({"subprocess", "shutil"})
_WORLD_MAGICS = frozenset(
    {"cd", "env", "set_env", "run", "writefile", "bash", "sh", "script", "sx"}
)


def writes(call: ast.Call) -> bool:
    """Whether a call writes a file that its arguments name; `open` tells by its mode."""
    name = called(call)
    if name != "open":
        return name in WRITERS
    mode = call.args[1] if len(call.args) > 1 else None
    if isinstance(call.func, ast.Attribute) and call.args:
        mode = call.args[0]
    mode = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), mode)
    text = mode.value if isinstance(mode, ast.Constant) and isinstance(mode.value, str) else "r"
    return any(letter in text for letter in "wax")


def called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def only_looks(call: ast.Call) -> bool:
    """Whether a call whose value nobody takes was made to look at its object."""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _LOOKING


def reaches_out(node: ast.AST) -> bool:
    """Whether a node writes files, starts processes or changes the environment."""
    if isinstance(node, ast.Call):
        root = ast.unparse(node.func).partition(".")[0] if _is_dotted(node.func) else ""
        return writes(node) or root in _WORLD or ast.unparse(node.func) in ("os.chdir", "os.system")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return (node.value.id, node.attr) in (("os", "environ"), ("sys", "path"))
    return False


def magic_reaches_out(name: str, kind: str) -> bool:
    """The same for a magic or a shell line."""
    return kind == "shell" or name in _WORLD_MAGICS


def sets_up(module: str, function: str) -> bool:
    """Whether a call of a module's function for its effect matters to others: `np.random.seed`.

    Drawing and logging do not; choosing a style or an experiment does.
    """
    parts = function.split(".")
    if module.partition(".")[0] in _IDLE or parts[-1] in ("flush", "write"):
        return False
    if module.partition(".")[0] in ("logging", "warnings") and parts[-1] in _SPEAKING:
        return False
    if module.partition(".")[0] in _TRACKING:
        return parts[-1] in _TRACKING_SETTINGS
    if module in _DRAWING:
        return any(part in _SETTINGS for part in parts)
    return True


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
