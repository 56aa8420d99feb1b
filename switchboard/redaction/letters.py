"""Letters by their names, and by the words that spell them."""

ALPHABET = (
    "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa "
    "quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
)
NAMES = (
    "a ay | b bee | c cee | d dee | f eff | g gee | h aitch haitch | j jay | k kay | l ell | m em | n en | "
    "q cue queue | s ess | v vee | w doubleu doubleyou dubya | y wye | z zed zee"
)
NAMED = {name: letter for letter, *names in map(str.split, NAMES.split("|")) for name in names}
LETTERS = {word: word[0] for word in ALPHABET.split()} | NAMED
SOUNDS = (
    "a eh hey | b be | c sea see | e ee | i eye | l el | p pea pee | r are | s es | t tea tee | u you yew | x ex | "
    "y why | 1 won | 2 to too | 4 for fore | 8 ate"
)
HEARD_AS = {word: symbol for symbol, *words in map(str.split, SOUNDS.split("|")) for word in words}
"""What a recogniser writes for a letter, or a digit, that was spelled."""
