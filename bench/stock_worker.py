"""The agent that a user would write from LiveKit's documentation, as a worker: what our calls are measured beside.

A dispatch's metadata is the address of the simulator that the call runs on.
"""

import argparse
import sys

from livekit.agents import Agent, AgentServer, AgentSession, JobContext, JobExecutorType, cli
from livekit.plugins.openai.realtime import RealtimeModel
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

AGENT_NAME = "stock"
TURNS = ServerVad(
    type="server_vad",
    threshold=0.5,
    prefix_padding_ms=300,
    silence_duration_ms=500,
    create_response=True,
    interrupt_response=True,
)
"""As ours by default: a difference would be the setting's, not the agent's."""


async def answer(ctx: JobContext) -> None:
    """One call."""
    model = RealtimeModel.with_azure(
        azure_deployment="gpt-realtime-2.1", azure_endpoint=ctx.job.metadata, api_key="simulator", turn_detection=TURNS
    )
    session = AgentSession[None](llm=model)
    await session.start(Agent(instructions="You answer the phone."), room=ctx.room)
    session.generate_reply(instructions="Greet the caller.")


def idle(_server: AgentServer) -> float:
    """How full it is. LiveKit's own measure, the CPU, loses calls on a busy machine: that is not to be measured."""
    return 0.0


def main() -> None:
    """Run it, in production mode; LiveKit's server is the environment's."""
    parser = argparse.ArgumentParser(prog="bench.stock_worker", description=__doc__)
    parser.add_argument("--executor", choices=["thread", "process"], default="thread")
    parser.add_argument("--idle", type=int, default=2)
    options = parser.parse_args()
    server = AgentServer(
        job_executor_type=JobExecutorType(options.executor),
        num_idle_processes=options.idle,
        load_fnc=idle,
        host="127.0.0.1",
        port=0,
    )
    server.rtc_session(answer, agent_name=AGENT_NAME)
    sys.argv[1:] = ["start"]
    cli.run_app(server)


if __name__ == "__main__":
    main()
