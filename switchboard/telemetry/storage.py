"""The metrics of what is stored: how long work waits for the database, and how far the ledger is behind."""

from prometheus_client import Histogram

WAITED = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

WAIT = Histogram(
    "switchboard_database_wait_seconds",
    "How long work waited for the database: for a connection, for what was read or written, for the commit.",
    ["work"],
    buckets=WAITED,
)
LAG = Histogram(
    "switchboard_ledger_lag_seconds",
    "How old the oldest event was at each try to store it; events are gathered for 0.05 s.",
    ["line"],
    buckets=(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0),
)


def waited(work: str, seconds: float) -> None:
    """For the database."""
    WAIT.labels(work).observe(seconds)
