"""Experiments of a server, also while it does not answer: those seen before, and new ones."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace

from tracker.entities import Experiment, LifecycleStage
from tracker.errors import AlreadyExists, InvalidState, InvalidValue, NotFound
from tracker.remote import known as known_servers
from tracker.remote.connection import Connection
from tracker.remote.errors import Unreachable
from tracker.store import limits
from tracker.store.rest import answers, requests
from tracker.store.rest.outbox import Outbox

PROVISIONAL = "offline-"
"""Begins the id of an experiment that the server does not have yet."""
_ID = re.compile(rf"[0-9]{{1,19}}|{PROVISIONAL}[0-9a-f]{{1,32}}")


def is_id(text: str) -> bool:
    """Return whether this can be an experiment's id; servers stumble over some that cannot."""
    return bool(_ID.fullmatch(text)) and not (text.isdecimal() and int(text) >= 2**63)


def check_id(experiment_id: str) -> None:
    """Raise NotFound where this is no experiment's id."""
    if not is_id(experiment_id):
        raise NotFound(f"No experiment with id={limits.shorten(experiment_id)}.")


class Experiments:
    """Asks the server, and remembers its answers in the outbox."""

    def __init__(self, connection: Connection, outbox: Outbox) -> None:
        self._connection = connection
        self._outbox = outbox

    # -- with the server --------------------------------------------------------------------

    def get(self, experiment_id: str) -> Experiment:
        """Return an experiment; without the server as last seen. Raises NotFound, Unreachable."""
        check_id(experiment_id)
        query = [("experiment_id", self.known_id(experiment_id))]
        try:
            self._check_awake()
            answer = self._connection.get("experiments/get", query)
        except (Unreachable, NotFound):
            found = self._remembered(experiment_id)
            if found is None or found.name == experiment_id:
                raise
            return found
        return self._learned(self.decoded(answers.part(answer, "experiment")))

    def find(self, name: str) -> Experiment | None:
        """Return the experiment of that name; without the server as last seen; or None."""
        try:
            self._check_awake()
            found = self._by_name(name)
        except Unreachable:
            found = self._remembered(name)
            return found if found is not None and found.name == name else None
        return None if found is None else self._learned(found)

    def create(self, name: str, location: str | None, tags: Mapping[str, str]) -> str:
        """Return the id of a new experiment, provisional where the server does not answer.

        Raises AlreadyExists, InvalidValue.
        """
        limits.check_experiment_name(name)
        limits.check_experiment_tags(tags)
        if location is not None:
            limits.check_location(location)
        try:
            self._check_awake()
            return self._create_at_server(name, location, tags)
        except Unreachable:
            return self._create_here(name, location, tags)

    def _create_at_server(self, name: str, location: str | None, tags: Mapping[str, str]) -> str:
        body: dict[str, object] = {"name": name, "tags": requests.pairs(tags)}
        if location is not None:
            body["artifact_location"] = location
        try:
            answer = self._connection.post("experiments/create", body)
        except AlreadyExists as error:
            raise self._taken(name) from error
        return answers.text(answer, "experiment_id")

    def rename(self, experiment_id: str, name: str) -> None:
        """Give an experiment another name. Raises NotFound, AlreadyExists, InvalidState."""
        limits.check_experiment_name(name)
        body = {"experiment_id": experiment_id, "new_name": name}
        try:
            self._connection.post("experiments/update", body)
        except InvalidValue as error:
            if self._by_name(name) is not None:  # MLflow shows its database's own words for that
                raise self._taken(name) from error
            raise

    def _taken(self, name: str) -> AlreadyExists:
        found = self._by_name(name)
        if found is None or found.lifecycle_stage == LifecycleStage.ACTIVE:
            return AlreadyExists(f"Experiment '{name}' already exists.")
        return AlreadyExists(
            f"Experiment '{name}' already exists, but is deleted. Restore it, or take another name."
        )

    def set_tags(self, experiment_id: str, tags: Mapping[str, str | None]) -> None:
        """Set tags; a value of None deletes the tag. Raises NotFound, InvalidValue."""
        its_id = self.at_server(experiment_id)
        for key, value in limits.check_experiment_tags(tags).items():
            about = {"experiment_id": its_id, "key": key}
            if value is None:
                with suppress(NotFound):  # it is not there, as wanted
                    self._connection.post("experiments/delete-experiment-tag", about)
            else:
                self._connection.post("experiments/set-experiment-tag", {**about, "value": value})

    def decoded(self, answer: answers.Fields) -> Experiment:
        """Return an experiment of an answer, whose artifacts' URI says which server's it is."""
        found = answers.experiment(answer)
        location = known_servers.absolute(self._connection, found.artifact_location)
        return replace(found, artifact_location=location)

    def _learned(self, found: Experiment) -> Experiment:
        """Return an experiment that is remembered from now on."""
        before = self._outbox.experiment(found.experiment_id) or self._made_here(found.name)
        if before is None or Experiment(**json.loads(before[3])) != found:
            local_id = found.experiment_id if before is None else before[0]
            body = json.dumps(asdict(found))
            self._outbox.keep_experiment(local_id, found.experiment_id, found.name, body)
        return found

    def _check_awake(self) -> None:
        """Raise Unreachable where asking would only mean to wait."""
        if self._connection.is_silent:
            raise Unreachable(
                f"The tracking server {self._connection.address.base} did not answer just now.",
                is_unsent=True,
            )

    def _made_here(self, name: str) -> tuple[str, str | None, str, str] | None:
        row = self._outbox.experiment(name)
        return row if row is not None and row[0].startswith(PROVISIONAL) else None

    # -- without it -------------------------------------------------------------------------

    def _remembered(self, reference: str) -> Experiment | None:
        """Return the experiment of this id or name as it was last seen, or None."""
        row = self._outbox.experiment(reference)
        return None if row is None else Experiment(**json.loads(row[3]))

    def _create_here(self, name: str, location: str | None, tags: Mapping[str, str]) -> str:
        """Return the provisional id of an experiment that is made once the server answers."""
        if self._outbox.experiment(name) is not None:
            raise AlreadyExists(f"Experiment '{name}' already exists.")
        local_id = PROVISIONAL + os.urandom(6).hex()
        found = Experiment(local_id, name, location or "", tags=dict(tags))
        self._outbox.keep_experiment(local_id, None, name, json.dumps(asdict(found)))
        return local_id

    def known_id(self, experiment_id: str) -> str:
        """Return the id at the server of what may be a provisional one."""
        if not experiment_id.startswith(PROVISIONAL):
            return experiment_id
        row = self._outbox.experiment(experiment_id)
        return experiment_id if row is None or row[1] is None else row[1]

    def at_server(self, experiment_id: str) -> str:
        """Return the id at the server of an experiment, made there if need be.

        Raises Unreachable, NotFound, InvalidState where it is deleted there.
        """
        check_id(experiment_id)
        known = self.known_id(experiment_id)
        row = self._outbox.experiment(known) if known.startswith(PROVISIONAL) else None
        if row is None:
            return known
        here = Experiment(**json.loads(row[3]))
        found = self._find_or_create(here)
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            raise InvalidState(
                f"Experiment '{here.name}' is deleted at the server. Restore it there."
            )
        body = json.dumps(asdict(found))
        self._outbox.keep_experiment(known, found.experiment_id, here.name, body)
        return found.experiment_id

    def _find_or_create(self, here: Experiment) -> Experiment:
        answer = self._by_name(here.name)
        if answer is None:
            with suppress(AlreadyExists):  # somebody was quicker
                self._create_at_server(here.name, here.artifact_location or None, here.tags)
            answer = self._by_name(here.name)
        if answer is None:
            raise NotFound(f"The experiment '{here.name}' was not found after it was made.")
        return answer

    def _by_name(self, name: str) -> Experiment | None:
        try:
            answer = self._connection.get("experiments/get-by-name", [("experiment_name", name)])
        except NotFound:
            return None
        return self.decoded(answers.part(answer, "experiment"))
