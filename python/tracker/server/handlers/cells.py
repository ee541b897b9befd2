"""The routes of cells and their runs."""

from __future__ import annotations

from tornado import web

from tracker.server.handlers.route import DataRoute, Route, reading


class CellRunsHandler(DataRoute):
    """POST cells/runs."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a CellRunsAnswer."""
        from tracker.server.notebooks.cells import cell_runs

        await self.reply(cell_runs, self.backend.service.places, self.json_body())


class CellChangesHandler(DataRoute):
    """POST cells/changes."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a CellChangesAnswer."""
        from tracker.server.notebooks.cells import cell_changes

        await self.reply(cell_changes, self.backend.service.places, self.json_body())


CELL_ROUTES: list[tuple[str, type[Route]]] = [
    (r"cells/runs", CellRunsHandler),
    (r"cells/changes", CellChangesHandler),
]
