"""A scenario that a new thing passes: the first of those that its writer will add."""

from collections.abc import Sequence

TEXT = """# yaml-language-server: $schema=../scenario.schema.json
about: {about}
caller:
  says:
{says}
holds:
{holds}
"""


def folder_of(line: str) -> str:
    """Where the scenarios of a line are, in the house."""
    return f"scenarios/{line.replace('-', '_')}"


def scenario_text(about: str, says: Sequence[str], holds: Sequence[str]) -> str:
    """A scenario in which the caller says so, and after which that holds."""
    return TEXT.format(
        about=about, says="\n".join(f"    - {each}" for each in says), holds="\n".join(f"  {each}" for each in holds)
    )
