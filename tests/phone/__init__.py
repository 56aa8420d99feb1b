"""Phone calls with the real parts: Redis, LiveKit's server, LiveKit SIP, a worker, and SIP phones that are scripts."""
