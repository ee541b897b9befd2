"""Every error that tracker raises on purpose, drawn as one tree.

    TrackerError                     anything below; carries MLflow's `error_code`
    ├── InvalidValue                 an argument, key, value or path that cannot be accepted
    │   ├── FilterError              a search string, with the column where it went wrong
    │   └── ParamConflict            a param logged before with another value
    ├── NotFound                     no experiment, run, tag, artifact ... of that name
    ├── AlreadyExists                an experiment of that name is there already
    ├── InvalidState                 right call, wrong moment (logging to a deleted run)
    ├── ProjectError                 a project's run failed or was cancelled
    └── StoreError                   the store itself: missing, read-only, full, damaged
        ├── StoreReadOnly            a kind of store that tracker only reads
        └── StoreTooNew              written by a later tracker; never touched

Messages say what was asked, what was found and what to do now. The wire protocol maps
`error_code` to an HTTP status; people match on the class.
"""

from __future__ import annotations


class TrackerError(Exception):
    """Base of all errors of tracker. `error_code` is MLflow's name for the kind of failure."""

    error_code = "INTERNAL_ERROR"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidValue(TrackerError, ValueError):
    """An argument that cannot be accepted; nothing was stored."""

    error_code = "INVALID_PARAMETER_VALUE"


class FilterError(InvalidValue):
    """A filter or order_by string that cannot be understood.

    `text` is the whole string, `column` the 1-based place of the offending word.
    """

    def __init__(self, message: str, *, text: str, column: int) -> None:
        super().__init__(f"column {column}: {message}")
        self.text = text
        self.column = column


class ParamConflict(InvalidValue):
    """A param was logged before with another value; params of a run never change."""

    def __init__(self, run_id: str, key: str, old: str, new: str) -> None:
        super().__init__(
            "Changing param values is not allowed. "
            f"Param with key='{key}' was already logged with value='{old}' for run ID='{run_id}'. "
            f"Attempted logging new value '{new}'."
        )
        self.run_id = run_id
        self.key = key
        self.old = old
        self.new = new


class NotFound(TrackerError, LookupError):
    """What was asked for by name or id is not there."""

    error_code = "RESOURCE_DOES_NOT_EXIST"


class AlreadyExists(TrackerError):
    """The name is taken."""

    error_code = "RESOURCE_ALREADY_EXISTS"


class InvalidState(TrackerError):
    """The thing exists but is not in a state that allows this."""

    error_code = "INVALID_PARAMETER_VALUE"


class ProjectError(TrackerError):
    """A project's run did not succeed; it is recorded under `run_id`."""

    def __init__(self, message: str, *, run_id: str) -> None:
        super().__init__(message)
        self.run_id = run_id


class StoreError(TrackerError):
    """The store cannot be read or written: missing, read-only, full or damaged."""


class StoreReadOnly(StoreError):
    """The store is only read by tracker, whatever its files permit; trying again is no use."""

    error_code = "PERMISSION_DENIED"


class StoreTooNew(StoreError):
    """The store was written by a later version of tracker and is left untouched."""
