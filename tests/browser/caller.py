"""A caller with a browser: what they do on the page, and what they see and hear there."""

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, cast

import jwt
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

from bench.spoken import spoken

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 20_000
"""Milliseconds for what takes a moment, on a busy machine."""

# Listens to every remote audio track, and keeps every connection for its statistics.
EAVESDROP = """
window.ears = { loudMs: 0, peak: 0, connections: [] };
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(...given) {
    super(...given);
    window.ears.connections.push(this);
    this.addEventListener('track', ({ track }) => track.kind === 'audio' && listen(track));
  }
};
function listen(track) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let looked = performance.now();
  setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    window.ears.peak = Math.max(window.ears.peak, peak);
    const now = performance.now(); // a busy machine looks less often than every 20 ms
    if (peak > 0.02) window.ears.loudMs += now - looked;
    looked = now;
  }, 20);
}
"""
# The microphone's track carries what `window.say` is given, as base64 of PCM16 mono at 24 kHz, on top of the device.
SPEAK = """
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wishes) => {
  const device = await open(wishes);
  if (!wishes.audio) return device;
  const context = new AudioContext();
  const mouth = context.createMediaStreamDestination();
  context.createMediaStreamSource(device).connect(mouth);
  window.say = (encoded) =>
    new Promise((said) => {
      const samples = new Int16Array(Uint8Array.from(atob(encoded), (byte) => byte.charCodeAt(0)).buffer);
      const buffer = context.createBuffer(1, samples.length, 24000);
      buffer.getChannelData(0).set(Float32Array.from(samples, (sample) => sample / 32768));
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(mouth);
      source.onended = said;
      source.start();
    });
  return mouth.stream;
};
"""
# Presses a button of that name as soon as the page shows one, from now on: what the page shows changes at any moment.
TAKES_UP = """name => {
  const press = () => [...document.querySelectorAll('button')].find((one) => one.textContent.includes(name))?.click();
  new MutationObserver(press).observe(document.body, { subtree: true, childList: true });
  press();
}"""
SENT = """async () => {
  let energy = 0, seconds = 0;
  for (const connection of window.ears.connections) {
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'media-source' || report.kind !== 'audio') continue;
      energy += report.totalAudioEnergy;
      seconds += report.totalSamplesDuration;
    }
  }
  return [energy, seconds];
}"""


