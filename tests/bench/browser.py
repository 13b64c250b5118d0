"""A headless Chromium and a JupyterLab for the benches: real pointer and keys, times taken inside the page."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ui"))

from conftest import CHROMIUM_ARGS, Lab, Notebook, chromium  # noqa: E402
from player import Player  # noqa: E402

__all__ = ["Browser", "Shown"]

SIZE = {"width": 1280, "height": 1000}
# From the instant the browser got the pointer's event, to each picture after it.
RECORDER = """(root) => {
  const record = { began: 0, moves: 0, paints: [] }
  window.btlRecord = record
  const timeline = root.querySelector('.btl-p-timeline')
  timeline.addEventListener('pointerdown', (event) => {
    record.began = event.timeStamp
    record.moves = 0
    record.paints = []
  }, true)
  timeline.addEventListener('pointermove', () => record.moves++, true)
  new MutationObserver(() => {
    const { exact, loading } = root.dataset
    record.paints.push([performance.now() - record.began, exact === 'true', loading === undefined])
  }).observe(root, { attributes: true, attributeFilter: ['data-painted'] })
}"""

# A real pointer would wait for the page to have handled each of its moves.
DRAG = """async ([x0, x1, clientY, count, every]) => {
  const timeline = document.querySelector('.btl-p-timeline')
  const began = performance.now()
  for (let i = 1; i <= count; i++) {
    const clientX = x0 + ((x1 - x0) * i) / count
    timeline.dispatchEvent(new PointerEvent('pointermove', { clientX, clientY, bubbles: true, buttons: 1 }))
    await new Promise((go) => setTimeout(go, Math.max(0, began + i * every - performance.now())))
  }
  return [btlRecord.moves, btlRecord.paints.length]
}"""


class Browser:
    """A browser; `open` shows a page from the disk, `notebook` one of a Jupyter server."""

    def __enter__(self):
        from playwright.sync_api import sync_playwright

        path = chromium()
        if path is None:
            raise RuntimeError("no browser: set CHROMIUM or install chromium")
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        self._lab = None
        return self

    def __exit__(self, *_):
        if self._lab:
            self._lab.stop()
        self._browser.close()
        self._playwright.stop()

    def open(self, path):
        """A page from the disk, its player ready."""
        context = self._browser.new_context(viewport=SIZE, device_scale_factor=1, offline=True)
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_selector(".btl-player[data-ready]", timeout=60_000)
        return Shown(page, context)

    def notebook(self, cells, folder):
        """A notebook of those cells, its kernel ready."""
        if self._lab is None:
            self._lab = Lab(folder)
        path = self._lab.put(cells, "bench.ipynb")
        return Notebook(self._lab, self._browser, path, app="lab", theme="light", size=(1280, 1000))


class Shown:
    """A player in a page.

    Attributes
    ----------
    opened : float
        Seconds from the page's own beginning until the player was ready, as the page saw it.
    """

    def __init__(self, page, context=None):
        # The first picture after `ready` is counted from the page's start.
        self.opened = page.evaluate("() => performance.now()") / 1000
        self.page, self._context = page, context
        self.player = Player(page)
        self.player.rest()
        self.player.root.evaluate(RECORDER)
        self._cdp = None

    def close(self):
        """Close its page."""
        self._context.close()

    def scrub(self, share):
        """Press the pointer at a share of the timeline.

        Returns
        -------
        (float, float, float)
            Seconds to the first picture of the large chart, to the first that is exact and has all data, and to the
            last, of all charts.
        """
        mouse = self.page.mouse
        mouse.move(*self.player.point_in(".btl-p-timeline", share))
        mouse.down()
        mouse.up()
        self.player.rest(400)
        paints = self.page.evaluate("() => btlRecord.paints")
        whole = [ms for ms, exact, loaded in paints if exact and loaded] or [paints[-1][0]]
        return paints[0][0] / 1000, whole[0] / 1000, paints[-1][0] / 1000

    def drag(self, count, every=16):
        """Drag over the timeline, a move every so many ms; returns moves the page saw, and pictures."""
        mouse = self.page.mouse
        x0, y = self.player.point_in(".btl-p-timeline", 0.1)
        x1, _ = self.player.point_in(".btl-p-timeline", 0.9)
        mouse.move(x0, y)
        mouse.down()
        seen = self.page.evaluate(DRAG, [x0, x1, y, count, every])
        mouse.up()
        self.player.rest()
        return seen

    def heap(self):
        """Bytes of the page's heap after its garbage is collected."""
        self._cdp = self._cdp or self.page.context.new_cdp_session(self.page)
        for _ in range(3):
            self._cdp.send("HeapProfiler.collectGarbage")
        return self._cdp.send("Runtime.getHeapUsage")["usedSize"]
