"""The contract beside the LiveKit that is installed: what has changed, what nobody wrote down, what nobody needs."""

from collections.abc import Sequence

from tests.contract.checks import Behaviour, Part
from tests.contract.uses import Source, Use


def changes(contract: Sequence[Part], sources: Sequence[Source]) -> list[str]:
    """A sentence for each part of LiveKit that is not as we know it."""
    told = (part.sentence(file_of(part, sources) or "no file") for part in contract)
    return [sentence for sentence in told if sentence]


def not_in(contract: Sequence[Part], found: Sequence[Use], sources: Sequence[Source]) -> list[Use]:
    """What our source reaches into without a row."""
    known = {(file_of(part, sources), part.name) for part in contract}
    return [use for use in found if (use.file, use.name) not in known]


def not_needed(contract: Sequence[Part], sources: Sequence[Source]) -> list[Part]:
    """Rows whose class or function of ours is gone, or does not name the part any more."""
    texts = {source.path: source.text for source in sources}
    return [
        part
        for part in contract
        if (file := file_of(part, sources)) is None or not (isinstance(part, Behaviour) or part.name in texts[file])
    ]


def file_of(part: Part, sources: Sequence[Source]) -> str | None:
    """Where `ours` is, wherever it has been moved to."""
    return next((source.path for source in sources if part.ours in source.names), None)
