"""The 39 published wijken of Haarlem and Haarlemmermeer as a choropleth, holes with their reason."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from layers.sources.cbs import read_areas
from layers.sources.metadata import CBS_AREAS
from layers.wording import MISSING
from tests import factories
from webapp.areas.actions import Origin, import_areas
from webapp.areas.models import Area, AreaFigures
from webapp.extensions import db

pytestmark = pytest.mark.real_data
DENSITY = "bevolkingsdichtheid_inwoners_per_km2"


@pytest.fixture
def planner(pages):
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA names no folder with real data")
    path = Path(folder) / "haarlem_region" / "wijken_haarlem.gpkg"
    file = read_areas(path)
    import_areas(iter(file), lambda: file.report, Origin(CBS_AREAS, path.name, file.report.sha256))
    deal = factories.make_deal()
    factories.make_case(deal, slug="haarlem-real", municipality_code="GM0392")
    factories.make_case(deal, slug="meer-real", municipality_code="GM0394")
    pages.sign_in(factories.make_user("planner", deal=deal))
    return pages


def _figures() -> list[AreaFigures]:
    return list(db.session.scalars(select(AreaFigures).join(Area).order_by(Area.code)))


def test_all_39_wijken_are_shown_and_each_hole_says_why(planner) -> None:
    rows = _figures()
    assert len(rows) == 39
    reasons = {reason for row in rows for reason in row.missing.values()}
    assert {"secret", "later_release"} <= reasons
    figure = next(
        key for key in rows[0].missing if sum(row.missing.get(key) == "later_release" for row in rows) == 39
    )  # fmt: skip
    made = rows[0]
    made.missing = made.missing | {figure: "discontinued"}
    rows[1].missing = rows[1].missing | {figure: "secret"}
    rows[2].missing = {key: why for key, why in rows[2].missing.items() if key != figure}
    rows[2].figures = rows[2].figures | {figure: 12.0}
    db.session.flush()
    page = planner.get(f"/nl/planning?layer=cbs.{figure}&level=district&year=2024")
    for reason in ("secret", "later_release", "discontinued"):
        assert MISSING[reason]["nl"] in page.text, reason
    assert len([row for row in page.all("tr") if "data-key" in row]) == 39


def test_their_density_is_in_classes_that_hold_all_39(planner) -> None:
    page = planner.get("/nl/planning?level=district&year=2024")
    keys = [row["data-key"] for row in page.all("tr") if "data-key" in row]
    assert len(keys) == 39
    known = [row.figures[DENSITY] for row in _figures() if DENSITY in row.figures]
    assert len(known) > 30
    assert "CBS, Kadaster" in page.text
