"""The run that a call logs to: the active one, or one that the caller named."""

from __future__ import annotations

from tracker.artifacts import Artifacts, open_artifacts
from tracker.store.base import Store
from tracker.tracking import active, session
from tracker.tracking.losses import LOSS_ERRORS, STORE_ERRORS, Errors, Tolerated
from tracker.tracking.runs import current_or_new


class Target:
    """A run to log to, and which errors of its store are tolerated; none by default."""

    def __init__(
        self, run_id: str, store: Store, *, artifact_uri: str = "", tolerates: Errors = ()
    ) -> None:
        self.run_id = run_id
        self.store = store
        self._artifact_uri = artifact_uri
        self._tolerates = tolerates

    @classmethod
    def of(cls, run_id: str | None) -> Target:
        """Return the run of that id, else the active one, started where there is none."""
        current = active.current()
        if run_id is None or (current is not None and current.run_id == run_id):
            run = current or current_or_new()
            uri = run.info.artifact_uri
            return cls(run.run_id, run.store, artifact_uri=uri, tolerates=LOSS_ERRORS)
        return cls(run_id, session.current_store(), tolerates=STORE_ERRORS)

    def tolerated(self, what: str, count: int = 1) -> Tolerated:
        """Return the context manager in which to log `count` things that need only the run."""
        return Tolerated(self.run_id, what, count, self._tolerates)

    def store_tolerated(self, what: str) -> Tolerated:
        """Return one in which what is not found may also be the caller's mistake, and is raised."""
        errors = tuple(kind for kind in self._tolerates if kind in STORE_ERRORS)
        return Tolerated(self.run_id, what, 1, errors)

    def artifact_uri(self) -> str:
        """Return where the run's files are. Raises NotFound, StoreError."""
        if not self._artifact_uri:
            self._artifact_uri = self.store.get_run(self.run_id).info.artifact_uri
        return self._artifact_uri

    def artifacts(self) -> Artifacts:
        """Return the run's files. Raises NotFound, StoreError."""
        return open_artifacts(self.artifact_uri())
