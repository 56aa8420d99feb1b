"""An operator with a browser: what they do on their pages, and what they see and hear there."""

import asyncio
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.caller import PATIENCE

RATE = 48_000
PASSWORD = "the-password-of-an-operator"

# Tells what was to be seen, however briefly, and every sample that is played, whatever the page is busy with.
WATCH = """
const firstSeen = new Set();
const WANTED = {
  call: node => node.dataset.call,
  alarm: node => node.querySelector('.tile-alarm') && node.dataset.call,
  at: node => node.dataset.agent && node.dataset.calls !== '0' && `${node.dataset.agent} ${node.dataset.calls}`,
};
function look() {
  for (const node of document.querySelectorAll('[data-call], .picture [data-agent]')) {
    for (const [what, of] of Object.entries(WANTED)) {
      const name = of(node);
      const seen = `${what} ${name}`;
      if (!name || firstSeen.has(seen)) continue;
      firstSeen.add(seen);
      window.tellSeen(seen, Date.now() / 1000);
    }
  }
}
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });

const play = HTMLMediaElement.prototype.play;
const ears = new Map();
HTMLMediaElement.prototype.play = function () {
  const lane = new URL(this.currentSrc).pathname.split('/').at(-1);
  if (!ears.has(lane)) ears.set(lane, listen(this));
  return play.call(this);
};
function listen(sound) {
  const context = new AudioContext({ sampleRate: 48000 });
  const ear = context.createMediaStreamDestination();
  const source = context.createMediaElementSource(sound);
  source.connect(ear);
  source.connect(context.destination);
  const [track] = ear.stream.getAudioTracks();
  return new MediaStreamTrackProcessor({ track, maxBufferSize: 10_000 }).readable; // of 10 ms each, none is lost
}
window.heard = async (lane, size) => {
  const samples = [];
  for await (const piece of ears.get(lane)) {
    const some = new Float32Array(piece.numberOfFrames);
    piece.copyTo(some, { planeIndex: 0, format: 'f32-planar' });
    piece.close();
    if (samples.length || some.some((sample) => sample)) samples.push(...some);
    if (samples.length >= size) return samples.slice(0, size);
  }
};
"""


class Operator:
    """One tab of the operators' pages at `root`."""

    def __init__(self, page: Page, root: str) -> None:
        self.page = page
        self._root = f"{root}/operate"
        self._seen: dict[str, float] = {}
        self._news = asyncio.Event()
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @classmethod
    async def at(cls, chromium: Browser, root: str, **options: Any) -> "Operator":
        """An operator of their own: nothing is shared with others in this browser."""
        context: BrowserContext = await chromium.new_context(reduced_motion="reduce", locale="en-GB", **options)
        operator = cls(await context.new_page(), root)
        await context.expose_function("tellSeen", operator._saw)
        await context.add_init_script(WATCH)
        return operator

    # -- what they do

    async def sign_in(self) -> None:
        await self.page.goto(self._root)
        await self.page.get_by_label("Password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(self.page.get_by_role("link", name="Calls", exact=True)).to_be_visible(timeout=PATIENCE)

    async def open(self, path: str) -> None:
        await self.page.goto(f"{self._root}/{path}")

    async def search(self, words: str) -> None:
        await self.page.get_by_label("Search").fill(words)
        await self.page.keyboard.press("Enter")

    # -- what they see

    def tile(self, call: str) -> Locator:
        return self.page.locator(f'.tile[data-call="{call}"]')

    def row(self, call: str) -> Locator:
        """That call in the list."""
        return self.page.locator(f'tr[data-call="{call}"]')

    @property
    def plays(self) -> Locator:
        """What plays a call's recording, once there is one."""
        return self.page.get_by_role("button", name="Play", exact=True)

    async def sees(self, what: str) -> float:
        """Wait until that was there: "call ID", "alarm ID" (of that call) or "at AGENT N" (so many callers).

        Returns since when, in seconds since 1970.
        """
        await self._until(lambda: what in self._seen)
        return self._seen[what]

    def _saw(self, what: str, at: float) -> None:
        self._seen[what] = at
        self._news.set()

    # -- what they hear

    async def heard(self, lane: str, seconds: float) -> np.ndarray:
        """So much of what is played of that lane, at `RATE`, from its first sound on."""
        asked = [lane, round(seconds * RATE)]
        return np.array(await self.page.evaluate("([lane, size]) => window.heard(lane, size)", asked))

    async def _until(self, come: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE / 1000):
            while not come():
                self._news.clear()
                await self._news.wait()
