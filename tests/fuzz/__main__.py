"""`python -m tests.fuzz TARGET FOLDER --seconds N --seed S`: one target, in this process. See `scripts/fuzz`."""

import argparse
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["shop", "switchboard", "tools"]):
    from tests.fuzz.targets import TARGETS

LONGEST_INPUT = 200
HANG_SECONDS = 5
MEMORY_MB = 2048


def main() -> None:
    """Ends with another status than 0 when an input raises, hangs or takes all memory; the input is kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("folder", type=Path, help="where inputs are kept that lead to new code, and those that fail")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    corpus = asked.folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    bounds = {
        "max_total_time": asked.seconds,
        "seed": asked.seed,
        "max_len": LONGEST_INPUT,
        "timeout": HANG_SECONDS,
        "rss_limit_mb": MEMORY_MB,
        "artifact_prefix": f"{asked.folder}/",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    target, fault = TARGETS[asked.target], asked.folder / "fault"

    def keep_fault(data: bytes) -> None:
        try:
            target(data)
        except:
            fault.write_bytes(data)
            raise

    fault.unlink(missing_ok=True)
    arguments = [sys.argv[0], *(f"-{name}={value}" for name, value in bounds.items()), str(corpus)]
    atheris.Setup(arguments, keep_fault)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
