"""Which run a person means."""

from __future__ import annotations

from tracker.entities import Run
from tracker.errors import InvalidValue, NotFound
from tracker.store import Store


def find_run(store: Store, text: str) -> Run:
    """Return the run of that id, of an id that begins so, or of that name.

    Raises NotFound, and InvalidValue where several are meant.
    """
    quoted = text.replace("'", "").replace("%", "").replace("_", r"\_")
    wanted = [f"attributes.run_name = '{text}'"] if "'" not in text else []
    if len(text) >= 4 and text.isalnum():
        wanted.insert(0, f"attributes.run_id LIKE '{quoted}%'")
    for filter_string in wanted:
        found = store.search_runs(None, filter_string=filter_string, max_results=2)
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidValue(f"Several runs are called {text!r}. Give the run's id.")
    raise NotFound(f"There is no run {text!r} in {store.uri}.")
