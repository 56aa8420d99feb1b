"""A text of a line on a page: one line of it, no longer than there is room for, and never more than text."""

from switchboard.text import visible


def readable(name: str) -> str:
    """A name of the house as people write it: "shop_desk" is "Shop desk"."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def unfit(text: object, most: int) -> str | None:
    """Why a page cannot show it in a place for `most` characters; None: it can."""
    if not isinstance(text, str):
        return f"is {text!r}; write a text"
    if text != text.strip():
        return "begins or ends with a space"
    if text != visible(text):
        return "has a line break, or a character that cannot be seen"
    if len(text) > most:
        return f"has {len(text)} characters; there is room for {most}"
    return None
