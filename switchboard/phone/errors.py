"""What can go wrong with phones, told in one line that a person can act on."""


class PhoneError(Exception):
    """LiveKit cannot do what the phone needs; its text is one line for people, without secrets."""
