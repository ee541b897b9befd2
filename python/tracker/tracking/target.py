"""The run that a call logs to: the active one, or one that the caller named."""

from __future__ import annotations

from tracker.artifacts import Artifacts, open_artifacts
from tracker.store.base import Store
from tracker.tracking import active, session
from tracker.tracking.losses import tolerated
from tracker.tracking.runs import current_or_new


class Target:
    """A run to log to, and what its store's failures cost."""

    def __init__(
        self, run_id: str, store: Store, artifact_uri: str = "", *, is_active: bool = False
    ) -> None:
        self.run_id = run_id
        self.store = store
        self._artifact_uri = artifact_uri
        self._is_active = is_active

    @classmethod
    def of(cls, run_id: str | None) -> Target:
        """Return the run of that id, else the active one, started where there is none."""
        current = active.current()
        if run_id is None or (current is not None and current.run_id == run_id):
            run = current or current_or_new()
            return cls(run.run_id, run.store, run.info.artifact_uri, is_active=True)
        return cls(run_id, session.current_store())

    def tolerated(self, what: str, count: int = 1, *, is_known: bool = True) -> tolerated:
        """Return the context manager in which to log `count` things to the run.

        `is_known` says that nothing but the run itself can be what is not found in it.
        """
        return tolerated(self.run_id, what, count, is_active=self._is_active and is_known)

    def artifact_uri(self) -> str:
        """Return where the run's files are. Raises NotFound, StoreError."""
        if not self._artifact_uri:
            self._artifact_uri = self.store.get_run(self.run_id).info.artifact_uri
        return self._artifact_uri

    def artifacts(self) -> Artifacts:
        """Return the run's files. Raises NotFound, StoreError."""
        return open_artifacts(self.artifact_uri())
