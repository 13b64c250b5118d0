"""A real ipykernel, spoken to as a front end does."""

import os
import queue
import threading
import time

import pytest


class Kernel:
    """A kernel process and its client.

    Attributes
    ----------
    messages : list of (str, dict)
        What the last cell sent, kind and content.
    """

    def __init__(self, **environment):
        from jupyter_client.manager import KernelManager

        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(env=os.environ | environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.messages = []

    def run(self, code, *, cell=None, interrupt_after=None, seconds=120):
        """Run a cell to its end; returns the seconds that took, or, of an interrupt, those from it to idle.

        `cell` is its id, told as JupyterLab tells it.
        """
        request = self._ask(code, {"cellId": cell} if cell else {})
        began = [time.perf_counter()]
        if interrupt_after is not None:
            threading.Thread(target=self._interrupt, args=(interrupt_after, began)).start()
        self.messages = []
        deadline = time.monotonic() + seconds
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"the cell did not end within {seconds} s; it sent {[kind for kind, _ in self.messages]}")
            if message["parent_header"].get("msg_id") != request:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return time.perf_counter() - began[0]
            self.messages.append((kind, content))

    def _ask(self, code, metadata):
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def _interrupt(self, after, began):
        time.sleep(after)
        began[0] = time.perf_counter()
        self.manager.interrupt_kernel()

    def contents(self, *kinds):
        """Contents of the messages of these kinds, in order."""
        return [content for kind, content in self.messages if kind in kinds]

    def saved(self):
        """Data of the outputs that a notebook would keep: updates are made where they belong."""
        outputs, places = [], {}
        for kind, content in self.messages:
            name = content.get("transient", {}).get("display_id") if kind.endswith("display_data") else None
            if kind in ("display_data", "execute_result"):
                places[name] = len(outputs)
                outputs.append(content["data"])
            elif kind == "update_display_data" and name in places:
                outputs[places[name]] = content["data"]
        return outputs

    def printed(self):
        """What the cell printed."""
        return "".join(content["text"] for content in self.contents("stream"))

    def value(self, expression):
        """An expression's value, printed by the kernel."""
        self.run(f"print({expression})")
        return self.printed().strip()

    def complete(self, code):
        """What Tab offers at the end of a line."""
        reply = self.client.complete(code, reply=True, timeout=30)
        return reply["content"]["matches"]

    def stop(self):
        """End the process."""
        self.client.stop_channels()
        self.manager.shutdown_kernel()


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel with the magic loaded and the engine ready, and no store."""
    folder = tmp_path_factory.mktemp("kernel")
    kernel = Kernel(BACKTESTR_STORE=str(folder / "store.duckdb"), IPYTHONDIR=str(folder / "ipython"))
    kernel.run("%load_ext backtestr_lab")
    kernel.run("from backtestr_lab.magic import warm; warm.wait(lambda text: None)", seconds=300)
    yield kernel
    kernel.stop()
