import pytest

from tools import hearing


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("123456", "123456"),
        ("1 2 3 4 5 6", "123456"),
        ("123 456", "123456"),
        ("it's one two three, four five six", "123456"),
        ("oh four double oh one seven", "040017"),
        ("000000", "000000"),
        ("one two three", None),
        ("1234567", None),
        ("123456 or 654321", None),
        ("I haven't got it yet", None),
        ("", None),
    ],
)
def test_a_code_is_six_digits_however_they_are_said(said: str, meant: str | None) -> None:
    assert hearing.code(said) == meant
