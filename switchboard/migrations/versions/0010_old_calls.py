"""Calls that were over before there were digests have one of what SQL can tell; an index each for agents and rules."""

from alembic import op
from sqlalchemy import text

revision = "switchboard_0010"
down_revision = "switchboard_0009"
branch_labels = None
depends_on = None

BARE = """ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM call_digests WHERE call_digests.call_id = calls.id)"""
INDEXED = (("call_agents", "agent"), ("call_findings", "rule"))


def upgrade() -> None:
    for table, column in INDEXED:
        op.drop_index(f"ix_{table}_{column}", table)
        op.create_index(f"ix_{table}_{column}_call_id", table, [column, "call_id"])
    op.execute(text(_agents()))
    op.execute(text(_digests()))


def downgrade() -> None:
    for table, column in INDEXED:
        op.drop_index(f"ix_{table}_{column}_call_id", table)
        op.create_index(f"ix_{table}_{column}", table, [column])


def _part(name: str) -> str:
    """Of an event's body."""
    on_postgres = op.get_bind().dialect.name == "postgresql"
    return f"body->>'{name}'" if on_postgres else f"json_extract(body, '$.{name}')"


def _who() -> str:
    """Whom an event has given the caller to."""
    return f"CASE kind WHEN 'answered' THEN {_part('agent')} ELSE {_part('target')} END"


def _agents() -> str:
    return f"""INSERT INTO call_agents (call_id, agent)
        SELECT DISTINCT call_id, {_who()} FROM call_events WHERE kind IN ('answered', 'handoff_done')
        AND call_id IN (SELECT id FROM calls WHERE {BARE})"""  # noqa: S608 - nothing but this file's own words


def _digests() -> str:
    """No cost, which is unknown, and no turns, which were not written."""
    mine = "FROM call_events WHERE call_id = calls.id"
    joined = f"kind = 'person' AND {_part('stage')} = 'joined'"
    sent = f"kind = 'call_transferred' AND {_part('outcome')} = 'done'"
    return f"""INSERT INTO call_digests (call_id, agent, caller, seconds, turns, to_person)
        SELECT id,
            coalesce((SELECT {_who()} {mine} AND kind IN ('answered', 'handoff_done') ORDER BY seq DESC LIMIT 1), ''),
            (SELECT {_part("caller")} {mine} AND kind = 'answered' ORDER BY seq LIMIT 1),
            coalesce((SELECT max(at) - min(at) {mine}), 0),
            0,
            EXISTS (SELECT 1 {mine} AND ({joined} OR {sent}))
        FROM calls WHERE {BARE}"""  # noqa: S608 - the same
