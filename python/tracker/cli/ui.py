"""`tracker ui`: the runs in a browser, without JupyterLab."""

from __future__ import annotations

import click

from tracker.cli.frame import Command, Settings, settings
from tracker.cli.output import print_json

PORT = 8870


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "-p",
    "--port",
    type=click.IntRange(0, 65_535),
    help=f"The port to listen on; 0 takes a free one. By default {PORT} or a free one behind it.",
)
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
@click.option(
    "--base-url",
    metavar="PATH",
    default="/",
    help="Where a proxy puts the page, such as /user/ada/.",
)
@click.option(
    "--allowed-host",
    "allowed_hosts",
    metavar="NAME",
    multiple=True,
    help="Another name of this machine that browsers use; may be repeated.",
)
@settings
def ui(
    asked: Settings,
    /,
    host: str,
    port: int | None,
    no_browser: bool,
    base_url: str,
    allowed_hosts: tuple[str, ...],
) -> None:
    """Show the store in a browser until Ctrl-C.

    The page is the panel of JupyterLab, with the same list, runs and comparisons. It is served by a
    Jupyter Server of its own that offers nothing else: no kernels, no terminals, no files but those
    of runs. The address that is printed carries the token that it asks for; JUPYTER_TOKEN sets
    another one. Where a Jupyter Server runs already, the same page is at its address, below
    /tracker.
    """
    from tracker.cli.page_server import PageServer

    if asked.store_uri is not None:
        # A misspelt address would be shown as a store without runs.
        asked.open()
    server = PageServer.serving(
        asked.uri,
        host=host,
        port=PORT if port is None else port,
        retries=50 if port is None else 0,
        browser=not no_browser,
        base_url=base_url,
        allowed_hosts=list(allowed_hosts),
    )

    def announce() -> None:
        if asked.as_json:
            print_json({"url": server.address, "store": server.store_uri})
        else:
            click.echo(f"tracker shows {server.store_uri} at {server.address}")
            click.echo("Stop it with Ctrl-C.")

    # Behind the callback that has the server listen: who reads the address may use it at once.
    server.io_loop.add_callback(announce)
    server.start()
