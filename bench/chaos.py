"""Calls under random faults, drawn from a seed, of callers who do not wait: what is lost, and who waits in silence?

`--help` tells the options. A call that fails is told with its number: `--seed S --call K` makes it again, alone.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.chaos_call import Outcome
from bench.chaos_process import Place, make_call, processes
from bench.chaos_room import rooms_left
from bench.chaos_script import Script, script
from bench.figures import bar, positive
from bench.rounds import progress
from bench.stack import running
from simulator.faults import Fault
from stack.errors import LocalError
from switchboard.migrations import upgrade
from switchboard.settings.environment import load_settings

TYPED_AT_ONCE, SPOKEN_AT_ONCE = 6, 4
SPOKEN = 10
"""Of so many calls one is spoken."""
LONGEST_SILENCE_MS = 2000


@dataclass
class Found:
    """What came of all calls."""

    outcomes: list[Outcome] = field(default_factory=list)
    left: int = 0
    """Rooms, when all calls were over."""

    @property
    def silence_ms(self) -> int:
        """The longest that any caller heard nothing."""
        return round(1000 * max(outcome.silence for outcome in self.outcomes))

    @property
    def figures(self) -> dict[str, int]:
        """By their names."""
        counted = {
            "lost_turns": [outcome.lost for outcome in self.outcomes],
            "duplicate_writes": [outcome.duplicates for outcome in self.outcomes],
            "hangs": [outcome.hangs for outcome in self.outcomes],
            "unspoken_results": [outcome.unspoken for outcome in self.outcomes],
            "leaks": [outcome.leaks for outcome in self.outcomes],
        }
        figures = {name: sum(map(len, each)) for name, each in counted.items()}
        figures["leaks"] += self.left
        return figures


async def make(scripts: Sequence[Script], place: Place) -> Found:
    """Make the calls, several at once. Raises `LocalError` where spoken ones find no LiveKit server."""
    found = Found()
    await _take([script for script in scripts if not script.spoken], TYPED_AT_ONCE, place, found)
    if spoken := [script for script in scripts if script.spoken]:
        async with running(place.folder, progress) as stack, stack.api() as livekit:
            await _take(spoken, SPOKEN_AT_ONCE, replace(place, livekit=stack.livekit), found)
            found.left = await rooms_left(livekit)
    return found


async def _take(scripts: Sequence[Script], at_once: int, place: Place, found: Found) -> None:
    with processes(place, at_once) as pool:
        made = [asyncio.get_running_loop().run_in_executor(pool, make_call, script, place) for script in scripts]
        for call in asyncio.as_completed(made):
            found.outcomes.append(await call)
            progress(f"{len(found.outcomes)} calls made")
            if wrong := _told(found.outcomes[-1]):
                print(wrong, flush=True)
    progress("")


def _told(outcome: Outcome) -> str:
    """What is wrong with a call, and how it is made again; "" for nothing."""
    wrong = list(outcome.wrong)
    if outcome.silence * 1000 > LONGEST_SILENCE_MS:
        wrong.append(f"{outcome.silence:.2f} s of silence")
    if not wrong:
        return ""
    script = outcome.script
    turns = " | ".join(f"{turn.words} ({'then' if turn.wait is None else turn.wait})" for turn in script.turns)
    faults = ", ".join(
        f"{fault.name} {fault.when or ''} {fault.at or ''} {fault.nth or fault.skip}" for fault in script.faults
    )
    return f"call {script.number}: {'; '.join(wrong)}\n    said: {turns}\n    faults: {faults}"


def _fault(fault: Fault) -> str:
    told = (fault.name, fault.when, fault.at, fault.nth or fault.skip, *fault.settings.values())
    return " ".join(str(each) for each in told if each is not None)


def report(found: Found) -> str:
    """The bars."""
    lines = [f"{len(found.outcomes)} calls, {_faults(found)} faults struck."]
    lines += [bar(name.replace("_", " "), str(number), not number) for name, number in found.figures.items()]
    silence = found.silence_ms
    lines.append(bar(f"longest silence, at most {LONGEST_SILENCE_MS} ms", str(silence), silence <= LONGEST_SILENCE_MS))
    return "\n".join(lines)


def as_json(found: Found) -> str:
    """One object."""
    counts = {"calls": len(found.outcomes), "faults": _faults(found)}
    return json.dumps({**counts, **found.figures, "longest_silence_ms": found.silence_ms})


def _faults(found: Found) -> int:
    return sum(outcome.struck for outcome in found.outcomes)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.chaos", description=__doc__)
    parser.add_argument("--calls", type=positive, default=1000, metavar="N", help="how many (1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of all dice (1)")
    parser.add_argument("--call", type=int, metavar="K", help="only this one of them, and all that happened in it")
    parser.add_argument("--only", choices=("typed", "spoken"), help="of all those; a tenth is spoken")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the calls and print; 1 when anything was wrong."""
    options = _options(arguments)
    numbers = range(options.calls) if options.call is None else [options.call]
    scripts = [script(options.seed, number, spoken=number % SPOKEN == SPOKEN - 1) for number in numbers]
    scripts = [each for each in scripts if options.only in (None, "spoken" if each.spoken else "typed")]
    if not scripts:
        print(f"None of those calls is {options.only}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        place = Place(load_settings(None, {"REALTIME_PROVIDER": "simulator"}), Path(folder))
        upgrade(place.database)
        try:
            found = asyncio.run(make(scripts, place))
        except LocalError as error:
            print(f"There are no figures. {error}", file=sys.stderr)
            return 1
    if options.call is not None:
        print("\n".join(f"{event.at:7.3f} {event!r}" for event in found.outcomes[0].events))
    print(report(found))
    if options.json:
        print(as_json(found))
    return int(any(found.figures.values()) or found.silence_ms > LONGEST_SILENCE_MS)


if __name__ == "__main__":
    sys.exit(main())
