"""What makes a sentence less than a claim: questions, conditions, doubts, negations, others' words. English."""

import re

CONDITION = (
    r"\b(?:if|once|when|whenever|after|unless|until|till|whether|before|as soon as|in case|suppose|supposing|imagine|"
    r"assuming|provided|in order to|how|why|what|who|which|where|for example|instead of|without|every time|as long as|"
    r"while|even though you|normally|usually|as though|as if|by the time|you (?:can|could|may|would|will))\b"
)
QUOTED = (
    r"\b(?:you|they|he|she|caller|e-?mail|letter|message|system|screen|website|page|app|it|driver|carrier|courier|"
    r"warehouse|neighbour|husband|wife)(?:'ve|'d| have| had| also| just| already| might| may| were| are|'re)* "
    r"(?:said|says?|saying|told|tells?|telling|mention(?:ed|s)?|think|thought|thinks|ask(?:ed|ing)?|wr[io]te|heard|"
    r"hear|believed?|mean|meant|underst(?:and|ood)|claim(?:ed|s)?|shows?|state[sd]?|read|want(?:ed)?|hope[sd]?|"
    r"expect(?:ed)?|wish|worr(?:y|ied)|afraid|sure|hoping|asking)\b"
)
DOUBT = (
    r"\b(?:not|never|no|none|nothing|nobody|neither|nor|cannot|would|could|should|might|may|will|shall|hope|think|"
    r"believe|guess|assume|wonder|seems?|looks? (?:like|as)|apparently|perhaps|maybe|probably|pretend|wish|ensure|"
    r"make sure|making sure|check(?:ing)?|says?|said|saying|to say|told|want|like|need|almost|nearly|about to|"
    r"try(?:ing)?|able|sorry that|asked|means?|until|ever|only|doubt|possible|unless)\b|n't\b|'ll\b|'d\b"
)
LATER = r"\b(?:if|once|when|unless|as soon as|only after|provided|whenever|until|before|after|by default)\b"
LONG_AGO = (
    r"\b(?:ago|yesterday|last (?:week|month|year|night|time|\w+day)|earlier|previously|back (?:in|then)|"
    r"on (?:the \w+ of|\w+day)|in (?:january|february|march|april|may|june|july|august|september|october|november|"
    r"december)|"
    r"by (?!(?:me|us|now|then|tomorrow|the way)\b))\b"
)
IN_A_WHILE = (
    r"\b(?:in (?:a|an|one|two|three|five|ten|half)(?: few)? (?:bit|while|moment|second|minute|hour|day)s?|later|"
    r"tomorrow|next|soon|shortly)\b"
)
OPENS_A_QUESTION = (
    r"(?:(?:and|but|so|or|then|okay|well|also)[, ]+)*(?:is|are|am|was|were|can|could|shall|should|would|will|do|does|"
    r"did|may|might|must|has|have|had|what|which|how|when|where|who|why|anything|any|isn't|aren't|don't|didn't|"
    r"haven't|hasn't|won't)\b"
)
TAG = re.compile(
    r"^(?:is|isn't|are|aren't|has|hasn't|have|haven't|did|didn't|was|wasn't|do|don't|does|doesn't) "
    r"(?:it|they|you|he|she|i|we|that)$"
)
ASKS = re.compile(
    r"\?|\bplease (?:tell|give|say|read|spell|repeat|confirm|let me|provide|go ahead)\b|\b(?:tell|give) me\b|"
    r"\blet me know\b|\b(?:i|we)(?:'ll| will)?(?: just| only| still| first| also)* need\b|"
    r"\bis that (?:all )?(?:right|ok)"
)
ADMITS = re.compile(r"n't\b|\b(?:cannot|not|sorry|afraid|unfortunately|unable|already|earlier|before|as i said)\b")
"""Where one thing is done and another is not, both are told."""
READ_BACK = re.compile(
    r"\b(?:confirm|check|verify|ensure|make sure)\b[^.?!:]{0,20}(?:\bdetails?\b|\bfollowing\b|\bthat[,:]|:)|"
    r"\blet me (?:just )?(?:read|repeat|go over|sum up)\b|\bto (?:confirm|recap)[,:]"
)
"""What follows is to be done when the caller has said yes."""
CLAUSE = re.compile(r"[,;:]|\b(?:and|but|so)\b")


def hedged(before: str) -> bool:
    """Whether what stands in the same sentence before a claim makes it less than one."""
    clause = CLAUSE.split(before)[-1]
    return bool(re.search(CONDITION, before) or re.search(QUOTED, before) or re.search(DOUBT, clause))


def statement(sentence: str) -> str:
    """The part of a sentence that states something: all, nothing, or what comes before the question at its end."""
    if not sentence.endswith("?"):
        return sentence.rstrip(".!; ")
    if re.match(OPENS_A_QUESTION, sentence):
        return ""
    parts = re.split(r",\s*|\s+(?=and\b|but\b)", sentence.rstrip("? "))
    for at, part in enumerate(parts[1:], start=1):
        if re.match(OPENS_A_QUESTION, part) and not TAG.match(part):
            return ", ".join(parts[:at])
    return ""
