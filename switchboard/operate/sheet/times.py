"""Times of a call as people read them."""


def clock(seconds: float, *, exact: bool = False) -> str:
    """2:05, or 2:05.25 where it has to be `exact`."""
    hundredths = round(max(seconds, 0) * 100)
    minutes, rest = divmod(hundredths, 6000)
    shown = f"{minutes}:{rest // 100:02}"
    return f"{shown}.{rest % 100:02}" if exact else shown
