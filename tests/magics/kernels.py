"""A real kernel, spoken to as a notebook does."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

PATIENCE = 60.0
Message = dict[str, Any]


@dataclass
class Executed:
    """What came back for one cell: the reply, and all that was published, with its arrival."""

    request: str
    reply: Message = field(default_factory=dict)
    published: list[tuple[float, Message]] = field(default_factory=list)

    def of(self, *kinds: str) -> list[Message]:
        """Contents of the published messages of these kinds."""
        return [m["content"] for _, m in self.published if m["msg_type"] in kinds]

    @property
    def printed(self) -> str:
        """All text of both streams."""
        return "".join(content["text"] for content in self.of("stream"))

    @property
    def cards(self) -> list[Message]:
        """The cards in the order shown, updates too."""
        shown = self.of("display_data", "update_display_data")
        return [content for content in shown if "tracker" in content["metadata"]]


class Kernel:
    """A kernel and the client that sends it cells."""

    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def send(self, source: str, cell_id: str | None = None) -> Executed:
        """Send a cell, as JupyterLab does, without waiting for it."""
        content = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        message = self.client.session.msg("execute_request", content)
        message["metadata"]["cellId"] = cell_id
        self.client.shell_channel.send(message)
        return Executed(message["header"]["msg_id"])

    def receive(self, executed: Executed) -> Executed:
        """Collect what belongs to the cell until it is done."""
        for _ in self.watch(executed):
            pass
        reply = self.client.get_shell_msg(timeout=PATIENCE)
        while reply["parent_header"]["msg_id"] != executed.request:
            reply = self.client.get_shell_msg(timeout=PATIENCE)
        executed.reply = reply["content"]
        return executed

    def watch(self, executed: Executed) -> Iterator[Message]:
        """Yield each message published for the cell as it comes, until the kernel is idle."""
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            if message["parent_header"].get("msg_id") != executed.request:
                continue
            executed.published.append((time.monotonic(), message))
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message

    def run(self, source: str, cell_id: str | None = None) -> Executed:
        """Send a cell and wait until it is done."""
        return self.receive(self.send(source, cell_id))

    def interrupt_after_output(self, executed: Executed) -> Executed:
        """Interrupt the cell once it has printed something."""
        watching = self.watch(executed)
        while next(watching)["msg_type"] != "stream":
            pass
        self.manager.interrupt_kernel()
        return self.receive(executed)


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without what would lead tracker, or ipykernel under pytest, elsewhere."""
    unwanted = ("MLFLOW_", "TRACKER_", "JPY_", "PYTEST_")
    return {k: v for k, v in os.environ.items() if not k.startswith(unwanted)} | more


@contextmanager
def running_kernel(folder: Path, **environment: str) -> Iterator[Kernel]:
    """Start a kernel in `folder`, and end it."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env=clean_environment(**environment))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
