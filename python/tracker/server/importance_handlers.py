"""The route that tells how much params matter for a metric."""

from __future__ import annotations

from tornado import web

from tracker.server.route import DataRoute, Route, reading


class ImportanceHandler(DataRoute):
    """POST runs/importance."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write an ImportanceAnswer."""
        await self.reply(self.backend.service.importance, self.json_body())


IMPORTANCE_ROUTES: list[tuple[str, type[Route]]] = [(r"runs/importance", ImportanceHandler)]
