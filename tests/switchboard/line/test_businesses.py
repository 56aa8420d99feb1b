"""Businesses that share one database."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table

from switchboard.line.business import Business, BusinessError
from switchboard.line.businesses import businesses_of
from switchboard.line.workflow import Workflow
from tests.stage.stage import LINE


def business(name: str, *tables: str) -> Business:
    known = MetaData()
    for table in tables:
        Table(table, known, Column("id", Integer, primary_key=True))
    return Business(name, known, Path())


def line(of: Business | None) -> Workflow:
    return replace(LINE, business=of)


def test_a_business_of_two_lines_is_one_and_a_line_without_has_none() -> None:
    shop, clinic = business("shop", "orders"), business("clinic", "visits")

    assert businesses_of([line(shop), line(None), line(clinic), line(shop)]) == (shop, clinic)
    assert businesses_of([line(None)]) == ()


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (business("shop", "visits"), "two businesses are named shop"),
        (business("clinic", "orders"), "business clinic: its table orders is shop's too; rename it"),
        (business("clinic", "calls"), "business clinic: its table calls is switchboard's too; rename it"),
    ],
)
def test_two_that_cannot_be_side_by_side_are_refused(other: Business, told: str) -> None:
    with pytest.raises(BusinessError, match=told):
        businesses_of([line(business("shop", "orders")), line(other)])


@pytest.mark.parametrize("name", ["Shop", "", "my shop", "switchboard"])
def test_a_name_that_is_no_branch_is_refused(name: str) -> None:
    with pytest.raises(BusinessError, match=r"name"):
        business(name)
