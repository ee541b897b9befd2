"""A forest that foretells a metric from params, in a process of its own: `python -m` this module.

A JSON object is read from standard input (`columns`: values of each param, a list of numbers or of
texts; `metric`: its values) and one is written: `importances` and `spreads` by param, and `score`.
scikit-learn is loaded here and nowhere in Jupyter Server.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

FOLDS = 5
TREES = 100
REPEATS = 5
_LARGEST = 1e15


def importances(
    columns: Mapping[str, Sequence[float | str | None]], metric: Sequence[float]
) -> dict[str, Any]:
    """Return the mean permutation importance of each param for runs that a forest did not see."""
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance
    from sklearn.metrics import r2_score
    from sklearn.model_selection import KFold

    table = np.column_stack([_scaled(_numbers(values)) for values in columns.values()])
    wanted = _scaled(np.asarray(metric, dtype=float))
    foretold = np.empty_like(wanted)
    found = []
    for seen, unseen in KFold(FOLDS, shuffle=True, random_state=0).split(table):
        forest = RandomForestRegressor(TREES, min_samples_leaf=2, random_state=0)
        forest.fit(table[seen], wanted[seen])
        foretold[unseen] = forest.predict(table[unseen])
        # The error and not R2: that of a few runs is wild where they lie close together.
        result = permutation_importance(
            forest, table[unseen], wanted[unseen], n_repeats=REPEATS, random_state=0,
            scoring="neg_mean_squared_error",
        )  # fmt: skip
        found.append(result.importances)
    # As a share of the metric's own spread: 0 for what is of no use.
    shares = np.concatenate(found, axis=1) / (np.var(wanted) or 1.0)
    return {
        "importances": dict(zip(columns, shares.mean(axis=1).tolist(), strict=True)),
        "spreads": dict(zip(columns, shares.std(axis=1).tolist(), strict=True)),
        "score": float(r2_score(wanted, foretold)),
    }


def _scaled(column: Any) -> Any:
    """Return numbers whose squares can be added up too: a forest minds no scale."""
    import numpy as np

    largest = np.max(np.abs(column))
    return column / largest if largest > _LARGEST else column


def _numbers(values: Sequence[float | str | None]) -> Any:
    """Return a column of numbers: words by their place in order, the middle where one is absent."""
    import numpy as np

    if any(isinstance(value, str) for value in values):
        texts = ["" if value is None else str(value) for value in values]
        return np.unique(texts, return_inverse=True)[1].astype(float)
    column = np.array([np.nan if value is None else value for value in values], dtype=float)
    return np.where(np.isnan(column), np.nanmedian(column), column)


def main() -> None:
    """Answer the question on standard input."""
    question = json.load(sys.stdin)
    json.dump(importances(question["columns"], question["metric"]), sys.stdout)


if __name__ == "__main__":
    main()
