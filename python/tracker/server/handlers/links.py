"""The routes of what can be done with a run: what writes and executes asks for the right to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from jupyter_server.auth.decorator import authorized
from tornado import web

from tracker.server.handlers.route import RUN, DataRoute, Route, reading

M = TypeVar("M", bound=Callable[..., Any])


def executing(method: M) -> M:
    """Ask for the right to execute."""
    return cast(M, authorized("execute")(method))


class LinksHandler(DataRoute):
    """GET runs/<run_id>/links."""

    @web.authenticated
    @reading
    async def get(self, run_id: str) -> None:
        """Write a RunLinks."""
        from tracker.server.notebooks.links import run_links

        places, folder = self.backend.service.places, self.argument("folder")

        def links() -> Any:
            jobs = self.backend.jobs.of(places.store_uri(folder), run_id)
            return run_links(places, folder, run_id, jobs)

        await self.reply(links)


class NotebookHandler(DataRoute):
    """POST runs/<run_id>/notebook."""

    @web.authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        """Write a NotebookAnswer."""
        from tracker.server.notebooks.links import open_notebook

        await self.reply(open_notebook, self.backend.service.places, run_id, self.json_body())


class PlanHandler(DataRoute):
    """POST runs/<run_id>/plan."""

    @web.authenticated
    @executing
    async def post(self, run_id: str) -> None:
        """Write a PlanAnswer."""
        from tracker.server.work.again import plan_again

        places, jobs = self.backend.service.places, self.backend.jobs
        await self.reply(plan_again, places, jobs, run_id, self.json_body())


class JobsHandler(DataRoute):
    """POST runs/<run_id>/jobs."""

    @web.authenticated
    @executing
    async def post(self, run_id: str) -> None:
        """Write a JobAnswer."""
        from tracker.server.work.again import start_job

        places, jobs = self.backend.service.places, self.backend.jobs
        await self.reply(start_job, places, jobs, run_id, self.json_body())


class CancelHandler(DataRoute):
    """POST jobs/<job_id>/cancel."""

    @web.authenticated
    @executing
    async def post(self, job_id: str) -> None:
        """Write a JobAnswer."""
        from tracker.server.work.again import cancel_job

        await self.reply(cancel_job, self.backend.jobs, job_id)


class ExportHandler(DataRoute):
    """POST runs/<run_id>/export."""

    @web.authenticated
    @authorized
    async def post(self, run_id: str) -> None:
        """Write an ExportAnswer."""
        from tracker.server.work.again import export_project

        places, jobs = self.backend.service.places, self.backend.jobs
        await self.reply(export_project, places, jobs, run_id, self.json_body())


LINK_ROUTES: list[tuple[str, type[Route]]] = [
    (rf"{RUN}/links", LinksHandler),
    (rf"{RUN}/notebook", NotebookHandler),
    (rf"{RUN}/plan", PlanHandler),
    (rf"{RUN}/jobs", JobsHandler),
    (rf"{RUN}/export", ExportHandler),
    (r"jobs/([0-9a-f]{32})/cancel", CancelHandler),
]
