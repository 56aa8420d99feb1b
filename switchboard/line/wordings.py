"""How a deed is spoken of when it is done, or being done, as patterns over small letters. English."""

from collections.abc import Iterator

from switchboard.line.deeds import Deed

ADVERBS = (
    r"(?:(?:now|just|already|also|all|then|both|successfully|officially|actually|finally|immediately|indeed|therefore|"
    r"currently|in fact|gone ahead and|went ahead and|happily|safely|right now|so|too|as requested|for you)[ ,]+)*"
)
DETERMINER = r"(?:your|the|this|that|my|our|both(?: of)?(?: your| the)?|these|those|all(?: of)?(?: your| the)?)"
BETWEEN = (
    r"(?:(?!(?:for|about|of|on|in|to|from|with|and|or|not|no|any|if|that|which|page|is|are|was|has|have|says?|said|"
    r"your|the|my|our|this|an?|every|each|some|most|many|i|you|we|it|they|can|will)\b)[\w'-]+ )"
)
IT = r"it|that|this|them|these|those|both|everything"
BARE = r"(?:^|[,:] ?|\b(?:and|but|that|so|now|then|okay|thanks|great) )"
"""Before a thing without an article."""
IS = rf"(?:'s|'re| is| are) {ADVERBS}(?:been )?{ADVERBS}|(?:'ve| has| have) {ADVERBS}been {ADVERBS}"
WAS = rf"(?<!you) (?:was|were) {ADVERBS}"
NOT_TO_DO = r"(?! to (?!(?:you|your|the|my|our|an?)\b))"
"""It is scheduled to come."""
WE = r"\b(?:i|we)"
HAVE = r"(?:'ve| have)"
ASIDE = (
    r"(?:(?:,| ending| placed| of| for| from| about| with| on| number| we| zero| one| two| three| four| five| six|"
    r" seven| eight| nine| \d)(?:(?!\b(?:if|that|which|who|will|would|can|could|should|may|might|must|not|no|but|"
    r"because|so|until|once|when|is|are|was|were|has|have|had|i|you|it|they|we|be|being|to|or)\b|n't|'s|'re|'ll)[^.?!;]){0,90}?)?"
)
NOT_OF = "".join(rf"(?<!\b{word} )" for word in ("of", "for", "from", "about", "on", "with", "to", "in", "no", "not"))
BEFORE_IT = (
    r"^(?:(?:all right|of course|there you go|there|okay|ok|great|good|perfect|yes|alright|lovely|sure|done|right|well|"
    r"and|so|one moment|one second|just a moment|hold on|certainly|thank you|thanks|all)[,! ]+)*"
)
AT_ONCE = (
    r"(?:now|right away|straight away|immediately|at once|please (?:hold|stay|wait)|one moment|hold on|"
    r"bear with me|just a moment|stay on the line)"
)


def by_us(deed: Deed) -> Iterator[str]:
    """ "I've cancelled your order", "I have found it and cancelled it", "I've got it cancelled for you"."""
    verb, thing = _verb(deed.done, deed), _thing(deed)
    yield rf"{WE}{HAVE} {ADVERBS}{verb}"
    yield rf"{WE}{HAVE} [^.?!]{{3,60}}?\b(?:and|then) {ADVERBS}{verb}"
    yield rf"\b(?:i|we|you){HAVE} {ADVERBS}(?:got )?{thing} {ADVERBS}{participle(deed)}\b"


def by_us_then(deed: Deed) -> Iterator[str]:
    """ "I cancelled your order", "I found it and cancelled it"."""
    verb = _verb(deed.done, deed)
    yield rf"{WE} {ADVERBS}{verb}"
    yield rf"{WE} (?:(?!\b(?:you|they|he|she|who|that|was|were|am)\b|')[^.?!,]){{3,40}}?\b(?:and|then) {ADVERBS}{verb}"


def to_it(deed: Deed, being: str) -> Iterator[str]:
    """ "Your order has been cancelled", "it's cancelled", "a ticket has been opened"."""
    one = "" if being == WAS else "(?<!s)"  # many are, always; were, once
    ours = rf"(?:\b{DETERMINER} {BETWEEN}{{0,3}}?(?:{deed.to})|{BARE}{BETWEEN}{{0,1}}?(?:{deed.to}){one})\b{ASIDE}"
    yield rf"{NOT_OF}{ours}(?:{being}){participle(deed)}\b{NOT_TO_DO}"
    if deed.is_it:
        yield rf"{NOT_OF}\b(?:{IT})(?:{being})(?:{'|'.join(deed.done)})\b{NOT_TO_DO}"
    new = rf"{NOT_OF}\b(?:an?|another|one) {BETWEEN}{{0,2}}?(?:{deed.to})\b{ASIDE}"
    yield rf"{new}(?: has| was) {ADVERBS}(?:been )?{ADVERBS}{participle(deed)}\b{NOT_TO_DO}"


def of_itself(deed: Deed) -> Iterator[str]:
    """ "Cancelled", "order cancelled", "consider it cancelled"."""
    alone = "?" if deed.is_it else ""
    named = rf"(?:(?:{DETERMINER} )?{BETWEEN}{{0,1}}?(?:{deed.to}) ){alone}"
    yield rf"{BEFORE_IT}{named}{ADVERBS}{participle(deed)}(?: (?:for you|now|successfully))*$"
    yield rf"\bconsider {_thing(deed)} {participle(deed)}\b"


def at_it(deed: Deed) -> Iterator[str]:
    """ "I'm transferring you", "you're being transferred", "please hold while I transfer you"."""
    if deed.doing:
        verb = _verb(deed.doing, deed)
        yield rf"{WE}(?:'m| am|'re| are) {ADVERBS}{verb}"
        yield rf"{BEFORE_IT}{verb}"
        yield rf"\b(?:{DETERMINER} )?(?:{deed.to})(?:'re|'s| are| is) {ADVERBS}being {participle(deed)}\b"
    if deed.do:
        verb = _verb(deed.do, deed)
        promise = rf"(?:{WE}(?:'ll| will|'m going to| am going to)|\blet me|\ballow me to) {ADVERBS}{verb}"
        yield rf"{promise}[^.?!]*?\b{AT_ONCE}\b"
        yield rf"\b{AT_ONCE}\b[^.?!]*?{promise}"
        yield rf"\bwhile (?:i|we)(?:'m|'re)? (?:{verb}|{_verb(deed.doing or deed.do, deed)})"


def _verb(forms: tuple[str, ...], deed: Deed) -> str:
    """Any of the forms, with what it is done to."""
    thing = _thing(deed)
    written = (form.replace("_", thing) if "_" in form else rf"{form} (?:you )?{thing}" for form in forms)
    return rf"(?:{'|'.join(written)})\b"


def _thing(deed: Deed) -> str:
    it = f"|{IT}" if deed.is_it else ""
    return (
        rf"(?:(?:in |up |out )?(?:for |with )?(?:(?:an?|another|one|{DETERMINER}) )?{BETWEEN}{{0,3}}?(?:{deed.to}){it})"
    )


def participle(deed: Deed) -> str:
    """What the thing is when it is done."""
    return rf"(?:{'|'.join(form.replace('_ ', '') for form in (*deed.done, *deed.state))})"
