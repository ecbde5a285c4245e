"""OGC API Features, on the running site: pygeoapi reads by a connection of its own."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from sqlalchemy import select, text

from gis.crs import CRS84_URI, RD_URI, to_lonlat
from tests import factories
from webapp.deals.models import Deal
from webapp.extensions import db
from webapp.open_data.datasets import all_datasets
from webapp.open_data.views import selections
from webapp.wishes.publication import published_wishes

AT = (105_090.0, 486_175.0)
BOX = "4.65,52.36,4.66,52.37"


@pytest.fixture(scope="module")
def site(live) -> Any:
    """The site with a case of its own: five wishes, of which two are not for everyone."""
    with live.rows():
        deal = db.session.scalar(select(Deal).filter_by(slug="mra-west"))
        case = factories.make_case(deal, slug="open-data")
        factories.make_wish(case, at=AT, status="published", theme="green")
        factories.make_wish(case, at=AT, status="published", theme="air_noise", precision="100m")
        factories.make_wish(case, at=AT, status="published", kind="unsafe")
        factories.make_wish(case, at=AT, status="submitted")
        factories.make_wish(case, at=AT, status="withdrawn")
        factories.make_intervention(case, at=AT, published_at=datetime.now(UTC))
        factories.make_intervention(case, at=AT)
    return live


@pytest.fixture(scope="module")
def get(site) -> Any:
    client = site.app.test_client()

    def ask(path: str, **headers: str) -> Any:
        return client.get(f"/ogc/{path}", headers=headers)

    return ask


def features(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return answer.get_json()["features"]


def test_the_views_hold_what_the_publication_rule_shows_and_nothing_else(site) -> None:
    with site.rows():
        rule = db.session.execute(select(published_wishes().subquery()).order_by(text("id"))).all()
        view = db.session.execute(text("SELECT *, ST_AsText(geom) AS shown FROM open_wishes ORDER BY id")).all()  # fmt: skip
        columns = selections()["open_wishes"].selected_columns.keys()
        places = db.session.execute(text("SELECT ST_AsText(geom) FROM open_wishes ORDER BY id")).scalars().all()  # fmt: skip
    assert [row.id for row in rule] == [row.id for row in view]
    assert [row.shown for row in view] == places
    assert not {"email", "code_hash", "submitted_at", "case_id"} & set(columns)


def test_only_published_wishes_are_given_and_as_precisely_as_they_may_be(get) -> None:
    given = features(get("collections/wishes/items?case_slug=open-data&crs=" + RD_URI))
    assert sorted(each["properties"]["theme"] for each in given) == ["air_noise", "green"]
    place = {each["properties"]["theme"]: each["geometry"]["coordinates"] for each in given}
    assert place["green"] == pytest.approx(AT, abs=0.001)
    assert place["air_noise"] == [105_050.0, 486_150.0]


def test_every_collection_answers_in_both_systems_and_to_a_world_box(get, site) -> None:
    with site.app.app_context():
        names = [dataset.id for dataset in all_datasets(site.app.config)]
    assert {"areas", "cases", "indicators", "interventions", "wishes"} < set(names)
    for name in names:
        for crs in (CRS84_URI, RD_URI):
            answer = get(f"collections/{name}/items?limit=1&bbox=-180,-90,180,90&crs={crs}")
            assert answer.status_code == 200, f"{name} {answer.text}"
            assert answer.headers["Content-Crs"] == f"<{crs}>"


def test_lon_lat_is_where_the_rest_of_the_program_puts_it(get) -> None:
    (given,) = features(get("collections/wishes/items?case_slug=open-data&theme=green"))
    from shapely.geometry import Point

    there = to_lonlat(Point(AT))
    assert given["geometry"]["coordinates"] == pytest.approx([there.x, there.y], abs=1e-9)


def test_a_box_in_rd_and_the_same_box_in_degrees_choose_the_same(get) -> None:
    here = features(get("collections/wishes/items?case_slug=open-data&bbox=105000,486000,105200,486300&bbox-crs=" + RD_URI))  # fmt: skip
    away = features(get("collections/wishes/items?case_slug=open-data&bbox=105000,487000,105200,488000&bbox-crs=" + RD_URI))  # fmt: skip
    assert len(here) == 2
    assert away == []
    assert len(features(get(f"collections/wishes/items?case_slug=open-data&bbox={BOX}"))) == 2


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("bbox=nan,52,5,53", "not_a_box"),
        ("bbox=4,52,inf,53", "not_a_box"),
        ("bbox=5,52,4,53", "box_upside_down"),
        ("bbox=4,53,5,52", "box_upside_down"),
        ("bbox=4,52,5", "not_a_box"),
        ("bbox=1e999,52,5,53", "not_a_box"),
        ("limit=0", "out_of_range"),
        ("limit=1001", "out_of_range"),
        ("limit=many", "not_a_number"),
        ("offset=-1", "not_a_number"),
        ("crs=EPSG:4326", "not_one_of"),
        ("bbox-crs=x&bbox=4,52,5,53", "not_one_of"),
        ("filter=id%3E1", "unknown_parameter"),
        ("nonsense=1", "unknown_parameter"),
        ("sortby=email", "not_one_of"),
        ("sortby=", "not_one_of"),
        ("properties=geom", "not_one_of"),
        ("theme=" + "x" * 300, "not_one_of"),
        ("theme=%00", "not_one_of"),
        ("is_demo=perhaps", "not_one_of"),
        ("datetime=yesterday", "not_a_date"),
        ("f=csv", "not_one_of"),
        ("limit=1&limit=2", "duplicate_name"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_its_reason(get, question, reason) -> None:
    answer = get(f"collections/wishes/items?{question}", **{"Accept-Language": "en"})
    assert answer.status_code == 400, answer.text
    assert answer.mimetype == "application/problem+json"
    (problem,) = answer.get_json()["errors"]
    assert problem["reason"] == reason
    assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "collections/nothing",
        "collections/nothing/items",
        "collections/wishes/items/0",
        "collections/wishes/items/99999999999999999999",
        "collections/wishes/items/abc",
        "collections/wishes/items/%F0%9F%8C%B3",
        "collections/layer-population-density/items/wrong",
        "collections/wishes/tiles",
        "processes",
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(get, path) -> None:
    answer = get(path)
    assert answer.status_code == 404, answer.text
    assert answer.mimetype == "application/problem+json"


def test_a_feature_is_given_in_its_own_collection_only(get) -> None:
    (figure,) = features(get("collections/indicators/items?limit=1&figure=aantal_inwoners"))
    assert get(f"collections/indicators/items/{figure['id']}").get_json()["id"] == figure["id"]
    elsewhere = get(f"collections/layer-population-density/items/{figure['id']}")
    assert elsewhere.status_code == 404


def test_documents_name_nothing_that_is_not_served(get) -> None:
    for path in ("", "conformance", "openapi", "collections", "collections/areas"):
        answer = get(path)
        assert answer.status_code == 200
        words = answer.text
        assert "TileMatrixSet" not in words
        assert "jsonld" not in words
    classes = get("conformance").get_json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in classes
    assert not any("create-replace-delete" in each for each in classes)


def test_asking_twice_gives_the_same_document(get) -> None:
    assert get("conformance").data == get("conformance").data


def test_a_browser_gets_a_page_for_people(get) -> None:
    answer = get("collections/wishes", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/nl/open-data#wishes")


def test_pages_follow_each_other_without_gaps(get) -> None:
    address = "collections/areas/items?level=municipality&limit=2"
    seen: list[int] = []
    while address:
        answer = get(address).get_json()
        seen += [each["id"] for each in answer["features"]]
        following = [link["href"] for link in answer["links"] if link["rel"] == "next"]
        address = following[0].split("/ogc/")[1] if following else ""
    assert len(seen) == len(set(seen)) == answer["numberMatched"]


READ_ALL = """
import json, sys
import pyogrio
address = sys.argv[1]
read = {}
for name, _ in pyogrio.list_layers(address):
    frame = pyogrio.read_dataframe(address, layer=name, max_features=5)
    read[str(name)] = [len(frame), str(frame.crs.to_authority())]
