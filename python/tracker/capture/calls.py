"""What a call may do to the objects that it is given, as far as names tell.

Nothing is looked up in libraries: a call is harmless if it is known to be, by the module it comes
from or by a method's name that means the same everywhere; every other one may change what it gets.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

KNOWN_LIBRARIES = frozenset(sys.stdlib_module_names) | {
    *("numpy", "pandas", "scipy", "sklearn", "matplotlib", "seaborn", "plotly", "statsmodels"),
    *("xgboost", "lightgbm", "catboost", "joblib", "tqdm", "requests", "PIL", "cv2", "skimage"),
    *("nltk", "networkx", "polars", "pyarrow", "altair", "bokeh", "IPython", "tracker", "mlflow"),
    *("psutil", "torch", "torchvision", "tensorflow", "keras", "jax", "yaml", "sympy", "imblearn"),
}
"""Libraries whose functions leave their arguments alone, but for those in `_CHANGING`."""

_CHANGING = frozenset(
    [
        *("shuffle", "heappush", "heappop", "heapify", "heapreplace", "heappushpop", "insort"),
        *("insort_left", "insort_right", "copyto", "put", "place", "putmask", "fill_diagonal"),
        *("put_along_axis", "setattr", "delattr", "setitem", "reload", "setswitchinterval"),
        *("next", "islice", "deque", "reduce", "load_state_dict", "step", "backward", "train"),
    ]
)
_PURE_BUILTINS = frozenset(
    [
        *("abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "complex"),
        *("dict", "dir", "display", "divmod", "enumerate", "filter", "float", "format"),
        *("frozenset", "getattr", "hasattr", "hash", "hex", "id", "int", "isinstance"),
        *("issubclass", "iter", "len", "list", "map", "max", "min", "object", "oct", "open"),
        *("ord", "pow", "print", "property", "range", "repr", "reversed", "round", "set"),
        *("slice", "sorted", "str", "sum", "super", "tuple", "type", "zip"),
    ]
)
_PURE_METHODS = frozenset(
    [
        # pandas and numpy
        *("abs", "agg", "aggregate", "all", "any", "argmax", "argmin", "argsort", "asfreq"),
        *("assign", "astype", "between", "clip", "combine_first", "copy", "corr", "corrwith"),
        *("count", "cov", "crosstab", "cummax", "cummin", "cumprod", "cumsum", "describe", "diff"),
        *("div", "dot", "drop", "drop_duplicates", "dropna", "dtypes", "duplicated", "ewm", "eq"),
        *("expanding", "explode", "ffill", "bfill", "fillna", "filter", "first", "flatten", "ge"),
        *("get_dummies", "groupby", "gt", "head", "hist", "idxmax", "idxmin", "iloc", "info"),
        *("interpolate", "isin", "isna", "isnull", "items", "iterrows", "itertuples", "join"),
        *("keys", "last", "le", "loc", "lt", "mad", "mask", "max", "mean", "median", "melt"),
        *("memory_usage", "merge", "min", "mode", "mul", "ne", "nlargest", "notna", "notnull"),
        *("nsmallest", "nunique", "pct_change", "pivot", "pivot_table", "plot", "prod", "quantile"),
        *("query", "rank", "ravel", "reindex", "rename", "replace", "resample", "reset_index"),
        *("reshape", "rolling", "round", "sample", "select_dtypes", "set_axis", "set_index"),
        *("shift", "size", "skew", "sort_index", "sort_values", "squeeze", "stack", "std"),
        *("sub", "sum", "swapaxes", "tail", "take", "to_csv", "to_dict", "to_frame", "to_html"),
        *("to_json", "to_list", "to_numpy", "to_string", "to_timestamp", "tolist", "transpose"),
        *("unique", "unstack", "value_counts", "values", "var", "where", "xs", "T", "shape"),
        # texts, containers, times
        *("capitalize", "casefold", "encode", "decode", "endswith", "find", "format", "get"),
        *("index", "isalpha", "isdigit", "islower", "isspace", "isupper", "ljust", "lower"),
        *("lstrip", "partition", "removeprefix", "removesuffix", "rfind", "rjust", "rpartition"),
        *("rsplit", "rstrip", "split", "splitlines", "startswith", "strftime", "strip", "title"),
        *("translate", "upper", "zfill", "isoformat", "str", "dt", "cat", "year", "month", "day"),
        *("difference", "intersection", "union", "issubset", "issuperset", "total_seconds"),
        *("exists", "is_file", "is_dir", "joinpath", "resolve", "with_suffix", "read_text"),
        *("read_bytes", "glob", "iterdir", "item", "numpy", "cpu", "detach", "float", "long"),
        # estimators
        *("predict", "predict_proba", "predict_log_proba", "decision_function", "score"),
        *("transform", "inverse_transform", "get_params", "get_feature_names_out", "evaluate"),
        *("coef_", "best_params_", "best_score_", "best_estimator_", "cv_results_", "summary"),
    ]
)
_SHARING = frozenset(
    [
        *("asarray", "asanyarray", "ravel", "reshape", "frombuffer", "broadcast_to", "atleast_1d"),
        *("atleast_2d", "split", "array_split", "nditer", "partial", "chain", "wraps", "replace"),
        *("dict", "enumerate", "filter", "frozenset", "getattr", "iter", "list", "map", "max"),
        *("min", "reversed", "set", "sorted", "super", "tuple", "zip", "copy", "next"),
    ]
)
"""Functions whose value shares state with what they are given."""
_GIVING_NEW = KNOWN_LIBRARIES - {"torch", "torchvision", "tensorflow", "keras", "jax", "itertools"}
_CONSUMED = frozenset({"iter", "map", "filter", "zip", "enumerate", "open", "reversed"})
_READERS = frozenset({"reader", "DictReader", "scandir", "finditer", "iterparse", "iter_content"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_SEEDING = frozenset(
    {"seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything", "set_random_seed"}
)
_DRAWING = frozenset(
    [
        *("train_test_split", "shuffle", "sample", "permutation", "choice", "choices", "resample"),
        *("fit", "fit_transform", "fit_predict", "partial_fit", "cross_val_score", "uniform"),
        *("cross_validate", "cross_val_predict", "permutation_importance", "make_classification"),
        *("make_regression", "make_blobs", "make_moons", "make_circles", "normal", "random_split"),
        *("DataLoader", "Linear", "Dense", "Sequential", "Conv2d", "Embedding", "dropout"),
        *("getrandbits", "randbytes", "randrange", "gauss", "betavariate", "expovariate"),
    ]
)


class Touch(NamedTuple):
    """A call that gets `name`, as its object or as an argument: `root.path(...)`, or `root(...)`.

    `path` has every attribute on the way, of chained calls too.
    """

    root: str
    path: tuple[str, ...]
    name: str


def touches(calls: Iterable[ast.Call]) -> Iterator[Touch]:
    """Yield what the calls get."""
    for call in calls:
        root, path = callee(call.func)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        names = {name for value in given for name in names_given(value)}
        if not root:  # `[x, y][0].append(1)`: any name in front may be what is called upon
            names |= {node.id for node in ast.walk(call.func) if isinstance(node, ast.Name)}
        for name in {root, *names} - {""}:
            yield Touch(root, path, name)


def calls_of_scope(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls that running `tree` makes itself."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            yield node
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, _FUNCTIONS):
                todo.append(child)


def callee(function: ast.expr) -> tuple[str, tuple[str, ...]]:
    """Return the name that a call begins with and the attributes after it: `a.b().c` -> a, (b, c).

    The name is "" where it begins with something else.
    """
    path: list[str] = []
    node: ast.expr = function
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Await):
        if isinstance(node, ast.Attribute):
            path.insert(0, node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    return (node.id if isinstance(node, ast.Name) else ""), tuple(path)


def names_given(value: ast.expr) -> Iterator[str]:
    """Yield the names whose objects a value hands over: itself, its parts, what it is a part of."""
    if isinstance(value, ast.Starred | ast.Attribute | ast.Subscript | ast.Await):
        yield from names_given(value.value)
    elif isinstance(value, ast.Name):
        yield value.id
    elif isinstance(value, ast.Tuple | ast.List | ast.Set):
        for element in value.elts:
            yield from names_given(element)
    elif isinstance(value, ast.Dict):
        for element in value.values:
            yield from names_given(element)
    elif isinstance(value, ast.IfExp):
        yield from names_given(value.body)
        yield from names_given(value.orelse)
    elif isinstance(value, ast.Call):
        # What `model.parameters()` gives is still the model's.
        yield from filter(None, [callee(value.func)[0]])
        for element in value.args:
            yield from names_given(element)


def given_by(function: ast.AST) -> set[str]:
    """Return the names that a call of a function, or of a class, may hand out the objects of.

    Those that the function itself binds are among them; nothing, for what is no function.
    """
    if isinstance(function, ast.Lambda):
        return set(names_given(function.body))
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    returns = (ast.Return, ast.Yield, ast.YieldFrom)
    nodes = list(ast.walk(function))
    values = [node.value for node in nodes if isinstance(node, returns) and node.value is not None]
    given = {name for value in values for name in names_given(value)}
    given |= {name for value in values if isinstance(value, ast.Lambda) for name in given_by(value)}
    size = -1
    while size < len(given):  # what local names in it stand for
        size = len(given)
        for node in nodes:
            if isinstance(node, ast.Assign) and _stores(node.targets) & given:
                given |= set(names_given(node.value))
    return given


def _stores(targets: list[ast.expr]) -> set[str]:
    return {node.id for each in targets for node in ast.walk(each) if isinstance(node, ast.Name)}


def is_harmless(touch: Touch, modules: Mapping[str, str], own: frozenset[str]) -> bool:
    """Whether the call leaves `touch.name` as it is.

    `modules` has the module behind each imported name; `own` are names that the session binds.
    """
    root, path, name = touch
    if name in modules:
        return True
    if any(part in _CHANGING or part.endswith("_") for part in path[-1:] or (root,)):
        return path[-1:] != () and path[-1] in _PURE_METHODS
    if root in modules:
        return modules[root].partition(".")[0] in KNOWN_LIBRARIES
    if not path:
        return root in _PURE_BUILTINS and root not in own
    return all(part in _PURE_METHODS for part in path)


def is_harmless_fit(touch: Touch, origins: frozenset[str]) -> bool:
    """Whether a `fit` only learns from what it gets: that of estimators does."""
    estimators = {"sklearn", "xgboost", "lightgbm", "catboost", "statsmodels", "keras", "imblearn"}
    known = {origin.partition(".")[0] for origin in origins} - {"numpy", "pandas"}
    is_fit = touch.path[-1:] in (("fit",), ("fit_transform",), ("fit_predict",), ("compile",))
    return is_fit and touch.name != touch.root and bool(known) and known <= estimators


def may_hold(touch: Touch, modules: Mapping[str, str]) -> bool:
    """Whether what the call gives may hold on to `touch.name`, or be a part of it."""
    root, path, name = touch
    if name in modules or (name == root and not path):
        return False
    last = path[-1] if path else root
    if root in modules:
        top = modules[root].partition(".")[0]
        return top not in _GIVING_NEW or last[:1].isupper() or last in _SHARING
    if not path:
        return root not in _PURE_BUILTINS or root in _SHARING
    return not all(part in _PURE_METHODS for part in path)


def makes_iterator(value: ast.expr) -> bool:
    """Whether a value can be read only once, as far as it tells."""
    if isinstance(value, ast.GeneratorExp):
        return True
    if not isinstance(value, ast.Call):
        return False
    root, path = callee(value.func)
    return path[-1] in _READERS if path else root in _CONSUMED | _READERS


def seeds(call: ast.Call) -> bool:
    """Whether a call sets where a global generator of random numbers begins."""
    root, path = callee(call.func)
    return (path[-1] if path else root) in _SEEDING


def draws(call: ast.Call) -> bool:
    """Whether a call may take numbers from a global generator."""
    root, path = callee(call.func)
    last = path[-1] if path else root
    return "random" in (root, *path[:-1]) or last in _DRAWING or last.startswith("rand")
