"""How likely somebody would vary a value that stands in the code, told by its name and place."""

from __future__ import annotations

import math
import re

from tracker.capture.parameters import Parameter

OFFERED = 0.5
"""Values at least this likely to be varied become parameters unless asked otherwise."""

# By name, most telling first: what the libraries of this field call the values people tune.
_NAMES = [
    (
        1.0,
        r"(base_|init_|max_|min_|initial_)?(learning_rate|lr)(_init|_\d+)?|eta|n_?estimators|alpha"
        r"|(n_|num_|max_)?epochs?|(train_|eval_)?batch_?size|max_depth|depth|dropout(_rate)?",
    ),
    (
        0.95,
        r"C|gamma|lambda_?|reg_(alpha|lambda)|l1(_ratio)?|l2|weight_decay|momentum|beta_?[12]?"
        r"|n_neighbors|n_clusters|n_components|k|hidden\w*|units|n_layers|num_layers|num_leaves"
        r"|optimizer|kernel|activation|penalty|criterion|loss|degree|epsilon|eps|nu|temperature",
    ),
    (
        0.85,
        r"(test|train|val|valid|validation)_(size|split|fraction|ratio)|max_iter|n_iter|iterations"
        r"|num_boost_round|n_rounds|min_samples_\w+|min_child_\w+|max_features|max_leaf_nodes"
        r"|subsample|colsample\w*|bagging_\w+|feature_fraction|early_stopping\w*|patience|tol"
        r"|cv|n_splits|n_folds|folds|solver|window(_size)?|lags|horizon|ngram_range|max_df|min_df"
        r"|sample_size|n_samples|n_features|n_informative|noise|threshold|steps|n_steps|strategy",
    ),
    (0.7, r"random_state|(random_)?seed|class_weight|metric|weights|filters|kernel_size|stride"),
    (0.4, r"shuffle|stratify|bootstrap|fit_intercept|normalize|frac|n|size|q|rate|scale|bins"),
    # How a machine works and a table is read changes no result that anyone compares.
    (
        0.05,
        r"n_jobs|verbose\w*|inplace|axis|copy|columns?|index|dtype|sep|delimiter|header|names"
        r"|encoding|parse_dates|index_col|usecols|ascending|by|on|how|figsize|title|label|color"
        r"|end|file|flush|ignore_index|device|num_workers|n_workers|return_\w+|as_frame|as_index"
        r"|drop|keep|format|nested|run_name|experiment\w*|tags?|name|description|help|type",
    ),
]
_LIKELY = [(value, re.compile(rf"(?:{names})\Z")) for value, names in _NAMES]
_UNKNOWN = {"float": 0.35, "int": 0.3, "bool": 0.2, "string": 0.15}
_COUNTER = re.compile(
    r"(?i)(n_iter|i|j|k|idx|index|it|iteration|step|epoch|n_steps)\Z"
    r"|(?:.*_)?(count|counter|cnt|total|sum|correct|seen|best|running)(_\w+)?\Z"
)
_PATH = re.compile(
    r"(?i)^(\w+://|[./~]|[a-z]:\\)|[\w)][/\\][\w(]"
    r"|\.(csv|tsv|txt|json|ya?ml|parquet|feather|xlsx?|pkl|joblib|npy|npz|h5|hdf5|db|png|jpg|pt)$"
)


def likelihood(found: Parameter) -> float:
    """Between 0 and 1: how likely somebody would vary a value of this name."""
    for value, names in _LIKELY:
        if names.match(found.name):
            return value
    return _UNKNOWN[found.type]


def is_counter(found: Parameter) -> bool:
    """Whether the name and its first value say that the program counts or remembers in it."""
    value = found.value
    starts = value is None or value is False or value in (0, -1) if not _is_text(value) else False
    starts = starts or (isinstance(value, float) and math.isinf(value))
    return starts and _COUNTER.match(found.name) is not None


def is_path(found: Parameter) -> bool:
    """Whether the value names a file, a folder or an address."""
    return isinstance(found.value, str) and _PATH.search(found.value) is not None


def _is_text(value: object) -> bool:
    return isinstance(value, str | list | tuple | set | dict)
