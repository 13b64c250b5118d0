"""A real JupyterLab and a real browser, for what only they can show."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "artefacts"  # screenshots, git-ignored
CHROMIUM_ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLACES = {"lab": "lab/tree", "notebook": "notebooks"}  # the server's address of each application
KNOWN_NOISE = ("favicon", "apple-mobile-web-app-capable", "ERR_INTERNET_DISCONNECTED")
# Notebook 7 says these of itself when it opens.
NOTEBOOK_NOISE = ("reading 'schema'", "filebrowser:open-path")


def chromium():
    """Path of the browser: $CHROMIUM, or what the machine has."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; the test is skipped without one, except in CI."""
    path = chromium()
    if path is None:
        message = "NO BROWSER: set CHROMIUM or install chromium; what the charts look like is NOT tested"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A JupyterLab server in a folder of its own, with `url` and `folder`."""
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture
def open_notebook(lab, browser, request):
    """`open_notebook(path_or_cells, theme="light", width=1600)` opens a copy, its kernel ready.

    `app` is "lab" for JupyterLab or "notebook" for Notebook 7.
    """
    opened = []

    def open_(notebook, *, app="lab", theme="light", width=1600, height=1300):
        name = f"{request.node.name.replace('[', '-').replace(']', '')}-{len(opened)}.ipynb"
        page = Notebook(lab, browser, lab.put(notebook, name), app=app, theme=theme, size=(width, height))
        opened.append(page)
        return page

    yield open_
    for page in opened:
        page.close()


class Lab:
    """A `jupyter lab` process; it serves Notebook 7 too."""

    def __init__(self, folder):
        self.folder = folder / "notebooks"
        self.folder.mkdir()
        settings = folder / "settings" / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = os.environ | {
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
            "XDG_DATA_HOME": str(folder / "data"),  # the default store
            "PYTHONPATH": str(ROOT),
        }
        options = ["--no-browser", "--allow-root", "--expose-app-in-browser", f"--port={port}", "--ip=127.0.0.1"]
        options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={self.folder}"]
        options += ["--JupyterNotebookApp.expose_app_in_browser=True"]
        self._log = (folder / "server.log").open("w+")
        command = [sys.executable, "-m", "jupyter", "lab", *options]
        self._process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=subprocess.STDOUT)
        self._wait()

    def _wait(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api/status", timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        self._log.seek(0)
        pytest.fail(f"jupyter lab did not start:\n{self._log.read()[-3000:]}")

    def put(self, notebook, name):
        """Copy a notebook file, or make one of a list of cell sources; returns its path."""
        target = self.folder / name
        if isinstance(notebook, (str, Path)):
            shutil.copy(notebook, target)
        else:
            target.write_text(json.dumps(notebook_of(notebook)))
        return target

    def stop(self):
        """End the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