print(json.dumps(read))
"""


def test_gdal_reads_every_collection(site) -> None:
    """In a process of its own: GDAL holds the interpreter while it waits for our answer."""
    command = [sys.executable, "-c", READ_ALL, f"OAPIF:{site.base_url}/ogc/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    read = json.loads(done.stdout)
    with site.app.app_context():
        assert set(read) == {dataset.id for dataset in all_datasets(site.app.config)}
    for name in ("areas", "cases", "indicators", "interventions", "wishes"):
        assert read[name][0], name


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="ogr2ogr (gdal-bin) is not installed")
def test_ogr2ogr_takes_a_collection_along(site, tmp_path: Path) -> None:
    target = tmp_path / "areas.gpkg"
    command = ["ogr2ogr", "-f", "GPKG", str(target), f"OAPIF:{site.base_url}/ogc/", "interventions"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert len(pyogrio.read_dataframe(target)) > 0


def test_an_intervention_that_is_not_published_is_not_given(get) -> None:
    assert len(features(get("collections/interventions/items?case_slug=open-data"))) == 1


def test_the_dcat_record_has_what_the_dutch_profile_demands(site) -> None:
    answer = site.app.test_client().get("/open-data/dcat.jsonld")
    assert answer.mimetype == "application/ld+json"
    graph = json.loads(answer.data)["@graph"]
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for each in graph:
        by_kind.setdefault(each["@type"], []).append(each)
    common = {"dct:identifier", "dct:accessRights", "dct:publisher", "dcat:contactPoint", "dcat:theme", "dct:title", "dct:description"}  # fmt: skip
    for dataset in by_kind["dcat:Dataset"]:
        assert common | {"dct:creator", "dcat:distribution"} <= set(dataset), dataset["@id"]
        assert {each["@language"] for each in dataset["dct:title"]} == {"nl", "en", "tr", "ar", "pl", "uk"}  # fmt: skip
    for distribution in by_kind["dcat:Distribution"]:
        assert {"dcat:accessURL", "dct:license"} <= set(distribution)
        assert distribution["dct:license"]["@id"].startswith("https://")
    (service,) = by_kind["dcat:DataService"]
    assert common | {"dct:license", "dcat:endpointURL", "dcat:endpointDescription"} <= set(service)
    with site.app.app_context():
        datasets = list(all_datasets(site.app.config))
    assert len(by_kind["dcat:Dataset"]) == len(by_kind["dcat:Distribution"]) == len(datasets)
    assert len({dataset.id for dataset in datasets}) == len(datasets)


def test_a_layer_without_an_open_licence_is_not_passed_on(site) -> None:
    from layers.catalogue import CATALOGUE

    with site.app.app_context():
        given = {dataset.id for dataset in all_datasets(site.app.config)}
    for layer in CATALOGUE.values():
        is_open = layer.audience == "public" and not layer.licence.startswith("unknown")
        assert (f"layer-{layer.id.replace('_', '-')}" in given) == is_open, layer.id
