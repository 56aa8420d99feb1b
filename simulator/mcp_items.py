"""What a mind sees of the tools of MCP servers: calls and outputs like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.chain import Entry
from simulator.mind import Item

DECLINED = "The call was not approved."


def mcp_items(entry: Entry, entries: Iterable[Entry]) -> Iterator[Item]:
    """A call with its output, or one that was declined; nothing of other items."""
    item = entry.item
    if item["type"] == "mcp_call":
        error = item["error"] or {}
        yield from _call(entry, item["output"] if item["output"] is not None else error.get("message", ""))
    elif item["type"] == "mcp_approval_response" and not item["approve"]:
        for request in entries:
            if request.id == item["approval_request_id"]:
                yield from _call(request, DECLINED)


def _call(entry: Entry, output: str) -> Iterator[Item]:
    name, arguments = entry.item["name"], entry.item["arguments"]
    yield Item(entry.id, "function_call", None, "", name, arguments, entry.id, None)
    yield Item(f"{entry.id}_output", "function_call_output", None, "", None, None, entry.id, output)


def approved(entries: Iterable[Entry]) -> list[Entry]:
    """The requests that were approved and have not led to a call yet."""
    kinds: dict[str, list[Entry]] = {}
    for entry in entries:
        kinds.setdefault(entry.item["type"], []).append(entry)
    answers = [entry.item for entry in kinds.get("mcp_approval_response", ())]
    wanted = {answer["approval_request_id"] for answer in answers if answer["approve"]}
    wanted -= {entry.item["approval_request_id"] for entry in kinds.get("mcp_call", ())}
    return [entry for entry in kinds.get("mcp_approval_request", ()) if entry.id in wanted]
