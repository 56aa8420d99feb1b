"""What of an order a caller's words mean: a table of what is said, and what it says of everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.naming import Goods
from shop.samples import PRODUCTS
from shop.wanted import wanted
from shop.wording import PHRASES, TABLE, Kind, NotUnderstoodError
from tools.speech import counted

VASE, TOWELS, DESK, FLOOR = (1, "glass vase"), (3, "bath towel"), (1, "desk lamp"), (1, "brass floor lamp")
ONE, TWO, FOUR = [DESK], [VASE, TOWELS], [VASE, TOWELS, DESK, FLOOR]
ALL, NOTHING = {0, 1, 2, 3}, set[int]()

OF_ONE = {
    "": {0},
    "it": {0},
    "the item": {0},
    "the lamp": {0},
    "the lamps": {0},
    "a desk lamp": {0},
    "all of it": {0},
    "Everything.": {0},
    "the first one": {0},
    "the whole order": {0},
    "yes please": {0},
    "not the lamp": NOTHING,
    "I don't want to return it": NOTHING,
    "nothing": NOTHING,
    "the sofa": NOTHING,
    "both": NOTHING,
    "two lamps": NOTHING,
    "the second one": NOTHING,
    "everything but the lamp": NOTHING,
    "the other one": NOTHING,
    "I want to keep it": NOTHING,
    "hm, let me think": NOTHING,
}
OF_TWO = {
    "": NOTHING,
    "it": NOTHING,
    "both": {0, 1},
    "Both of them, please!": {0, 1},
    "both the vase and the towels": {0, 1},
    "the vase and the towels": {0, 1},
    "the vase, the towels, both": {0, 1},
    "everything but the vase": {1},
    "both but not the vase": {1},
    "all but the first one": {1},
    "not the vase, the towels": {1},
    "not the vase. The towels.": {1},
    "not the vase but the towels": {1},
    "not the vase, but the towels": {1},
    "not the vase, the rest": {1},
    "keep the vase, return the other one": {1},
    "keep the towels, return the other one": {0},
    "the last one": {1},
    "all four": {0, 1},
    "all three": NOTHING,
    "everything except the vase and the towels": NOTHING,
    "not the vase, the towels and": NOTHING,
}
OF_FOUR = {
    # all of it
    "all": ALL,
    "everything": ALL,
    "Everything.": ALL,
    "\N{LEFT DOUBLE QUOTATION MARK}Everything\N{RIGHT DOUBLE QUOTATION MARK}": ALL,
    '"everything"': ALL,
    "EVERYTHING!!!": ALL,
    "everything, please": ALL,
    "I'd like to send everything back": ALL,
    "all of them": ALL,
    "all four items": ALL,
    "all 4": ALL,
    "every single one": ALL,
    "the lot": ALL,
    "my entire order": ALL,
    "everything from order 10154": ALL,
    "everything in the order": ALL,
    "the vase and everything else": ALL,
    "the vase and the rest": ALL,
    # one thing
    "vase": {0},
    "the vase.": {0},
    "Vase?": {0},
    "the glass vases": {0},
    "glass-vase": {0},
    "just the vase": {0},
    "nothing but the vase": {0},
    "the vase and nothing else": {0},
    "the vase, keep the rest": {0},
    "the vase I'd like to return": {0},
    "can you take back the vase": {0},
    "the vase goes back": {0},
    "the towels": {1},
    "three towels": {1},
    "all three of the towels": {1},
    "all the towels from my order": {1},
    "brass lamp": {3},
    "the brass floor lamp of order number 10154": {3},
    # several
    "the vase and the towels": {0, 1},
    "vase, towels": {0, 1},
    "vase & towels": NOTHING,
    "the vase as well as the towels": {0, 1},
    "the vase. And the towels.": {0, 1},
    "the vase, the towels, and the desk lamp": {0, 1, 2},
    "both lamps": {2, 3},
    "all the lamps": {2, 3},
    "the two lamps": {2, 3},
    "both the vase and the towels": {0, 1},
    # by their places
    "the first": {0},
    "the first one": {0},
    "first and third": {0, 2},
    "the first two": {0, 1},
    "the last two items": {2, 3},
    "the 2nd": {1},
    "number two": {1},
    "item 4": {3},
    "the second lamp": {3},
    "the last one": {3},
    # all but something
    "everything except the vase": {1, 2, 3},
    "Everything, except the vase.": {1, 2, 3},
    "Everything. Except the vase.": {1, 2, 3},
    "everything (except for the vase)": {1, 2, 3},
    "everything \N{EM DASH} except the vase": {1, 2, 3},
    "everything but the vase": {1, 2, 3},
    "everything, but not the vase": {1, 2, 3},
    "everything but I'd like to keep the vase": {1, 2, 3},
    "everything, I'll keep the vase": {1, 2, 3},
    "everything, not the vase": {1, 2, 3},
    "all apart from the vase": {1, 2, 3},
    "everything other than the vase": {1, 2, 3},
    "everything without the vase": {1, 2, 3},
    "everything minus the vase": {1, 2, 3},
    "keep the vase, return the rest": {1, 2, 3},
    "not the vase, everything else": {1, 2, 3},
    "I'll keep the vase. Everything else goes back.": {1, 2, 3},
    "everything except the vase and the towels": {2, 3},
    "everything except the vase, the towels and the desk lamp": {3},
    "all but the last two": {0, 1},
    "everything except both lamps": {0, 1},
    "all the lamps but the brass one": {2},
    "the lamps except the desk lamp": {3},
    # this, and not that
    "the towels, not the vase": {1},
    "the towels not the vase": {1},
    "the towels but not the vase": {1},
    "the vase and the towels, but not the lamps": NOTHING,  # which of the lamps? it makes no difference, and is asked
    "the vase and the towels, but not the desk lamp": {0, 1},
    "not the vase, the towels": {1},
    "keep the vase, return the towels": {1},
    "keep the vase and return the towels": {1},
    "return the towels and keep the vase": {1},
    "I'll keep the vase, the towels go back": {1},
    "don\N{RIGHT SINGLE QUOTATION MARK}t return the vase, return the towels": {1},
    "not the vase, not the towels, the desk lamp": {2},
    "everything except the vase goes back": {1, 2, 3},
    # nothing to send back, or nothing that is plain
    "not the vase": NOTHING,
    "not the vase or the towels": NOTHING,
    "not the vase, the towels, or the desk lamp": NOTHING,
    "not the vase and the towels": NOTHING,
    "not the vase, the towels and the desk lamp": NOTHING,
    "not the vase, the towels, but the desk lamp": NOTHING,
    "no vase": NOTHING,
    "no one": NOTHING,
    "don't return the vase": NOTHING,
    "please do not send the vase back": NOTHING,
    "I don't want the vase": NOTHING,
    "I want the vase": NOTHING,
    "the vase I do not want to return": NOTHING,
    "the vase I want to keep": NOTHING,
    "the vase should not go back": NOTHING,
    "the vase I do not return the towels": NOTHING,
    "the vase stays": NOTHING,
    "keep the vase and the towels": NOTHING,
    "keep the vase. And the towels.": NOTHING,
    "keep the vase return the towels": NOTHING,
    "everything except the vase. And the towels.": NOTHING,
    "everything except the vase and the towels go back": {2, 3},
    "everything except the vase, not the towels": NOTHING,
    "keep everything except the vase": NOTHING,
    "not everything": NOTHING,
    "not all of them": NOTHING,
    "not everything except the vase": NOTHING,
    "everything except": NOTHING,
    "everything but": NOTHING,
    "the vase and...": NOTHING,
    "not": NOTHING,
    "keep": NOTHING,
    "not only the vase": NOTHING,
    "not not the vase": NOTHING,
    "the vase, no, the towels": NOTHING,
    "the vase, sorry, the towels": NOTHING,
    "the vase, not the vase": NOTHING,
    "the vase except the towels": NOTHING,
    "the vase but the towels": NOTHING,
    "everything, the vase and the towels": NOTHING,
    "everything except the sofa": NOTHING,
    "everything that is broken": NOTHING,
    "the vase or the towels": NOTHING,
    "either": NOTHING,
    "any of them": NOTHING,
    "the lamp": NOTHING,
    "the lamps": NOTHING,
    "one of the towels": NOTHING,
    "a towel": NOTHING,
    "two towels": NOTHING,
    "the first towel": NOTHING,
    "the second two": NOTHING,
    "the first five": NOTHING,
    "the fifth": NOTHING,
    "all but one": NOTHING,
    "some of them": NOTHING,
    "half": NOTHING,
    "two": NOTHING,
    "both": NOTHING,
    "the rest": NOTHING,
    "the other one": NOTHING,
    "the sofa": NOTHING,
    "the vase the towels": NOTHING,
    "none": NOTHING,
    "": NOTHING,
    " \n\t": NOTHING,
    "...": NOTHING,
    "the vase" * 60: NOTHING,
    "le vase": NOTHING,
    "\N{AMPHORA}": NOTHING,
}
FORMS = ((ONE, OF_ONE), (TWO, OF_TWO), (FOUR, OF_FOUR))
TABLES = [(goods, said, places) for goods, forms in FORMS for said, places in forms.items()]


def meaning(goods: Goods, said: str) -> set[int]:
    """The places that are meant, and none where it is asked."""
    try:
        places = wanted(goods, said)
    except NotUnderstoodError:
        return NOTHING
    assert places, "what is understood names something"
    return places


@pytest.mark.parametrize(("goods", "said", "places"), TABLES)
def test_words_mean_what_a_person_would_take_them_for_or_are_asked(goods: Goods, said: str, places: set[int]) -> None:
    assert meaning(goods, said) == places


@pytest.mark.parametrize(
    ("goods", "said", "places"),
    [
        ([(1, "ash bar stool"), VASE], "the bar stool", {0}),
        ([(1, "all-purpose cleaner"), VASE], "the all purpose cleaner", {0}),
        ([(1, "all-purpose cleaner"), VASE], "all", {0, 1}),
        ([(2, "no-slip bath mat"), VASE], "no slip bath mats", {0}),
        ([(2, "no-slip bath mat"), VASE], "everything except the no-slip bath mat", {1}),
        ([(1, "lamp"), DESK], "the lamp", {0}),
        ([(1, "lamp"), DESK], "the desk lamp", {1}),
        ([DESK, DESK], "the desk lamp", NOTHING),
        ([DESK, DESK], "the second one", {1}),
        ([(2, "oak wall shelf"), VASE], "the shelves", {0}),
        ([(6, "wine glass"), VASE], "the wine glasses", {0}),
        ([(6, "wine glass"), VASE], "the glasses", NOTHING),
        ([(2, "bread knife"), VASE], "both knives", {0}),
        ([(1, "children's lamp"), VASE], "the children\N{RIGHT SINGLE QUOTATION MARK}s lamp", {0}),
        ([(21, "mug"), VASE], "twenty-one mugs", {0}),
        ([(1, "???"), VASE], "???", NOTHING),
        ([], "everything", NOTHING),
    ],
)
def test_products_may_be_called_like_anything(goods: Goods, said: str, places: set[int]) -> None:
    assert meaning(goods, said) == places


@given(st.lists(st.tuples(st.integers(1, 99), st.sampled_from([name for _, name, _ in PRODUCTS])), min_size=1))
def test_what_is_read_out_to_the_caller_is_understood_when_they_repeat_it(goods: list[tuple[int, str]]) -> None:
    names = [name for _, name in goods]
    for place, (quantity, product) in enumerate(goods):
        if names.count(product) == 1:
            assert meaning(goods, counted(quantity, product)) == {place}


WORDS = st.sampled_from([" ".join(words) for words in TABLE])
OURS = st.sampled_from([f"the {product}" for _, product in FOUR] + ["vase", "towels", "lamp"])
PLAIN = st.sampled_from([said for said, places in OF_FOUR.items() if places])
SENTENCES = st.one_of(PLAIN, st.lists(st.one_of(WORDS, OURS, st.text(max_size=5)), max_size=12).map(" ".join))


@given(SENTENCES)
def test_whatever_is_said_is_understood_or_asked(said: str) -> None:
    for goods in (ONE, TWO, FOUR):
        assert meaning(goods, said) <= set(range(len(goods)))


NEGATIONS = [each for kind in (Kind.NOT, Kind.KEEP, Kind.EXCEPT) for each in PHRASES[kind].split(", ")]
NAMES = ["vase", "towels", "desk lamp", "floor lamp"]


@given(SENTENCES, st.sampled_from(NEGATIONS), st.sampled_from(NAMES), SENTENCES)
def test_nothing_that_is_named_with_a_negation_goes_back(before: str, negation: str, name: str, after: str) -> None:
    assert NAMES.index(name) not in meaning(FOUR, f"{before} {negation} the {name} {after}")
