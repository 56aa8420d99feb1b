"""`python -m tests.app.first_call URL`: the first call of a process, and what it loads, a line each.

With the database at that URL, which is empty. A word is fetched as in an outage, too.
"""

import asyncio
import sys

from livekit.agents import JobExecutorType, JobProcess

from app.worker import prepare_process
from switchboard.ladder.phrases import Phrases
from tests.stage.stage import staged


async def hold_a_call(database: str) -> None:
    async with staged(database) as stage:
        await stage.say("hello")
        assert await Phrases(stage.conversation.session).of("One moment, please.", 5.0, without_model=True)


def main(database: str) -> None:
    prepare_process(JobProcess(executor_type=JobExecutorType.THREAD, user_arguments=None, http_proxy=None))
    before = set(sys.modules)
    asyncio.run(hold_a_call(database))
    print(*sorted(set(sys.modules) - before), sep="\n")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
