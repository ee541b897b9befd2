"""Which stores there are to choose from, and opening another one."""

from __future__ import annotations

from typing import Literal, TypedDict

StoreKind = Literal["tracker", "mlruns", "mlflow", "server"]
"""Our own store, a folder of MLflow's, its database (only read), or a tracking server."""


class StoreChoiceRow(TypedDict):
    """A store that may be looked at.

    `folder` is what every other route takes to mean it. `place` is where it lies, for people: a
    path from the server's root where it is below that. Passwords are never part of it.
    """

    folder: str
    name: str
    kind: StoreKind
    place: str
    uri: str


class StoresAnswer(TypedDict):
    """`here` is the store of the folder asked about, `found` are those below the server's root.

    While they are still being looked for, `searching` is true. `beyond` says whether stores outside
    of the root, and servers, may be opened.
    """

    here: StoreChoiceRow
    found: list[StoreChoiceRow]
    recent: list[StoreChoiceRow]
    searching: bool
    beyond: bool


class OpenStoreRequest(TypedDict):
    """`location`: a path (from the server's root, or absolute), or the URL of a server."""

    location: str


class OpenStoreAnswer(TypedDict):
    store: StoreChoiceRow


class ForgetStoreRequest(TypedDict):
    """`folder`: that of a row of `recent`."""

    folder: str


class ForgetStoreAnswer(TypedDict):
    recent: list[StoreChoiceRow]
