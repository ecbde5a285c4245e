from dataclasses import dataclass
from typing import Any

import pytest

from tests import factories
from tests.page_client import Page, PageClient
from webapp.deals.models import Case, Deal
from webapp.interventions.models import Intervention

AREA = (
    '{"type":"Polygon","coordinates":[[[4.650,52.360],[4.656,52.360],[4.656,52.364],'
    "[4.650,52.364],[4.650,52.360]]]}"
)


@dataclass
class Desk:
    """A case manager signed in at the desk of one case."""

    pages: PageClient
    deal: Deal
    case: Case
    user: Any

    def new(self) -> Page:
        return self.pages.get(f"/nl/interventions/new/{self.case.slug}")

    def make(self, page: Page | None = None, status: int = 200, **fields: Any) -> Page:
        page = page or self.new()
        return self.pages.post(
            f"/nl/interventions/new/{self.case.slug}", page, status, **form_of(page, **fields)
        )

    def edit(self, intervention: Intervention) -> Page:
        return self.pages.get(f"/nl/interventions/{intervention.id}/edit")

    def save(
        self, page: Page, intervention: Intervention, status: int = 200, **fields: Any
    ) -> Page:
        path = f"/nl/interventions/{intervention.id}/edit"
        return self.pages.post(path, page, status, **form_of(page, **fields))


def form_of(page: Page, **fields: Any) -> dict[str, Any]:
    hidden = {
        found["name"]: found["value"]
        for found in page.all("input", type="hidden")
        if found.get("name") in {"form_key", "version"}
    }
    plain = {"title_nl": "Bomen", "summary_nl": "Er komen bomen.", "phase": "idea"}
    return hidden | plain | fields


@pytest.fixture
def desk(pages: PageClient) -> Desk:
    deal = factories.make_deal()
    case = factories.make_case(deal)
    user = factories.make_user("case_manager", case=case)
    pages.sign_in(user)
    return Desk(pages, deal, case, user)
