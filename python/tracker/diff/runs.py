"""Finding runs as people name them, and holding them beside one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Literal

from tracker.artifacts import Artifacts, open_artifacts
from tracker.capture.code import RunCode, read_code
from tracker.diff import facts
from tracker.diff.cells import code_difference
from tracker.diff.lines import line_differences
from tracker.diff.model import Difference
from tracker.diff.outputs import outputs_of
from tracker.entities import Run, ViewType
from tracker.errors import InvalidValue, NotFound, TrackerError
from tracker.store.base import Store

MOST_RUNS = 20
LATEST, PREVIOUS = "latest", "previous"
_NEWEST_FIRST = ["attributes.start_time DESC"]
Open = Callable[[Run], Artifacts | None]
Part = Literal["facts", "code", "outputs"]
PARTS: tuple[Part, ...] = ("facts", "code", "outputs")
_ID_BEGINS = re.compile(r"[0-9a-zA-Z-]{4,}")


def artifacts_of(run: Run) -> Artifacts | None:
    """Return the files of a run; None where it has no place for any."""
    return open_artifacts(run.info.artifact_uri) if run.info.artifact_uri else None


def difference(
    runs: Sequence[Run], open_: Open = artifacts_of, parts: Collection[Part] = PARTS
) -> Difference:
    """Return how the runs differ, the first being the one that the others are held against.

    `open_` gives the files of a run, for those who do not read them from anywhere. Of what `parts`
    leave out nothing is read: facts are environment, packages, git and data.

    What a run did not keep, or what cannot be read, is missing; it is no error. Raises InvalidValue
    for fewer than two runs, or for more than can be looked at.
    """
    if not 2 <= len(runs) <= MOST_RUNS:
        raise InvalidValue(f"A comparison is of 2 to {MOST_RUNS} runs, not of {len(runs)}.")
    places = [_opened(run, open_) for run in runs]
    codes = [_code(artifacts) for artifacts in places] if "code" in parts else []
    outputs = tuple(outputs_of(each) for each in places) if "outputs" in parts else ()
    wants_facts = "facts" in parts
    environment, packages = facts.environments(places) if wants_facts else ((), ())
    return Difference(
        runs=tuple(runs),
        params=facts.param_rows(runs),
        metrics=facts.metric_rows(runs),
        environment=environment,
        packages=packages,
        git=facts.git_rows(runs) if wants_facts else (),
        datasets=facts.dataset_rows(runs) if wants_facts else (),
        code=tuple(code_difference(codes[0], code) for code in codes[1:]),
        outputs=outputs,
        texts=tuple(line_differences(outputs[0].text, each.text) for each in outputs[1:]),
        findings=tuple(code.findings if code else () for code in codes),
    )


def _opened(run: Run, open_: Open) -> Artifacts | None:
    try:
        return open_(run)
    except TrackerError:
        return None


def _code(artifacts: Artifacts | None) -> RunCode | None:
    try:
        return read_code(artifacts) if artifacts is not None else None
    except TrackerError:
        return None


# -- as people name them ----------------------------------------------------------------------


def find_runs(store: Store, references: Sequence[str]) -> list[Run]:
    """Return the runs that ids, beginnings of ids, names, `latest` and `previous` mean.

    Raises NotFound where there is none, InvalidValue where several could be meant.
    """
    return [_find(store, reference.strip()) for reference in references]


def _find(store: Store, reference: str) -> Run:
    if reference in (LATEST, PREVIOUS):
        return _recent(store, reference)
    found = _by_id(store, reference) or _by_name(store, reference)
    if not found:
        raise NotFound(
            f"There is no run '{reference}' in {store.uri}. Name a run by its id, the beginning of "
            f"its id, its name, or as {LATEST} or {PREVIOUS}."
        )
    if len(found) > 1:
        ids = ", ".join(run.info.run_id[:8] for run in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise InvalidValue(
            f"'{reference}' could be one of {len(found)} runs: {ids}{more}. Use the id instead."
        )
    return found[0]


def _recent(store: Store, reference: str) -> Run:
    place = 0 if reference == LATEST else 1
    runs = store.search_runs(None, order_by=_NEWEST_FIRST, max_results=2)
    if len(runs) <= place:
        held = "no run" if not runs else "only one run"
        raise NotFound(f"There is no {reference} run: {store.uri} holds {held}.")
    return runs[place]


def _by_id(store: Store, reference: str) -> list[Run]:
    try:
        return [store.get_run(reference)]
    except TrackerError:
        pass
    if not _ID_BEGINS.fullmatch(reference):
        return []
    return _search(store, f"attributes.run_id LIKE '{reference}%'")


def _by_name(store: Store, reference: str) -> list[Run]:
    quote = '"' if "'" in reference else "'"
    if not reference or quote in reference:
        return []
    return _search(store, f"attributes.run_name = {quote}{reference}{quote}")


def _search(store: Store, filter_string: str) -> list[Run]:
    page = store.search_runs(
        None,
        filter_string=filter_string,
        view_type=ViewType.ACTIVE_ONLY,
        order_by=_NEWEST_FIRST,
        max_results=50,
    )
    return list(page)
