"""For the process that those of a worker fork from, which loads this: what each of them needs is made once, and shared.

Nothing here may start a thread or an event loop. Source: `livekit.agents.ipc._preload`, 1.8.9.
"""

from app.warm import warm

warm()
