"""Running an exported project and recording on both runs whether it gave the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.entities import Run
from tracker.errors import ProjectError
from tracker.export import ExportResult
from tracker.store import Store
from tracker.verify import tags
from tracker.verify.causes import Evidence, likely_cause
from tracker.verify.facts import read_facts
from tracker.verify.originals import descendants, paired
from tracker.verify.verdict import TOLERANCE, Verdict, VerdictKind, compare, differences

if TYPE_CHECKING:
    from tracker.projects.submitted import SubmittedRun

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """An original run and the run that stands for it, None where the project made none."""

    original: Run
    again: Run | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of running the project: its run, and one reproduction for each original run."""

    run_id: str
    reproductions: tuple[Reproduction, ...]

    @property
    def kind(self) -> VerdictKind:
        """The worst of the verdicts."""
        order = list(VerdictKind)
        return max((each.verdict.kind for each in self.reproductions), key=order.index)

    def lines(self) -> list[str]:
        """What to tell of it, a line for each run."""
        told = []
        for each in self.reproductions:
            verdict = each.verdict
            cause = f" Likely cause: {verdict.cause}." if verdict.cause else ""
            told.append(f"{each.original.info.run_name}: {verdict.kind}. {verdict.detail}.{cause}")
        return told


@dataclass(frozen=True, slots=True)
class _Launched:
    """One run of the project: the launcher's, those in it, and why it failed, if it did."""

    run: Run
    nested: list[Run]
    failure: str


def verify(
    export: ExportResult,
    originals: Sequence[Run],
    store: Store,
    *,
    base_folder: Path,
    env_manager: str = "uv",
    tolerance: float = TOLERANCE,
    wanted: str | None = None,
    tell: Tell = lambda line: None,
) -> Proof:
    """Run the project in a process of its own and compare its runs with the originals.

    `originals` are the runs of the exported cells, oldest first; with `wanted`, the id of one, only
    that one is judged. Without any, the project runs twice and is compared with itself. The store
    must be the session's. `base_folder` is where the notebook's files are. Raises InvalidValue and
    other TrackerErrors where the project cannot be run at all.
    """
    runner = _Runner(export, store, env_manager, tell)
    first = runner.run(originals[0] if originals else None)
    if not originals:
        return _with_itself(runner, first, tolerance)
    pairs = paired(originals, first.run, first.nested)
    judged = [run for run in originals if wanted in (None, run.info.run_id)]
    second: _Launched | None = None
    found = []
    for original in judged:
        again = pairs.get(original.info.run_id)
        verdict = _verdict(original, again, first, tolerance)
        if verdict.kind is VerdictKind.DIFFERS:
            twice = None
            if again is not None and not first.failure:
                second = second or runner.run(original, why="it differs; once more, to see whether")
                twice = paired(originals, second.run, second.nested).get(original.info.run_id)
            verdict = _explained(original, again, twice, verdict, export, base_folder)
        found.append(Reproduction(original, again, verdict))
        _record(store, found[-1])
    return Proof(first.run.info.run_id, tuple(found))


class _Runner:
    """Runs the project as often as it is asked to."""

    def __init__(self, export: ExportResult, store: Store, env_manager: str, tell: Tell) -> None:
        self._export = export
        self._store = store
        self._env_manager = env_manager
        self._tell = tell

    def run(self, original: Run | None, why: str = "") -> _Launched:
        """Run it, in the experiment of the original, named after that."""
        self._tell("Running the project" + (f" ({why} it varies)" if why else "") + " ...")
        name = original.info.run_name if original else self._export.folder.name
        try:
            submitted = self._submit(f"reproduction of {name}", original)
            run_id, failure = submitted.run_id, ""
        except ProjectError as error:
            run_id, failure = error.run_id, error.message
        run = self._store.get_run(run_id)
        return _Launched(run, descendants(self._store, run), failure)

    def _submit(self, name: str, original: Run | None) -> SubmittedRun:
        from tracker import projects

        return projects.run(
            self._export.folder,
            self._export.entry_point,
            run_name=name,
            experiment_id=original.info.experiment_id if original else None,
            env_manager=self._env_manager,
            on_output=lambda _text: None,  # it is kept with the run
        )


def _verdict(original: Run, again: Run | None, launched: _Launched, tolerance: float) -> Verdict:
    if again is None:
        why = launched.failure or "the project ended without it"
        return Verdict(VerdictKind.DIFFERS, f"no run stands for this one: {why}")
    verdict = compare(read_facts(original), read_facts(again), tolerance)
    if launched.failure and verdict.kind is VerdictKind.DIFFERS:
        return replace(verdict, detail=f"{verdict.detail}; {launched.failure}")
    return verdict


def _explained(
    original: Run,
    again: Run | None,
    twice: Run | None,
    verdict: Verdict,
    export: ExportResult,
    base: Path,
) -> Verdict:
    varies: list[str] = []
    if again is not None and twice is not None:
        varies = [each.what for each in differences(read_facts(again), read_facts(twice))]
    evidence = Evidence(original, export, base)
    return replace(verdict, cause=likely_cause(evidence, verdict.differences, varies))


def _with_itself(runner: _Runner, first: _Launched, tolerance: float) -> Proof:
    """Judge a project of cells that were never a run: by whether it gives the same twice."""
    second = runner.run(None, why="there is no run to compare with; once more, to see whether")
    runs = [first.run, *first.nested]
    others = [second.run, *second.nested]
    found = []
    for one, other in zip(runs, others, strict=False):
        verdict = compare(read_facts(one), read_facts(other), tolerance)
        if first.failure:
            verdict = Verdict(VerdictKind.DIFFERS, first.failure)
        elif verdict.kind is VerdictKind.DIFFERS:
            verdict = replace(verdict, cause="unseeded randomness (it was run twice)")
        found.append(Reproduction(one, other, verdict))
        _record(runner._store, found[-1])
    return Proof(first.run.info.run_id, tuple(found))


def _record(store: Store, found: Reproduction) -> None:
    verdict = found.verdict
    facts: dict[str, str | None] = {
        tags.VERDICT: verdict.kind.value,
        tags.DETAIL: verdict.detail[: tags.LONGEST],
        tags.CAUSE: verdict.cause[: tags.LONGEST] or None,
        tags.TOLERANCE: None if verdict.tolerance is None else f"{verdict.tolerance:g}",
    }
    again = found.again
    own = {**facts, tags.RUN: again.info.run_id if again else None}
    store.log_batch(found.original.info.run_id, tags=own)
    if again is not None:
        store.log_batch(again.info.run_id, tags={**facts, tags.OF: found.original.info.run_id})
