"""The routes of lists of runs, of one run, of its points, and of how runs differ."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from tracker.server.handlers.route import RUN, DataRoute, Route, reading


class ExperimentsHandler(DataRoute):
    """GET experiments."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write an ExperimentsAnswer."""
        await self.reply(self.backend.service.experiments, self.argument("folder"))


class SearchHandler(DataRoute):
    """POST runs/search."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a SearchAnswer."""
        await self.reply(self.backend.service.search_runs, self.json_body())


class GroupsHandler(DataRoute):
    """POST runs/groups."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a GroupsAnswer."""
        await self.reply(self.backend.service.groups, self.json_body())


class EditHandler(DataRoute):
    """POST runs/edit."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Write an EditAnswer."""
        await self.reply(self.backend.service.edit_runs, self.json_body())


class RunHandler(DataRoute):
    """GET runs/<run_id>."""

    @web.authenticated
    @authorized
    async def get(self, run_id: str) -> None:
        """Write a RunDetail."""
        await self.reply(self.backend.service.run_detail, self.argument("folder"), run_id)


class HistoryHandler(DataRoute):
    """POST metrics/history."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a HistoryAnswer."""
        await self.reply(self.backend.service.history, self.json_body())


class CompareHandler(DataRoute):
    """POST runs/compare."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write a CompareAnswer."""
        await self.reply(self.backend.service.compare, self.json_body())


class ImportanceHandler(DataRoute):
    """POST runs/importance."""

    @web.authenticated
    @reading
    async def post(self) -> None:
        """Write an ImportanceAnswer."""
        await self.reply(self.backend.service.importance, self.json_body())


class FieldsHandler(DataRoute):
    """GET fields."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write a FieldsAnswer."""
        await self.reply(self.backend.service.completing.fields, self.argument("folder"))


class ValuesHandler(DataRoute):
    """GET fields/values."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Write a ValuesAnswer."""
        asked = [self.argument(name) for name in ("folder", "field", "typed")]
        await self.reply(self.backend.service.completing.values, *asked)


RUN_ROUTES: list[tuple[str, type[Route]]] = [
    (r"experiments", ExperimentsHandler),
    (r"runs/search", SearchHandler),
    (r"runs/groups", GroupsHandler),
    (r"runs/edit", EditHandler),
    (r"runs/compare", CompareHandler),
    (r"runs/importance", ImportanceHandler),
    (RUN, RunHandler),
    (r"metrics/history", HistoryHandler),
    (r"fields", FieldsHandler),
    (r"fields/values", ValuesHandler),
]
