"""A worker of `bench.density`: ours as it is, or LiveKit's own with the stock agent or an echo; each with probes."""

import argparse
import sys
from pathlib import Path

if __name__ == "__main__" and not __package__:  # started in a folder without a .env
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from livekit.agents import AgentServer, JobExecutorType, cli

from app import worker
from bench import jobs
from bench.stock_worker import AGENT_NAME, idle


def run() -> None:
    """Run it, in production mode; the environment has the settings."""
    parser = argparse.ArgumentParser(prog="bench.density_worker", description=__doc__)
    parser.add_argument("who", choices=["ours", "stock", "echo"])
    parser.add_argument("--executor", choices=["thread", "process"], default="thread")
    parser.add_argument("--idle", type=int, default=2)
    options = parser.parse_args()
    sys.argv[1:] = ["start"]
    if options.who == "ours":
        worker.run(jobs.ours)
        return
    server = AgentServer(
        job_executor_type=JobExecutorType(options.executor),
        num_idle_processes=options.idle,
        load_fnc=idle,
        host="127.0.0.1",
        port=0,
    )
    server.rtc_session(jobs.stock if options.who == "stock" else jobs.echo, agent_name=AGENT_NAME)
    cli.run_app(server)


if __name__ == "__main__":
    run()
