"""The moment at which example businesses are filled, and tests happen."""

from datetime import UTC, datetime

# A Monday in winter: the shop's clock is UTC, and working days lie ahead.
NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
