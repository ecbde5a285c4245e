import pytest
import shapely

from gis.crs import to_lonlat
from layers.sources import pdok
from layers.sources.http import SourceUnavailable
from tests import factories
from webapp.areas.queries import nearby, search_places
from webapp.areas.queries import pdok as queried

X, Y = factories.HAARLEM
HERE = shapely.Point(X, Y)


@pytest.fixture
def case(app):
    return factories.make_case(slug="haarlem")


def test_the_finest_newest_area_on_land_is_named(app):
    factories.make_area("municipality", "GM0392", name="Haarlem", side=9000, year=2025)
    factories.make_area("district", "WK039201", name="Schalkwijk", side=3000)
    factories.make_area("neighbourhood", "BU03920101", name="Oud Meerwijk", year=2023)
    newest = factories.make_area("neighbourhood", "BU03920101", name="Meerwijk")
    factories.make_area("neighbourhood", "BU03920199", name="Plas", water=True, year=2025)
    assert (nearby(HERE).area, nearby(HERE).area_id) == ("Meerwijk", newest.id)


def test_the_nearest_place_is_named_when_it_is_near(app):
    factories.make_place("Zonlaan 1, 0100 ZA", kind="address", street="Zonlaan", number="1")
    factories.make_place("Maanlaan, Zilverkwartier", at=(X + 200, Y), street="Maanlaan")
    factories.make_place("De Vuurvlieg, Zilverkwartier", at=(X + 900, Y), kind="landmark")
    factories.make_place("Meerwijk", at=(X + 400, Y), kind="neighbourhood")
    assert nearby(HERE).place == "Zonlaan 1"
    assert nearby(shapely.Point(X + 190, Y)).place == "Maanlaan"
    assert nearby(shapely.Point(X + 899, Y)).place == "De Vuurvlieg"
    assert nearby(shapely.Point(X + 500, Y + 400)).words == ""


def test_a_route_is_named_by_its_middle(app):
    factories.make_place("Zonlaan", street="Zonlaan")
    assert nearby(shapely.LineString([(X - 900, Y), (X + 900, Y)])).place == "Zonlaan"


def test_an_exact_number_comes_before_longer_ones(case):
    for number in (120, 12, 112):
        label = f"Zonlaan {number}"
        factories.make_place(label, kind="address", street="Zonlaan", number=str(number))
    factories.make_place("Zonlaan", street="Zonlaan")
    assert [each.label for each in search_places(case, "zonl 12").found] == ["Zonlaan 12", "Zonlaan 120"]  # fmt: skip
    assert search_places(case, "zonlaan").found[0].label == "Zonlaan"


def test_the_search_answers_with_places_inside_the_case_only(client, case):
    factories.make_place("Zonlaan, Haarlem")
    factories.make_place("Zonlaan, ver weg", at=(X - 9000, Y))
    answer = client.get("/nl/search?case=haarlem&q=zonlaan").json
    (found,) = answer["results"]
    here = to_lonlat(HERE)
    assert found["label"] == "Zonlaan, Haarlem"
    assert (found["lon"], found["lat"]) == pytest.approx((here.x, here.y), abs=1e-6)
    assert client.get("/nl/search?case=haarlem").json["results"] == []
    assert client.get("/nl/search?case=nergens&q=zon").status_code == 404


def hit(x: float, y: float, label: str) -> pdok.SearchHit:
    place = to_lonlat(shapely.Point(x, y))
    return pdok.SearchHit("adres", label, place.x, place.y)


def test_the_national_list_is_asked_within_the_municipality(case, app, monkeypatch):
    asked = []

    def search(words, municipalities, **_options):
        asked.append((words, municipalities))
        return [hit(X - 9000, Y, "Ver weg 1"), hit(X, Y, "Dichtbij 1")]

    monkeypatch.setitem(app.config, "ADDRESS_SEARCH", "pdok")
    monkeypatch.setattr(queried, "search", search)
    results = search_places(case, "zonlaan 1")
    assert asked == [("zonlaan 1", ["Haarlem"])]
    assert [(each.label, each.inside) for each in results.found] == [
        ("Ver weg 1", False),
        ("Dichtbij 1", True),
    ]
    monkeypatch.setattr(queried, "search", lambda *_given, **_options: [])
    assert search_places(case, "zonlaan 1").found == []


def test_when_the_national_list_is_away_our_own_answers_and_says_so(case, app, monkeypatch):
    def away(*_given, **_options):
        raise SourceUnavailable("away")

    factories.make_place("Zonlaan")
    monkeypatch.setitem(app.config, "ADDRESS_SEARCH", "pdok")
    monkeypatch.setattr(queried, "search", away)
    results = search_places(case, "zonlaan")
    assert (results.fell_back, results.source, len(results.found)) == (True, "local", 1)
