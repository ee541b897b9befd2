"""Copying runs: one after another, each whole or not at all, told in a report."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from tracker.entities import Experiment, MetricHistory, Run
from tracker.errors import InvalidValue, NotFound, TrackerError
from tracker.store.adopting import check_run
from tracker.store.limits import shorten
from tracker.transfer.report import Item, Outcome, Report
from tracker.transfer.source import Choice, Source
from tracker.transfer.targets import Parcel, Target
from tracker.transfer.tidying import tidy_run

_NAMED = 5
_log = logging.getLogger("tracker")


class Progress(Protocol):
    """Hears how far a copying is."""

    def begin(self, total: int | None) -> None:
        """Called once, with the number of runs where it is known."""

    def next_run(self, run: Run) -> None:
        """Called before each run."""

    def done(self, item: Item) -> None:
        """Called after each run."""


class Silent:
    """A `Progress` that tells nobody."""

    def begin(self, total: int | None) -> None:
        """Do nothing."""

    def next_run(self, run: Run) -> None:
        """Do nothing."""

    def done(self, item: Item) -> None:
        """Do nothing."""


EVERYTHING = Choice()


def copy_runs(
    source: Source,
    target: Target,
    *,
    choice: Choice = EVERYTHING,
    update: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Copy the chosen runs and return what became of each.

    Ids, times, states and all that was logged stay what they are; a server as the target gives ids
    of its own and keeps the old ones in a tag. What is there already and equal is left alone, so a
    copying that was broken off is finished by doing it again. What differs is left as it is, unless
    `update` has it replaced. A run that cannot be read or written is skipped and told. `dry_run`
    only looks. Raises FilterError, InvalidValue (source and target are one), NotFound (no such
    experiment), and StoreError where one of them is gone.
    """
    if source.uri == target.uri:
        raise InvalidValue(f"Source and target are the same store, {target.uri}.")
    report = Report(source.description, target.uri, dry_run)
    copier = _Copier(source, target, update=update, dry_run=dry_run)
    copier.run(choice, report, progress or Silent())
    return report


class _Copier:
    def __init__(self, source: Source, target: Target, *, update: bool, dry_run: bool) -> None:
        self._update = update
        self._dry_run = dry_run
        self._source = source
        self._target = target
        self._experiments: dict[str, Experiment] = {}

    def run(self, choice: Choice, report: Report, progress: Progress) -> None:
        """Copy all and fill the report."""
        experiments = sorted(self._source.experiments(), key=_by_number)
        _refuse_unknown(choice, experiments)
        self._experiments = {it.experiment_id: it for it in experiments}
        if choice.is_everything and not self._dry_run:
            for experiment in filter(choice.wants, experiments):
                self._prepare(experiment, report)
        progress.begin(self._source.count(choice))
        for run in self._source.runs(choice):
            progress.next_run(run)
            item = self._copied(run)
            report.items.append(item)
            progress.done(item)
        if not self._dry_run and not choice.filter_string:
            for experiment in filter(choice.wants, experiments):
                self._copy_models(experiment, report)
        if not self._dry_run:
            report.notes += self._target.finish()
        report.problems = {**report.problems, **self._source.problems()}

    def _prepare(self, experiment: Experiment, report: Report) -> None:
        try:
            self._target.prepare(experiment)
        except TrackerError as error:
            report.notes.append(f"Experiment {experiment.name!r}: {error}")

    def _copy_models(self, experiment: Experiment, report: Report) -> None:
        """Copy the logged models of an experiment: whole experiments bring theirs along."""
        for model_id, files in self._source.models(experiment):
            try:
                left = self._target.put_model(experiment, model_id, files, update=self._update)
            except (TrackerError, OSError) as error:
                left = [str(error)]
            report.models += 1
            if left:
                told = tuple(f"model {model_id}: {it}" for it in left)
                report.problems = {**report.problems, model_id: told}

    def _copied(self, run: Run) -> Item:
        try:
            return self._try(run)
        except Exception as error:  # whatever is wrong with one run, the others are to be copied
            if not isinstance(error, TrackerError):
                _log.debug("Copying run %s failed", run.info.run_id, exc_info=True)
            reason = str(error) or type(error).__name__
            return Item(run.info.run_id, run.info.run_name, Outcome.SKIPPED, reason)

    def _try(self, original: Run) -> Item:
        run, metric_names, notes = tidy_run(original)
        check_run(run)  # before its id becomes a part of any path
        files = self._source.files(original)
        notes += [*files.notes, *([files.stay] if files.stay else [])]
        parcel = Parcel(
            run,
            self._experiment_of(run),
            files,
            lambda: _renamed(self._source.histories(original), metric_names),
        )
        outcome, reason, target_id, left = self._carried(parcel, notes)
        info = run.info
        return Item(
            info.run_id,
            info.run_name,
            outcome,
            reason,
            target_id,
            (*files.left, *left),
            tuple(notes),
        )

    def _experiment_of(self, run: Run) -> Experiment:
        known = self._experiments.get(run.info.experiment_id)
        return known or Experiment(run.info.experiment_id, run.info.experiment_id, "")

    def _carried(self, parcel: Parcel, notes: list[str]) -> tuple[Outcome, str, str, list[str]]:
        """Return outcome, reason, id in the target, and what had to be left."""
        copy = self._target.find(parcel.run)
        outcome, reason = Outcome.COPIED, ""
        if copy is not None and not self._target.is_unfinished(copy):
            found = self._target.differences(parcel, copy)
            if not found:
                notes += self._target.remarks(parcel, copy)
                return Outcome.EQUAL, "", copy.info.run_id, []
            outcome, reason = Outcome.UPDATED, _listed(found)
            if not self._update:
                return Outcome.DIFFERS, reason, copy.info.run_id, []
        if self._dry_run:
            return outcome, reason, copy.info.run_id if copy else "", []
        self._target.prepare(parcel.experiment)
        return outcome, reason, *self._target.put(parcel, copy)


def _refuse_unknown(choice: Choice, experiments: Sequence[Experiment]) -> None:
    known = {name for it in experiments for name in (it.name, it.experiment_id)}
    for name in choice.experiments:
        if name not in known:
            there = ", ".join(sorted(shorten(it.name) for it in experiments)[:_NAMED])
            raise NotFound(f"The source has no experiment {shorten(name)}. It has {there}.")


def _renamed(
    histories: Iterator[MetricHistory], names: Mapping[str, str]
) -> Iterator[MetricHistory]:
    for history in histories:
        name = names.get(history.key, history.key)
        yield history if name == history.key else replace(history, key=name)


def _listed(found: list[str]) -> str:
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return "; ".join(found[:_NAMED]) + more


def _by_number(experiment: Experiment) -> tuple[int, str]:
    """Ids that are kept only in ascending order come in that order."""
    wanted = experiment.experiment_id
    is_number = wanted.isascii() and wanted.isdecimal() and len(wanted) < 40
    return (int(wanted) if is_number else 0, wanted)
