"""An operator with a browser: what they do on their pages, and what they see and hear there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.caller import PATIENCE

PASSWORD = "the-password-of-an-operator"

# Tells what was to be seen, however briefly, and how loud each sound is at which of its seconds.
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
const listened = new Set();
HTMLMediaElement.prototype.play = function () {
  if (!listened.has(this)) listen(this);
  return play.call(this);
};
function listen(sound) {
  listened.add(sound);
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaElementSource(sound).connect(analyser).connect(context.destination);
  const samples = new Float32Array(analyser.fftSize);
  setInterval(() => {
    if (sound.paused) return;
    analyser.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    window.tellPlayed(new URL(sound.currentSrc).pathname.split('/').at(-1), sound.currentTime, peak);
  }, 10);
}
"""


@dataclass(frozen=True)
class Heard:
    """A moment of a lane that was played: the second of it, and how loud it was."""

    lane: str
    at: float
    peak: float


class Operator:
    """One tab of the operators' pages at `root`."""

    def __init__(self, page: Page, root: str) -> None:
        self.page = page
        self._root = f"{root}/operate"
        self._seen: dict[str, float] = {}
        self._played: list[Heard] = []
        self._news = asyncio.Event()
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @classmethod
    async def at(cls, chromium: Browser, root: str, **options: Any) -> "Operator":
        """An operator of their own: nothing is shared with others in this browser."""
        context: BrowserContext = await chromium.new_context(reduced_motion="reduce", locale="en-GB", **options)
        operator = cls(await context.new_page(), root)
        await context.expose_function("tellSeen", operator._saw)
        await context.expose_function("tellPlayed", operator._heard)
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

    async def heard(self, lane: str, seconds: float) -> list[Heard]:
        """So many seconds of that lane, from where it began to play."""

        def played() -> list[Heard]:
            return [heard for heard in self._played if heard.lane == lane]

        await self._until(lambda: played() and played()[-1].at - played()[0].at >= seconds)
        return played()

    def _heard(self, lane: str, at: float, peak: float) -> None:
        self._played.append(Heard(lane, at, peak))
        self._news.set()

    async def _until(self, come: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE / 1000):
            while not come():
                self._news.clear()
                await self._news.wait()