class Caller:
    """One tab of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    # -- what they do

    async def open(self, address: str) -> None:
        await self.page.goto(address)

    async def press(self, name: str) -> None:
        """Press the button with that name."""
        await self.button(name).click()

    async def takes_up(self, name: str) -> None:
        """Press the button of that name whenever there is one."""
        await self.page.evaluate(TAKES_UP, name)

    async def call(self, how: Literal["Call us now", "Type instead"] = "Call us now") -> None:
        """Call, and wait for the first agent's greeting."""
        await self.press(how)
        await self.live()
        await self.sees(self.said("agent"), "Fernway")

    async def type(self, words: str) -> None:
        await self.page.get_by_label("Type a message").fill(words)
        await self.press("Send")
        await self.sees(self.said("caller").last, words)

    async def may_speak(self) -> None:
        """Wait until the agent has finished."""
        await expect(self.page.get_by_text("Listening to you", exact=True)).to_be_visible(timeout=PATIENCE)

    async def say(self, words: str) -> None:
        """Say it when the agent has finished, as people do; returns when it is said."""
        await self.may_speak()
        await self.page.evaluate("encoded => window.say(encoded)", base64.b64encode(spoken(words)).decode())

    async def hang_up(self) -> None:
        await self.press("Hang up")
        await self.sees(self.page.locator(".over"), "The call has ended")

    # -- what they see

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def said(self, who: Literal["agent", "caller"]) -> Locator:
        """The lines of the transcript by that side."""
        return self.page.locator(f'.transcript [data-who="{who}"] .said-words')

    def tool(self, name: str, outcome: str = "done") -> Locator:
        return self.page.locator(f'.transcript [data-tool="{name}"][data-outcome="{outcome}"]')

    async def sees(self, where: Locator, words: str = "", patience: float = PATIENCE) -> None:
        """Wait until it is there (one of several will do), with these words in it; letter case does not matter."""
        found = where.filter(has_text=re.compile(re.escape(words), re.IGNORECASE)) if words else where
        await expect(found.first).to_be_visible(timeout=patience)

    async def live(self, patience: float = PATIENCE) -> None:
        """Wait until an agent has the call."""
        await expect(self.page.locator('.page[data-phase="live"]')).to_be_visible(timeout=patience)

    async def is_with(self, agent: str, patience: float = PATIENCE) -> None:
        """Wait until this agent has the caller, on the card and in the graph."""
        await expect(self.page.locator(f'.agent[data-agent="{agent}"]')).to_be_visible(timeout=patience)
        await expect(self.page.locator(f'.line [data-agent="{agent}"][aria-current="true"]')).to_be_visible()

    async def notice(self, title: str, patience: float = PATIENCE) -> None:
        await expect(self.page.locator(".notice-title", has_text=title)).to_be_visible(timeout=patience)

    async def text(self) -> str:
        """All that the page shows."""
        return await self.page.locator("body").inner_text()

    async def kept(self) -> dict[str, str]:
        """The resume token that this tab keeps, and its line."""
        return cast("dict[str, str]", await self.page.evaluate("JSON.parse(sessionStorage['switchboard.call'])"))

    async def origin(self) -> str:
        """What the ledger calls this call and those that go on from it."""
        await self.page.wait_for_function("sessionStorage['switchboard.call']", timeout=PATIENCE)
        token = (await self.kept())["token"]
        return str(jwt.decode(token, options={"verify_signature": False})["call"])

    # -- what they hear and what is sent

    async def heard_ms(self) -> int:
        """For how long the agent's track was loud, milliseconds."""
        return cast(int, await self.page.evaluate("window.ears.loudMs"))

    async def hears(self, more_than: int, patience: float = PATIENCE) -> None:
        """Wait until the agent's track was loud for that long in all, milliseconds."""
        await self.page.wait_for_function("more => window.ears.loudMs > more", arg=more_than, timeout=patience)

    async def sent(self) -> tuple[float, float]:
        """The energy of what the microphone sent, and for how many seconds it did."""
        energy, seconds = await self.page.evaluate(SENT)
        return energy, seconds

    async def sends(self, condition: str, argument: Any, patience: float = PATIENCE) -> None:
        """Wait for a condition in JavaScript on `energy` and `seconds` as of `sent`, with `argument`."""
        script = f"async argument => {{ const [energy, seconds] = await ({SENT})(); return {condition}; }}"
        await self.page.wait_for_function(script, arg=argument, timeout=patience, polling=100)


@asynccontextmanager
async def browser(microphone: Path | None, *, asks: bool = False) -> AsyncIterator[Browser]:
    """Chromium whose microphone plays a file, once; `asks`: it asks its user, who is not there, for permission."""
    flags = [
        "--autoplay-policy=no-user-gesture-required",
        "--no-sandbox",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
    ]
    if microphone:
        flags += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={microphone}%noloop"]
    if not asks:
        flags.append("--use-fake-ui-for-media-stream")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags, headless=True)
        try:
            yield chromium
        finally:
            await chromium.close()


async def new_caller(chromium: Browser, **options: Any) -> Caller:
    """A caller of their own: nothing is shared with others in this browser."""
    context: BrowserContext = await chromium.new_context(reduced_motion="reduce", locale="en-GB", **options)
    await context.add_init_script(EAVESDROP)
    await context.add_init_script(SPEAK)
    return Caller(await context.new_page())


@asynccontextmanager
async def on_page(chromium: Browser, page: str) -> AsyncIterator[Caller]:
    """A caller with a microphone on the page at that address, where nothing may break."""
    caller = await new_caller(chromium, permissions=["microphone"])
    await caller.open(page)
    yield caller
    assert caller.complaints == []
