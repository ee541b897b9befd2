"""MLflow's REST API 2.0 over any store of ours.

`serve_loopback(store)` serves a store to child processes of this one:

    with serve_loopback(store) as endpoint:
        subprocess.run(command, env={**os.environ, **endpoint.environment})

`protocol` is the API as a function, without sockets; `app` puts it onto tornado.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracker.rest.serving import LoopbackServer
    from tracker.store.base import Store


def serve_loopback(store: Store) -> LoopbackServer:
    """Return a private server of this store, to be used as a context manager.

    It yields a `LoopbackEndpoint`: `uri`, `token`, and `environment` for a child process.
    """
    from tracker.rest.serving import LoopbackServer

    return LoopbackServer(store)


__all__ = ["serve_loopback"]
