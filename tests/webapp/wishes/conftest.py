"""A case in Haarlem where wishes are welcome, and a resident who walks through the form."""

from dataclasses import dataclass

import pytest
from flask import Flask

from tests import factories
from tests.page_client import Page, PageClient
from webapp.deals.models import Case, CaseArea


@pytest.fixture
def case(app: Flask) -> Case:
    """A case with an open round, a neighbourhood and a few places."""
    case = factories.make_case(slug="haarlem")
    factories.make_round(case)
    area = factories.make_area(name="Meerwijk")
    factories.add(CaseArea(case_id=case.id, area_id=area.id, share=1.0))
    factories.make_place(
        "Zilverlindelaan 12, 0100 ZA Zilverkwartier",
        kind="address",
        street="Zilverlindelaan",
        number="12",
        search="zilverlindelaan 12 0100 za zilverkwartier 0100za",
    )
    return case


@dataclass
class Resident:
    """Someone who fills in the form without a script."""

    pages: PageClient
    page: Page
    lang: str

    @property
    def path(self) -> str:
        """Where this resident is now."""
        return self.pages.response.request.path

    def give(self, status: int = 200, **fields: str) -> Page:
        """Answer the question of this screen."""
        self.page = self.pages.post(self.path, self.page, status, **fields)
        return self.page

    def go(self, step: str) -> Page:
        """To another screen of the same form."""
        self.page = self.pages.get(self.path.rpartition("/")[0] + "/" + step)
        return self.page

    def to_words(self) -> Page:
        """From the place on: a wish about green."""
        self.give(kind="wish")
        return self.give(theme="green")

    def to_check(self, text: str = "Meer schaduw") -> Page:
        """Everything but sending."""
        self.to_words()
        return self.give(text=text)

    def by_address(self) -> Page:
        """Choose a place through the second door."""
        self.give(door="address")
        self.give(typed="zilverlindelaan 12")
        return self.give(place="0")


@pytest.fixture
def resident(app: Flask, pages: PageClient, case: Case) -> Resident:
    """At the first screen, in Dutch; the form may be filled in as fast as a test does."""
    app.config["MINIMUM_FILL_SECONDS"] = 0
    return Resident(pages, pages.get("/nl/cases/haarlem/wishes/new"), "nl")
