import pytest
from shapely.geometry import Point
from sqlalchemy import func, select

from gis.crs import to_rd
from tests import factories
from webapp.areas.models import Area, AreaFigures, AreaImport, BaseFeature, Place
from webapp.deals.actions import load_deal
from webapp.deals.deal_file import shipped_deals
from webapp.deals.models import Case, CaseArea, CasePart
from webapp.demo.geography import load_geography, searchable
from webapp.demo.outlines import cases, outlines
from webapp.extensions import db
from webapp.geodata import shape, stored

TABLES = (Area, AreaFigures, AreaImport, BaseFeature, Place, CasePart, CaseArea)


@pytest.fixture
def demo(app):
    """The five cases without parts, and the geography loaded."""
    deal = factories.make_deal()
    made = {}
    for outline in cases():
        case = factories.make_case(
            deal, slug=outline.slug, municipality_code=outline.municipality_code
        )
        db.session.query(CasePart).filter_by(case_id=case.id).delete()
        made[outline.slug] = case
    load_geography(db.session)
    return made


def counts() -> dict:
    return {
        table.__name__: db.session.scalar(select(func.count()).select_from(table))
        for table in TABLES
    }


def area_of(code: str) -> Area:
    return db.session.scalars(select(Area).filter_by(code=code, year=2024)).one()


def figures_of(code: str) -> AreaFigures:
    return db.session.scalars(select(AreaFigures).filter_by(area_id=area_of(code).id)).one()


def test_all_areas_are_loaded_and_marked_as_schematic(demo):
    areas = db.session.scalars(select(Area)).all()
    assert {area.code for area in areas} == {outline.code for outline in outlines()}
    assert all(area.is_schematic and area.year == 2024 for area in areas)


def test_loading_twice_changes_nothing(demo):
    before = counts()
    load_geography(db.session)
    assert counts() == before


def test_figures_name_cbs_and_outlines_name_us(demo):
    figures = figures_of("WK039219")
    assert figures.figures["aantal_inwoners"] == 9255
    assert db.session.get(AreaImport, figures.import_id).attribution == "CBS"
    drawn = db.session.get(AreaImport, area_of("WK039219").import_id)
    assert "Schematic" in drawn.attribution


def test_a_place_without_figures_says_so_for_each_of_them(demo):
    figures = figures_of("SX0453IJ")
    assert figures.figures == {}
    assert figures.missing["aantal_inwoners"] == "missing"
    source = db.session.get(AreaImport, figures.import_id)
    assert "four CBS wijken" in source.report["without_figures"]["SX0453IJ"]


def test_every_case_gets_its_three_parts(demo):
    for case in demo.values():
        parts = db.session.scalars(select(CasePart).filter_by(case_id=case.id)).all()
        kinds = {part.kind for part in parts}
        assert kinds == {"vulnerable_neighbourhoods", "town_edge", "outer_area"}
        assert all(part.is_schematic for part in parts)


def test_the_haarlem_case_covers_boerhaavewijk_whole_and_parkwijk_in_part(demo):
    rows = db.session.execute(
        select(Area.code, CaseArea.share).join(Area).where(CaseArea.case_id == demo["haarlem"].id)
    )
    shares = dict(rows.all())
    assert shares["WK039219"] == pytest.approx(1)
    assert shares["SX0392ZK"] == pytest.approx(1)
    assert 0.2 < shares["WK039209"] < 0.8
    assert "WK039401" not in shares


def test_parts_that_somebody_else_drew_are_kept(app):
    case = factories.make_case(slug="haarlem")
    before = [shape(part.geom) for part in case.parts]
    load_geography(db.session)
    db.session.expire_all()
    assert [shape(part.geom) for part in case.parts] == before


def test_a_real_outline_is_never_replaced_by_a_schematic_one(app):
    real = factories.make_area("district", "WK039219", name="Boerhaavewijk (CBS)")
    load_geography(db.session)
    assert area_of("WK039219").id == real.id
    assert not area_of("WK039219").is_schematic
    assert area_of("WK039219").name == "Boerhaavewijk (CBS)"


def test_figures_that_somebody_imported_for_a_schematic_area_stay(demo):
    given = {"source_id": "cbs_kwb", "source": "CBS", "year": 2024, "origin": "a test"}
    said = {"licence": "CC BY 4.0", "attribution": "CBS", "sha256": "0" * 64}
    rows = {"rows_in": 1, "rows_loaded": 1, "rows_rejected": 0, "retrieved_at": func.now()}
    imported = factories.add(AreaImport(**given, **said, **rows))
    area = area_of("WK039219")
    db.session.add(AreaFigures(area_id=area.id, import_id=imported.id, figures={"a": 1}))
    db.session.flush()
    load_geography(db.session)
    kept = select(AreaFigures).filter_by(area_id=area.id, import_id=imported.id)
    assert db.session.scalars(kept).one().figures == {"a": 1}


def test_an_address_is_found_by_street_number_and_postcode_without_a_space(demo):
    place = db.session.scalars(
        select(Place).filter_by(kind="address", street="Sterrenmosstraat", number="12")
    ).one()
    assert place.is_schematic
    assert place.search == "sterrenmosstraat 12 0100 zg zilverkwartier 0100zg"


def test_neighbourhoods_and_landmarks_are_places_too(demo):
    labels = set(db.session.scalars(select(Place.label).where(Place.kind != "address")))
    assert {
        "IJmuiden, Velsen",
        "Boerhaavewijk, Haarlem",
        "Zilverpark, Zilverkwartier",
        "Reinaldapark, Haarlem",
        "PARK21, Haarlemmermeer",
    } <= labels


def test_the_known_point_falls_in_the_invented_quarter(demo):
    point = stored(to_rd(Point(4.6545, 52.3612)))
    codes = db.session.scalars(select(Area.code).where(func.ST_Contains(Area.geom, point)))
    assert set(codes) == {"GM0392", "WK039219", "SX0392ZK"}


def test_labels_are_drawn_last_and_land_first(demo):
    kinds = db.session.scalars(select(BaseFeature.kind).order_by(BaseFeature.id)).all()
    assert kinds[0] == "land"
    assert kinds[-1].startswith("label_")
    assert kinds.index("building") > kinds.index("built_up")


def test_search_text_is_plain_and_lower_case():
    assert searchable("Café 't Hoekje,  Één 5") == "cafe 't hoekje een 5"


def test_every_case_of_the_shipped_deal_gets_its_parts_and_municipality(app):
    for path in shipped_deals():
        load_deal(path)
    load_geography(db.session)
    drawn = {case.slug: case.municipality_code for case in cases()}
    for case in db.session.scalars(select(Case)):
        assert case.municipality_code == drawn.pop(case.slug)
        assert len(case.parts) == 3
    assert drawn == {}
