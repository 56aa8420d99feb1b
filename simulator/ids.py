"""Identifiers as the service makes them: a prefix and something no other server of ours will make again."""

import uuid


def new_id(prefix: str) -> str:
    """Such as `item_4f0c…`: at most 32 characters, the longest that the service itself accepts."""
    return f"{prefix}_{uuid.uuid4().hex[:20]}"
