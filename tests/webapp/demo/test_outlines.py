import pytest
import shapely
from shapely.geometry import Point

from gis.crs import to_rd
from webapp.demo.outlines import PARTS, cases, figures, fingerprint, outlines

ON_THE_CARD = (4.6545, 52.3612)


def of_level(level: str) -> list:
    return [outline for outline in outlines() if outline.level == level]


def by_code() -> dict:
    return {outline.code: outline for outline in outlines()}


def test_five_municipalities_and_some_thirty_places_are_drawn():
    assert [area.name for area in of_level("municipality")] == [
        "Beverwijk",
        "Haarlem",
        "Haarlemmermeer",
        "Velsen",
        "Zandvoort",
    ]
    assert 25 <= len(outlines()) - 5 <= 40


def test_every_place_that_the_covenant_names_is_drawn():
    names = {outline.name for outline in outlines()}
    named = {"IJmuiden", "Velsen-Noord", "Graan voor Visch", "Linquenda"}
    schalkwijk = {"Europawijk", "Boerhaavewijk", "Molenwijk", "Meerwijk"}
    assert named | schalkwijk | {"Toolenburg West", "Toolenburg Oost", "Toolenburg Zuid"} <= names


@pytest.mark.parametrize("outline", outlines(), ids=lambda outline: outline.code)
def test_an_outline_is_one_simple_polygon_in_the_programme_area(outline):
    assert outline.geometry.is_valid
    assert outline.geometry.geom_type == "Polygon"
    assert shapely.box(92_000, 469_000, 122_000, 506_000).covers(outline.geometry)


@pytest.mark.parametrize("level", ["municipality", "district", "neighbourhood"])
def test_neighbours_of_one_level_touch_without_overlap(level):
    shapes = [outline.geometry for outline in of_level(level)]
    for first, second in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        if first != second:
            assert shapes[first].intersection(shapes[second]).area < 1


def test_districts_meet_corner_to_corner_so_that_no_sliver_shows():
    assert shapely.coverage_is_valid([outline.geometry for outline in of_level("district")])


def test_a_neighbourhood_lies_in_its_district_and_a_district_in_its_municipality():
    drawn = by_code()
    for outline in outlines():
        if outline.parent_code:
            parent = drawn[outline.parent_code]
            assert parent.municipality_code == outline.municipality_code
            assert outline.geometry.difference(parent.geometry).area < 1


def test_codes_of_our_own_cannot_be_taken_for_cbs_codes():
    for outline in outlines():
        if outline.no_figures:
            assert outline.code.startswith("SX")
        else:
            assert outline.code[:2] in {"GM", "WK", "BU"}


def test_a_place_has_figures_or_says_why_not():
    for outline in outlines():
        assert (outline.code in figures()) != bool(outline.no_figures)


def test_every_figure_belongs_to_a_drawn_place_and_is_a_number():
    assert set(figures()) <= set(by_code())
    assert figures()["WK039219"]["aantal_inwoners"] == 9255
    assert figures()["WK047304"]["gemiddelde_woningwaarde"] is None


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.slug)
def test_the_parts_of_a_case_lie_apart_and_inside_its_municipality(case):
    municipality = by_code()[case.municipality_code].geometry
    assert set(case.parts) == set(PARTS)
    for kind, part in case.parts.items():
        assert part.is_valid
        assert part.area > 500_000
        assert part.difference(municipality).area < 1
        for other, second in case.parts.items():
            assert kind == other or part.intersection(second).area < 1


def test_there_are_the_five_cases_of_the_covenant():
    slugs = [case.slug for case in cases()]
    assert slugs == ["beverwijk", "haarlem", "haarlemmermeer", "velsen", "zandvoort"]


def test_the_known_point_lies_in_the_haarlem_case_and_in_the_invented_quarter():
    point = to_rd(Point(*ON_THE_CARD))
    haarlem = next(case for case in cases() if case.slug == "haarlem")
    assert haarlem.parts["vulnerable_neighbourhoods"].contains(point)
    assert by_code()["SX0392ZK"].geometry.contains(point)


def test_the_fingerprint_is_a_sha256_that_stays_the_same():
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 64
