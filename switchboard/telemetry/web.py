"""The metrics of the web app."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

REQUESTS = Counter("switchboard_http_requests_total", "Requests that were answered.", ["method", "route", "status"])
DURATION = Histogram(
    "switchboard_http_request_duration_seconds",
    "Until the first piece of the answer; what is streamed may go on.",
    ["route"],
    buckets=QUICK,
)
OPEN = Gauge("switchboard_http_requests_open", "Requests whose answer goes on; live feeds among them.", ["route"])
ROOMS = Counter("switchboard_rooms_total", "Rooms that callers were given.", ["line"])
UNATTENDED = Counter(
    "switchboard_rooms_unattended_total", "Those to which no agent came, however often asked.", ["line"]
)


def begin(line: str) -> None:
    """Show 0 rooms of the line: of a number that was never shown, the first is not one more."""
    ROOMS.labels(line)
    UNATTENDED.labels(line)


def serve(host: str, port: int) -> None:
    """Show the metrics of this process at a port of their own, as long as it lives. Raises `OSError`."""
    start_http_server(port, host)
