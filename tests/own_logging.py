"""What a test does to logging, undone after it: other tests find their loggers as they were."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog


@contextmanager
def own_logging() -> Iterator[None]:
    """Log as you like within the block."""
    handlers, level = logging.root.handlers, logging.root.level
    processors = structlog.get_config()["processors"]
    kept = processors[:]
    try:
        yield
    finally:
        logging.root.handlers, logging.root.level = handlers, level
        structlog.reset_defaults()
        processors[:] = kept
        structlog.configure(processors=processors)  # the same list: whoever has logged meanwhile has it
