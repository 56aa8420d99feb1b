"""Why something new is not made."""


class RefusalError(Exception):
    """A sentence that says how to do it right. Nothing was written, or all of it was undone."""
