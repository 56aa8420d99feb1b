"""What a caller said, or a transcript made of it, as the value that was meant.

Each value is found by its shape, whatever was said around it. What could be two values, or none, is not understood:
that is asked again and never guessed.
"""

from tools.hearing.codes import code
from tools.hearing.emails import email
from tools.hearing.numerals import TEENS, TENS, UNITS
from tools.hearing.orders import order_number
from tools.hearing.phones import phone
from tools.hearing.postcodes import postcode

__all__ = ["TEENS", "TENS", "UNITS", "code", "email", "order_number", "phone", "postcode"]
