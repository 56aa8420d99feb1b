"""A prompt that is added to."""

DUTIES, HANDING_OVER = "# What you do", "# Handing over"


def with_duty(prompt: str, duty: str, *headings: str) -> str:
    """The prompt with one more duty: at the end of the first of these sections that it has, or of the whole."""
    heading = next((each for each in headings if f"\n{each}\n" in prompt), None)
    before, found, after = prompt.partition(f"\n{heading}\n")
    duties, next_heading, rest = after.partition("\n# ")
    end = f"{before}{found}{duties}".rstrip()
    gap = "\n" if end.rpartition("\n")[2].startswith("- ") else "\n\n"
    return f"{end}{gap}{duty}\n{next_heading}{rest}"
