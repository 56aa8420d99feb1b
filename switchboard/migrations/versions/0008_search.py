"""What was said in a call can be searched, word by word, once the call is over.

Not sooner: until then a secret may become known that was said before, and an index is slow to forget. What changes
a call that is over (something said late, a secret found, an erasure) changes its words; triggers see to that, so that
whoever writes events need not know of it.
"""

from alembic import op
from sqlalchemy import text

revision = "switchboard_0008"
down_revision = "switchboard_0007"
branch_labels = None
depends_on = None

SPOKEN = "('caller_spoke', 'agent_spoke', 'person_spoke')"


def upgrade() -> None:
    op.create_index("ix_calls_line_started_at", "calls", ["line", "started_at"])
    op.create_index("ix_calls_ended_reason_started_at", "calls", ["ended_reason", "started_at"])
    runs = text("ended_at IS NULL")
    op.create_index("ix_calls_running", "calls", ["started_at"], sqlite_where=runs, postgresql_where=runs)
    for statement in POSTGRES if _on_postgres() else SQLITE:
        op.execute(text(statement))


def downgrade() -> None:
    for statement in POSTGRES_BACK if _on_postgres() else SQLITE_BACK:
        op.execute(text(statement))
    for name in ("ix_calls_running", "ix_calls_ended_reason_started_at", "ix_calls_line_started_at"):
        op.drop_index(name, "calls")


def _on_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _said(call: str) -> str:
    """All that was said in a call, on SQLite."""
    return f"""(SELECT coalesce(group_concat(said, char(10)), '') FROM (
        SELECT json_extract(body, '$.text') AS said FROM call_events
        WHERE call_id = {call} AND kind IN {SPOKEN} ORDER BY seq))"""  # noqa: S608 - nothing but this file's own words


def _again(name: str, moment: str, row: str, kind: str) -> str:
    """A trigger of SQLite's that gathers a call's words once more, if it is over."""
    return f"""CREATE TRIGGER {name} AFTER {moment} ON call_events WHEN {kind}.kind IN {SPOKEN} BEGIN
        UPDATE call_words SET words = {_said(f"{row}.call_id")} WHERE call_id = {row}.call_id; END"""  # noqa: S608


SQLITE = (
    """CREATE TABLE call_words (
        id INTEGER PRIMARY KEY,
        call_id VARCHAR NOT NULL CONSTRAINT uq_call_words_call_id UNIQUE
            CONSTRAINT fk_call_words_call_id_calls REFERENCES calls (id) ON DELETE CASCADE,
        words VARCHAR NOT NULL)""",
    """CREATE VIRTUAL TABLE call_search USING fts5(
        words, content='call_words', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER call_words_inserted AFTER INSERT ON call_words BEGIN
        INSERT INTO call_search(rowid, words) VALUES (new.id, new.words); END""",
    """CREATE TRIGGER call_words_deleted AFTER DELETE ON call_words BEGIN
        INSERT INTO call_search(call_search, rowid, words) VALUES ('delete', old.id, old.words); END""",
    """CREATE TRIGGER call_words_updated AFTER UPDATE OF words ON call_words WHEN old.words <> new.words BEGIN
        INSERT INTO call_search(call_search, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO call_search(rowid, words) VALUES (new.id, new.words); END""",
    f"""CREATE TRIGGER calls_over AFTER UPDATE OF ended_at ON calls WHEN new.ended_at IS NOT NULL BEGIN
        INSERT INTO call_words (call_id, words) VALUES (new.id, {_said("new.id")})
        ON CONFLICT (call_id) DO UPDATE SET words = excluded.words; END""",  # noqa: S608
    _again("call_events_inserted", "INSERT", "new", "new"),
    _again("call_events_updated", "UPDATE OF body", "new", "new"),
    _again("call_events_deleted", "DELETE", "old", "old"),
    f"""INSERT INTO call_words (call_id, words)
        SELECT id, {_said("calls.id")} FROM calls WHERE ended_at IS NOT NULL ORDER BY started_at""",  # noqa: S608
)
SQLITE_BACK = (
    "DROP TRIGGER call_events_deleted",
    "DROP TRIGGER call_events_updated",
    "DROP TRIGGER call_events_inserted",
    "DROP TRIGGER calls_over",
    "DROP TABLE call_words",
    "DROP TABLE call_search",
)

POSTGRES = (
    """CREATE TABLE call_words (
        call_id VARCHAR CONSTRAINT pk_call_words PRIMARY KEY
            CONSTRAINT fk_call_words_call_id_calls REFERENCES calls (id) ON DELETE CASCADE,
        words TSVECTOR NOT NULL)""",
    # Accents go, and all but letters and digits: PostgreSQL would take "a/b" for a file, SQLite takes it for two words.
    # Of a call that lasts for days the first hours are enough: a tsvector has an end.
    f"""CREATE FUNCTION said_in(call VARCHAR) RETURNS TSVECTOR LANGUAGE sql STABLE AS $$
        SELECT to_tsvector('simple', regexp_replace(regexp_replace(
            normalize(lower(left(coalesce(string_agg(body->>'text', ' ' ORDER BY seq), ''), 200000)), NFD),
            '[\\u0300-\\u036f]', '', 'g'), '[^[\\:alnum\\:]]+', ' ', 'g'))
        FROM call_events WHERE call_id = call AND kind IN {SPOKEN} $$""",  # noqa: S608
    """CREATE FUNCTION keep_words() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO call_words (call_id, words) VALUES (NEW.id, said_in(NEW.id))
        ON CONFLICT (call_id) DO UPDATE SET words = excluded.words;
        RETURN NULL; END $$""",
    """CREATE FUNCTION keep_words_again() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
        UPDATE call_words SET words = said_in(call_id) WHERE call_id = coalesce(NEW.call_id, OLD.call_id);
        RETURN NULL; END $$""",
    """CREATE TRIGGER calls_over AFTER UPDATE OF ended_at ON calls FOR EACH ROW
        WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION keep_words()""",
    f"""CREATE TRIGGER call_events_written AFTER INSERT OR UPDATE OF body ON call_events FOR EACH ROW
        WHEN (NEW.kind IN {SPOKEN}) EXECUTE FUNCTION keep_words_again()""",
    f"""CREATE TRIGGER call_events_deleted AFTER DELETE ON call_events FOR EACH ROW
        WHEN (OLD.kind IN {SPOKEN}) EXECUTE FUNCTION keep_words_again()""",
    "INSERT INTO call_words (call_id, words) SELECT id, said_in(id) FROM calls WHERE ended_at IS NOT NULL",
    "CREATE INDEX ix_call_words_words ON call_words USING gin (words)",
)
POSTGRES_BACK = (
    "DROP TRIGGER call_events_deleted ON call_events",
    "DROP TRIGGER call_events_written ON call_events",
    "DROP TRIGGER calls_over ON calls",
    "DROP FUNCTION keep_words_again",
    "DROP FUNCTION keep_words",
    "DROP TABLE call_words",
    "DROP FUNCTION said_in",
)
