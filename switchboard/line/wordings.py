"""How a deed is spoken of when it is done, or being done: patterns over a sentence in which it is marked. English."""

from collections.abc import Iterator

from switchboard.line.marks import ANY_THING, DO, DOING, DONE, LETTERS, STATE, THING

ADVERBS = (
    r"(?:(?:now|just|already|also|all|then|both|successfully|officially|actually|finally|immediately|indeed|therefore|"
    r"currently|in fact|gone ahead and|went ahead and|happily|safely|right now|so|too|as requested|for you)[ ,]+)*"
)
DETERMINER = r"(?:your|the|this|that|my|our|both(?: of)?(?: your| the)?|these|those|all(?: of)?(?: your| the)?)"
BETWEEN = (
    r"(?:(?!(?:for|about|of|on|in|to|from|with|and|or|not|no|any|if|that|which|page|is|are|was|has|have|says?|said|"
    rf"your|the|my|our|this|an?|every|each|some|most|many|i|you|we|it|they|can|will)\b)[{LETTERS}'-]+ )"
)
IT = r"it|that|this|them|these|those|both|everything"
BARE = r"(?:^|[,:] ?|\b(?:and|but|that|so|now|then|okay|thanks|great) )"
"""Before a thing without an article."""
IS = rf"(?:'s|'re| is| are) {ADVERBS}(?:been )?{ADVERBS}|(?:'ve| has| have) {ADVERBS}been {ADVERBS}"
WAS = rf" (?:was|were) {ADVERBS}"
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


IS_DONE = rf"(?:{DONE}|{STATE})"


def by_us(thing: str) -> Iterator[str]:
    """ "I've cancelled your order", "I have found it and cancelled it", "I've got it cancelled for you"."""
    yield rf"{WE}{HAVE} {ADVERBS}{DONE}{_to(thing)}"
    yield rf"{WE}{HAVE} [^.?!]{{3,60}}?\b(?:and|then) {ADVERBS}{DONE}{_to(thing)}"
    yield rf"(?:\b(?:i|we|you)|{THING}){HAVE} {ADVERBS}(?:got )?{_object(thing)} {ADVERBS}{IS_DONE}"


def by_us_then(thing: str) -> Iterator[str]:
    """ "I cancelled your order", "I found it and cancelled it"."""
    yield rf"{WE} {ADVERBS}{DONE}{_to(thing)}"
    others = r"(?!\b(?:you|they|he|she|who|that|was|were|am)\b|')"
    yield rf"{WE} (?:{others}[^.?!,]){{3,40}}?\b(?:and|then) {ADVERBS}{DONE}{_to(thing)}"


def to_it(thing: str, being: str) -> Iterator[str]:
    """ "Your order has been cancelled", "it's cancelled", "a ticket has been opened"."""
    bare = ANY_THING if being == WAS else THING  # many are, always; were, once
    ours = rf"(?:\b{DETERMINER} {BETWEEN}{{0,3}}?{ANY_THING}|{BARE}{BETWEEN}{{0,1}}?{bare}){ASIDE}"
    yield rf"{NOT_OF}{ours}(?:{being}){IS_DONE}{NOT_TO_DO}"
    if thing != ANY_THING:
        yield rf"{NOT_OF}\b(?:{IT})(?:{being}){DONE}{NOT_TO_DO}"
    new = rf"{NOT_OF}\b(?:an?|another|one) {BETWEEN}{{0,2}}?{ANY_THING}{ASIDE}"
    yield rf"{new}(?: has| was) {ADVERBS}(?:been )?{ADVERBS}{IS_DONE}{NOT_TO_DO}"


def of_itself(thing: str) -> Iterator[str]:
    """ "Cancelled", "order cancelled", "consider it cancelled"."""
    alone = "" if thing == ANY_THING else "?"
    named = rf"(?:(?:{DETERMINER} )?{BETWEEN}{{0,1}}?{ANY_THING} ){alone}"
    yield rf"{BEFORE_IT}{named}{ADVERBS}{IS_DONE}(?: (?:for you|now|successfully))*$"
    yield rf"\bconsider {_object(thing)} {IS_DONE}"


def at_it(thing: str) -> Iterator[str]:
    """ "I'm transferring you", "you're being transferred", "please hold while I transfer you"."""
    doing = rf"{DOING}{_to(thing)}"
    yield rf"{WE}(?:'m| am|'re| are) {ADVERBS}{doing}"
    yield rf"{BEFORE_IT}{doing}"
    yield rf"{ANY_THING}(?:'re|'s| are| is) {ADVERBS}being {DONE}"
    do = rf"{DO}{_to(thing)}"
    promise = rf"(?:{WE}(?:'ll| will|'m going to| am going to)|\blet me|\ballow me to) {ADVERBS}{do}"
    yield rf"{promise}[^.?!]*?\b{AT_ONCE}\b"
    yield rf"\b{AT_ONCE}\b[^.?!]*?{promise}"
    yield rf"\bwhile (?:i|we)(?:'m|'re)? (?:{do}|{doing})"


def things(*, is_it: bool) -> str:
    """What the deed is done to: also "it", if that can be nothing else."""
    return rf"(?:{ANY_THING}|\b(?:{IT})\b)" if is_it else ANY_THING


def _to(thing: str) -> str:
    return rf" (?:you )?{_object(thing)}"


def _object(thing: str) -> str:
    by_way = r"(?:in |up |out )?(?:for |with )?(?:(?:it|this|that) as )?"
    return rf"{by_way}(?:(?:an?|another|one|{DETERMINER}) )?{BETWEEN}{{0,3}}?{thing}"
