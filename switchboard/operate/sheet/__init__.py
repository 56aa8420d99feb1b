"""A call as one sheet: an HTML file that needs nothing else, to be kept, sent and printed."""

from switchboard.operate.sheet.sheet import export_html

__all__ = ["export_html"]