def notebook_of(cells):
    """A notebook document of code cells."""
    code = [
        {"cell_type": "code", "id": f"cell{i}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for i, text in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": code, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


class Notebook:
    """A notebook open in a browser.

    Attributes
    ----------
    page : playwright Page
    path : Path
        The notebook file on the server.
    errors : list of str
        What the page's console complained about.
    """

    def __init__(self, lab, browser, path, *, app, theme, size):
        self.path, self.errors = path, []
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, device_scale_factor=1
        )
        self.page = self._context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._complain(str(error)))
        self._url = f"{lab.url}/{PLACES[app]}/{path.name}?reset"
        self._open()
        self.set_theme(theme)
        self.wait_for_kernel()

    def _open(self):
        self.page.goto(self._url)
        self.page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=60_000)
        self._js("jupyterapp.shell.collapseLeft?.()")

    def _hear(self, message):
        if message.type == "error":
            self._complain(message.text)

    def _complain(self, text):
        if not any(noise in text for noise in KNOWN_NOISE + NOTEBOOK_NOISE):
            self.errors.append(text)

    def _js(self, expression):
        return self.page.evaluate(f"() => {expression}")

    def _command(self, name, **args):
        return self.page.evaluate("([name, args]) => jupyterapp.commands.execute(name, args)", [name, args])

    def wait_for_kernel(self, seconds=60):
        """Until the kernel is idle. A widget may take half a minute when cells run before that."""
        status = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        self.page.wait_for_function(f"() => {status} === 'idle'", timeout=1000 * seconds)

    def run_all(self, seconds=90):
        """Run every cell and wait until all have ended."""
        self._command("notebook:run-all-cells")
        self.wait_for_kernel(seconds)

    def start_cell(self, index):
        """Run one cell; its end is not waited for."""
        self._js(f"jupyterapp.shell.currentWidget.content.activeCellIndex = {index}")
        self.page.evaluate("() => void jupyterapp.commands.execute('notebook:run-cell')")

    def run_cell(self, index, seconds=90):
        """Run one cell and wait until it has ended; returns the text below it."""
        counted = f"jupyterapp.shell.currentWidget.content.widgets[{index}].model.executionCount"
        before = self._js(counted)
        self.start_cell(index)
        self.page.wait_for_function(
            f"(before) => {counted} !== before && {counted} !== null", arg=before, timeout=1000 * seconds
        )
        self.wait_for_kernel(seconds)
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-OutputArea").inner_text()

    def restart(self):
        """Restart the kernel, without a question."""
        self._js("jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")

    def save(self):
        """Save; returns the notebook as it is on disk."""
        self._command("docmanager:save")
        self.wait_until(lambda: not self._js("jupyterapp.shell.currentWidget.context.model.dirty"))
        return json.loads(self.path.read_text())

    def reopen_without_kernel(self):
        """Shut the kernel down and load the page anew, as somebody does who was sent the notebook."""
        self._js("jupyterapp.shell.currentWidget.sessionContext.shutdown()")
        self._open()

    def wait_until(self, holds, seconds=20):
        """Until a question to the page is answered with yes."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            self.page.wait_for_timeout(50)

    def point_in(self, selector, across, down):
        """Page coordinates of a place in an element, as shares of its width and height."""
        self.page.locator(selector).first.scroll_into_view_if_needed()
        box = self.page.locator(selector).first.bounding_box()
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def set_theme(self, theme):
        """Switch JupyterLab to its light or dark theme."""
        self._command("apputils:change-theme", theme={"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme])
        self.page.wait_for_selector(f"body[data-jp-theme-light={str(theme == 'light').lower()}]", state="attached")

    def wait_for_charts(self, count=1, seconds=60):
        """Until so many live results are drawn."""
        self.page.wait_for_function(
            f"() => document.querySelectorAll('.btl-alive').length >= {count}", timeout=1000 * seconds
        )

    def painted(self):
        """For each canvas of the live charts, how many of its pixels are not empty."""
        return self._js(PAINTED)

    def shot(self, name, selector=None):
        """Save a screenshot as artefacts/<name>.png; returns its path."""
        ARTEFACTS.mkdir(exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        if selector is None:
            self.page.screenshot(path=path)
        else:
            self.page.locator(selector).first.screenshot(path=path)
        return path

    def close(self):
        """Shut the kernel down and close the page."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget?.sessionContext?.shutdown()")
        self._context.close()


# Bokeh draws inside nested shadow roots.
PAINTED = """(() => {
  const canvases = []
  const walk = (node) => {
    if (node instanceof HTMLCanvasElement) canvases.push(node)
    for (const child of node.children ?? []) walk(child)
    if (node.shadowRoot) walk(node.shadowRoot)
  }
  document.querySelectorAll('.btl-live').forEach(walk)
  return canvases.map((canvas) => {
    if (!canvas.width || !canvas.height) return 0
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    let painted = 0
    for (let i = 3; i < data.length; i += 4) painted += data[i] > 0
    return painted
  })
})()"""
