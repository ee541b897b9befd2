"""A server that speaks MLflow's REST API 2.0, as a store.

How the promises of `store.base` hold here:

1. What is logged is in the outbox on this machine when the call returns, whether or not the server
   answers; it is sent in the background, by whichever process of this user opens the store next,
   or by `tracker sync`. Creating a run asks the server, and where that does not answer the run
   begins here, under a provisional id that goes on being understood.
2. So it is. One process sends at a time.
3. So it is.
4. What the server refuses at once is raised. What it refuses later, because somebody changed the
   run meanwhile, is told in the log and kept in the outbox.
5. A run that was begun here belongs to this process. When that is gone, it ends KILLED as soon as
   a process of the same user opens the store or runs `tracker sync`. Runs that others began belong
   to them: the API tells nothing of their processes.

Reading sends what waits first, so that one sees what one wrote. Runs are never removed for good:
the API has no such request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracker.entities import (
    Changes,
    DatasetInput,
    Experiment,
    Metric,
    MetricHistory,
    PagedList,
    Run,
    RunStatus,
    ViewType,
)
from tracker.errors import InvalidState, StoreError
from tracker.remote import known as known_servers
from tracker.remote.address import Address
from tracker.remote.connection import Connection
from tracker.remote.errors import Unreachable
from tracker.store import points
from tracker.store.base import SEARCH_MAX_RESULTS
from tracker.store.mlruns.datasets import check_inputs
from tracker.store.rest import operations, runs, snapshots
from tracker.store.rest.beginning import Beginning
from tracker.store.rest.delivery import Delivery
from tracker.store.rest.experiments import Experiments, check_id
from tracker.store.rest.files import Files
from tracker.store.rest.histories import Histories
from tracker.store.rest.journal import Journal
from tracker.store.rest.operations import Logged
from tracker.store.rest.outbox import KnownRun, Outbox
from tracker.store.rest.places import outbox_folder
from tracker.store.rest.searching import Searches
from tracker.store.rest.sender import Sender
from tracker.store.rest.summaries import completed
from tracker.store.rest.watching import Watcher
from tracker.store.sqlite import forking


class RestStore:
    """A `tracker.store.base.Store` over HTTP. Get it from `tracker.store.open_store`."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._connection = Connection(address)
        self._outbox = Outbox(outbox_folder(address.base), address.uri)
        self._experiments = Experiments(self._connection, self._outbox)
        self._delivery = Delivery(self._connection, self._outbox, self._experiments)
        self._sender = Sender(self._connection, self._outbox, self._delivery)
        self._journal = Journal(self._connection, self._outbox, self._sender)
        self._beginning = Beginning(
            self._connection, self._outbox, self._experiments, self._delivery, self._sender
        )
        self._searches = Searches(self._connection, self._experiments)
        self._histories = Histories(self._connection, self._outbox, self._sender, self._journal)
        self._watcher = Watcher(self._searches.fingerprints)
        files = Files(self._connection, self._outbox, self._sender)
        known_servers.announce(known_servers.Server(self._connection, files))
        forking.watch(self)

    def __repr__(self) -> str:
        return f"<RestStore {self.uri}>"

    @property
    def uri(self) -> str:
        """The URI that opens this store again, without user and password."""
        return self._address.uri

    @property
    def outbox(self) -> Outbox:
        """What waits to be sent."""
        return self._outbox

    def take_up(self) -> RestStore:
        """End the runs of dead processes, and send what they left in the background."""
        self._outbox.forget_old_runs()
        self.end_dead_runs()
        if self._outbox.waiting_runs():
            self._sender.wake()
        return self

    def end_dead_runs(self) -> None:
        """Give the runs whose process is gone the end that it could not give them."""
        self._sender.end_dead_runs()

    def send(self) -> StoreError | None:
        """Send what waits; return why some of it was not. Raises Unreachable."""
        return self._sender.flush()

    def is_there(self) -> bool:
        """Whether the outbox is still where it was."""
        return self._outbox.database.is_there()

    # -- experiments ------------------------------------------------------------------------

    def create_experiment(
        self,
        name: str,
        *,
        artifact_location: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Return the id of a new experiment. Raises AlreadyExists, InvalidValue.

        While the server does not answer it is a provisional one, and the experiment of that name
        is found or made there later.
        """
        created = self._experiments.create(name, artifact_location, tags or {})
        self._watcher.note_experiments()
        return created

    def get_experiment(self, experiment_id: str) -> Experiment:
        """Return the experiment, active or deleted. Raises NotFound."""
        return self._experiments.get(experiment_id)

    def find_experiment(self, name: str) -> Experiment | None:
        """Return the experiment of that name, active or deleted, or None.

        While the server does not answer, None also where it was never seen from here.
        """
        return self._experiments.find(name)

    def search_experiments(
        self,
        *,
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        filter_string: str = "",
        order_by: Sequence[str] = (),
        max_results: int = SEARCH_MAX_RESULTS,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """Return a page of experiments, newest first by default. Raises FilterError."""
        return self._searches.experiments(
            view_type, filter_string, order_by, max_results, page_token
        )

    def update_experiment(
        self, experiment_id: str, *, name: str | None = None, lifecycle_stage: str | None = None
    ) -> None:
        """Rename, delete or restore; the runs go along. Raises NotFound, AlreadyExists."""
        its_id = self._experiments.at_server(experiment_id)
        self._sender.flush()
        if name is not None:
            self._experiments.rename(its_id, name)
        if lifecycle_stage is not None:
            verb = "delete" if runs.means_bin(lifecycle_stage) else "restore"
            self._connection.post(f"experiments/{verb}", {"experiment_id": its_id})
            self._journal.forget()
        self._watcher.note_experiments()

    def set_experiment_tags(self, experiment_id: str, tags: Mapping[str, str | None]) -> None:
        """Set tags; a value of None deletes the tag. Raises NotFound, InvalidValue."""
        self._experiments.set_tags(experiment_id, tags)
        self._watcher.note_experiments()

    def count_runs(self, view_type: ViewType = ViewType.ACTIVE_ONLY) -> Mapping[str, int]:
        """Return the number of runs of each experiment id that has any."""
        self._sender.flush()
        return self._searches.count_runs(view_type, self._watcher.revision)

    # -- runs -------------------------------------------------------------------------------

    def create_run(
        self,
        experiment_id: str,
        *,
        run_name: str | None = None,
        user_id: str = "",
        start_time: int | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Run:
        """Return a new RUNNING run that belongs to this process.

        Raises NotFound, InvalidState (deleted experiment), InvalidValue.
        """
        check_id(experiment_id)
        content = runs.new_content(experiment_id, run_name, user_id, start_time, tags or {})
        run = self._beginning.begin(content)
        self._journal.begin(run)
        self._sender.wake()
        self._watcher.note_run(run.info.run_id)
        return run

    def get_run(self, run_id: str) -> Run:
        """Return the run, active or deleted. Raises NotFound.

        While the server does not answer, a run that is logged to from here is told as it will be.
        """
        known = self._outbox.find(run_id)
        if known is None:
            return self._completed(self._journal.fetch(run_id), None)
        try:
            if trouble := self._sender.flush(known.local_id):
                raise trouble
            known = self._outbox.find(known.local_id) or known
            if known.run_id is None:
                return self._here(known)
            run = self._journal.fetch(known.run_id)
        except Unreachable:
            return self._here(known)
        return self._completed(run, known)

    def _completed(self, run: Run, known: KnownRun | None) -> Run:
        read = self._histories.summaries.of(run.info.run_id)
        return completed(run, read, known.snapshot.data.summaries if known else {})

    def _here(self, known: KnownRun) -> Run:
        found = self._outbox.find(known.local_id) or known
        return snapshots.after(found.snapshot, self._outbox.pending(known.local_id))

    def search_runs(
        self,
        experiment_ids: Sequence[str] | None,
        *,
        filter_string: str = "",
        view_type: ViewType = ViewType.ACTIVE_ONLY,
        order_by: Sequence[str] = (),
        max_results: int = SEARCH_MAX_RESULTS,
        page_token: str | None = None,
        count: bool = True,
    ) -> PagedList[Run]:
        """Return a page of runs of these experiments (None: of all), newest first by default.

        Raises FilterError, InvalidValue (max_results, page_token).
        """
        self._sender.flush()
        page = self._searches.runs(
            experiment_ids, filter_string, view_type, order_by, max_results, page_token
        )
        here = self._outbox.known_ids()
        found = (
            self._completed(
                it, self._outbox.find(it.info.run_id) if it.info.run_id in here else None
            )
            for it in page
        )
        return PagedList(found, page.token, page.total)

    def update_run(
        self,
        run_id: str,
        *,
        status: str | None = None,
        end_time: int | None = None,
        run_name: str | None = None,
        lifecycle_stage: str | None = None,
    ) -> Run:
        """Change what is given and return the run. A final status without `end_time` ends it now.

        RUNNING makes the run this process's own. Of such a run all but the lifecycle stage is
        stored here and sent later; of others it is sent at once. Raises NotFound, InvalidValue.
        """
        changed = runs.changes(status, end_time, run_name)
        in_bin = None if lifecycle_stage is None else runs.means_bin(lifecycle_stage)
        known = self._journal.known(run_id)
        is_own = self._journal.is_own(known.local_id)
        if changed:
            self._outbox.append(known.local_id, [(operations.UPDATE, operations.pack(changed))])
        if status is not None:
            self._journal.set_own(known.local_id, is_own=status == RunStatus.RUNNING)
            is_own = is_own or status == RunStatus.RUNNING
        self._sender.wake()
        self._watcher.note_run(run_id)
        if in_bin is not None:
            self._move(known, in_bin=in_bin)
        elif is_own:
            return self._here(known)
        return self.get_run(run_id)

    def _move(self, known: KnownRun, *, in_bin: bool) -> None:
        """Delete or restore a run. Raises Unreachable: this is never put off."""
        if trouble := self._sender.flush(known.local_id):
            raise trouble
        found = self._outbox.find(known.local_id) or known
        if found.run_id is None:
            raise InvalidState("The server does not have this run, so it cannot be deleted there.")
        self._connection.post("runs/delete" if in_bin else "runs/restore", {"run_id": found.run_id})
        self._journal.forget()

    def delete_runs(self, run_ids: Sequence[str]) -> None:
        """Raise StoreError, for the API cannot remove runs for good; unknown ids pass.

        Runs that the server does not have yet are removed here.
        """
        for local_id in self._journal.removable(run_ids):
            self._outbox.forget_run(local_id)
            self._watcher.note_run(local_id)
        self._journal.forget()

    # -- what is logged ---------------------------------------------------------------------

    def log_metric(self, run_id: str, key: str, value: float, timestamp: int, step: int) -> None:
        """Append one point: all arguments positional, in the outbox when it returns.

        Raises NotFound, InvalidState (deleted run), InvalidValue (key, step beyond 64 bits).
        """
        self._journal.log_point(run_id, key, value, timestamp, step)
        self._watcher.note_run(run_id)

    def log_batch(
        self,
        run_id: str,
        *,
        metrics: Iterable[Metric] = (),
        params: Mapping[str, str] | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> None:
        """Store points, params and tags, all or nothing. A tag of None is deleted.

        Raises NotFound, InvalidState, ParamConflict, InvalidValue.
        """
        self._journal.log(run_id, Logged(list(metrics), params or {}, tags or {}))
        self._watcher.note_run(run_id)

    def log_inputs(self, run_id: str, inputs: Sequence[DatasetInput]) -> None:
        """Record data sets that the run read; the same one again only adds its tags."""
        check_inputs(inputs)
        self._journal.check_open(run_id)
        if inputs:
            self._journal.append(run_id, operations.INPUTS, operations.pack_inputs(inputs))
            self._watcher.note_run(run_id)

    # -- reading points ---------------------------------------------------------------------

    def metric_history(self, run_id: str, key: str, *, since: int = 0) -> MetricHistory:
        """Return every point after the cursor `since`, in the server's order: by time.

        Raises NotFound for the run, never for the key; Unreachable where the server has points that
        are not here.
        """
        return points.history(run_id, key, self._histories.points(run_id, key), since)

    def sample_metric(
        self,
        run_id: str,
        key: str,
        *,
        max_points: int,
        start_step: int | None = None,
        end_step: int | None = None,
    ) -> MetricHistory:
        """Return at most `max_points` points in step order that keep the first, last and extremes.

        All points are read for it: what the API has for this leaves extremes out.
        """
        found = self._histories.points(run_id, key)
        return points.sample(run_id, key, found, max_points, start_step, end_step)

    def changes(self, since: int | None = None) -> Changes:
        """Return what changed after revision `since`; with None only the current revision.

        What others change is noticed within seconds, and only in the newest runs.
        """
        return self._watcher.changes(since)

    def close(self, *, send: bool = True) -> None:
        """Send what waits, for a while, and let go of files. Runs stay as they are."""
        self._sender.stop(send=send)
        self._connection.close()
        self._outbox.close()

    # -- fork -------------------------------------------------------------------------------

    def before_fork(self) -> None:
        """Wait for writers, so that no lock is held that the child would inherit."""
        self._outbox.database.before_fork()

    def after_fork_in_parent(self) -> None:
        """Let writers go on."""
        self._outbox.database.after_fork_in_parent()

    def after_fork_in_child(self) -> None:
        """Begin anew: files, threads, sockets and locks of the parent are not used here."""
        self._outbox.database.after_fork_in_child()
        self._connection.forget()
        self._journal.after_fork_in_child()
        self._sender.after_fork_in_child()
        self._watcher.after_fork_in_child()
