"""`tracker server`: MLflow's REST API over the store."""

from __future__ import annotations

import os

import click

from tracker.cli.frame import Command, Settings, settings
from tracker.cli.output import print_json

TOKEN_VARIABLE = "TRACKER_SERVER_TOKEN"


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65_535),
    default=5000,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--artifacts-destination",
    metavar="URI",
    help="Where new experiments keep their files: a folder or s3://... By default, the store.",
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    metavar="NAME",
    multiple=True,
    help="Another name of this machine that clients use; may be repeated.",
)
@click.option(
    "--openapi",
    is_flag=True,
    help="Write the description of all routes as OpenAPI 3.1 and serve nothing.",
)
@settings
def server(
    asked: Settings,
    /,
    host: str,
    port: int,
    artifacts_destination: str | None,
    allowed_hosts: tuple[str, ...],
    openapi: bool,
) -> None:
    """Serve the store to MLflow's clients until Ctrl-C.

    Set MLFLOW_TRACKING_URI to the address that is printed. Only this machine is served, without a
    token. With another --host clients need one: that in TRACKER_SERVER_TOKEN, else one is drawn
    and printed; they set MLFLOW_TRACKING_TOKEN to it. There is no encryption: put a proxy with
    TLS in front of it.

    /openapi.json describes what is answered: experiments, runs, metrics, params, tags, artifacts
    and logged models, as MLflow answers it.
    """
    if openapi:
        from tracker.rest.openapi import description

        print_json(description())
        return
    from tracker.rest.service import check_is_no_server
    from tracker.rest.serving import Server

    check_is_no_server(asked.uri)
    store = asked.open(create=True)
    serving = Server(
        store,
        host=host,
        port=port,
        token=os.environ.get(TOKEN_VARIABLE) or None,
        allowed_hosts=allowed_hosts,
        destination=artifacts_destination,
    )
    drawn = None if os.environ.get(TOKEN_VARIABLE) else serving.token
    if asked.as_json:
        print_json({"uri": serving.uri, "store": store.uri, "token": drawn})
    else:
        click.echo(f"tracker serves {store.uri} at {serving.uri}")
        if drawn is not None:
            click.echo(f"Clients need MLFLOW_TRACKING_TOKEN={drawn}")
    serving.run()
