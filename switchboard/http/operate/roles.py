"""What operators may do: each role may do all that the one before it may."""

from enum import StrEnum


class Role(StrEnum):
    """In the order of what they may."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def covers(self, least: "Role") -> bool:
        """Whether who has this role may do what takes that one at least."""
        order = list(Role)
        return order.index(self) >= order.index(least)
