"""The metrics of many processes on one page: nothing is lost, and files do not grow in number."""

import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from switchboard.settings.process import process_environment
from switchboard.telemetry.slots import keep_in, values_in

PROCESS = """
import sys
from pathlib import Path
from prometheus_client import Counter, Gauge
from switchboard.telemetry.slots import keep_in
for _ in range(2):  # as where calls are threads
    keep_in(Path(sys.argv[1]))
met, busy = Counter("met_total", "", ["whom"]), Gauge("busy", "", ["who"], multiprocess_mode="livesum")
met.labels("one").inc()
busy.labels("one").set(1)
print("counted", flush=True)
sys.stdin.readline()
met.labels("two").inc()
"""


class Counting:
    """A process that counts once, and once more when it may go on."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROCESS, str(folder)],
            env=process_environment() | {"PROMETHEUS_MULTIPROC_DIR": str(values_in(folder))},  # as LiveKit does it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        assert self._process.stdout.readline() == "counted\n"

    def end(self) -> None:
        self._process.communicate("go on\n")
        assert self._process.returncode == 0

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def shown(folder: Path, name: str, **labels: str) -> float | None:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(values_in(folder)))  # type: ignore[no-untyped-call]
    return registry.get_sample_value(name, labels)


def test_processes_that_count_at_once_do_not_disturb_one_another(tmp_path: Path) -> None:
    counting = [Counting(tmp_path) for _ in range(3)]
    assert shown(tmp_path, "busy", who="one") == 3
    for one in counting:
        one.end()
    assert shown(tmp_path, "met_total", whom="one") == 3
    assert shown(tmp_path, "met_total", whom="two") == 3


def test_one_that_comes_later_goes_on_where_one_has_ended(tmp_path: Path) -> None:
    for _ in range(4):
        Counting(tmp_path).end()
    assert shown(tmp_path, "met_total", whom="two") == 4
    assert len(list(values_in(tmp_path).iterdir())) == 2


def test_what_a_killed_one_had_counted_is_kept_and_what_it_was_doing_is_forgotten(tmp_path: Path) -> None:
    first, killed = Counting(tmp_path), Counting(tmp_path)
    killed.kill()
    next_one = Counting(tmp_path)
    assert shown(tmp_path, "met_total", whom="one") == 3
    assert shown(tmp_path, "busy", who="one") == 2
    first.end()
    next_one.end()


def test_a_process_after_a_fork_has_a_place_of_its_own(tmp_path: Path) -> None:
    forks = """
import multiprocessing as mp, sys
from pathlib import Path
from switchboard.telemetry.slots import Slots
slots = Slots(Path(sys.argv[1]))
mine = slots.mine()
queue = mp.get_context("fork").Queue()
mp.get_context("fork").Process(target=lambda: queue.put(slots.mine())).start()
print(mine, queue.get(), slots.mine())
"""
    said = subprocess.run(
        [sys.executable, "-c", forks, str(tmp_path / "slots")], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.split() == ["0", "1", "0"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        keep_in(tmp_path / "nowhere")
