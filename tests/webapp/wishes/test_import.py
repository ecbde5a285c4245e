import json

import pytest
import shapely
from sqlalchemy import func, select

from gis.crs import to_lonlat
from tests import factories
from webapp.deals.models import CasePart
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import shape
from webapp.wishes.commands import group
from webapp.wishes.models import Wish
from webapp.wishes.publication import published_wishes

MAPPING = """
text = "Words"
reference = "Id"
date = "Day"
[theme]
column = "Theme"
[theme.values]
Bikes = { theme = "facilities_layout", kind = "wish" }
Dirt = { theme = "safe_clean", kind = "threat" }
"""
X, Y = factories.HAARLEM


def lonlat(*offsets: tuple[float, float]) -> list[list[float]]:
    line = shapely.LineString([(X + east, Y + north) for east, north in (*offsets, (0, 0))])
    return [list(position) for position in to_lonlat(line).coords][:-1]


def drawing(geometry=None, **columns):
    given = {"Words": "Breder fietspad", "Id": "1", "Theme": "Bikes", "Day": "2015-04-14"}
    line = {"type": "LineString", "coordinates": lonlat((0, 0), (100, 0))}
    return {
        "type": "Feature",
        "geometry": line if geometry is None else geometry,
        "properties": given | columns,
    }


@pytest.fixture
def case(app):
    return factories.make_case(slug="haarlem")


@pytest.fixture
def load(app, case, tmp_path):
    def run(*features, name="drawings.geojson", mapping=MAPPING, wrap="{}", status=0, options=()):
        path = tmp_path / name
        if features:
            collection = {"type": "FeatureCollection", "features": list(features)}
            path.write_text(wrap.replace("{}", json.dumps(collection)))
        (tmp_path / "mapping.toml").write_text(mapping)
        report = tmp_path / "report.json"
        given = ["--case", "haarlem", "--mapping", str(tmp_path / "mapping.toml"), *options]
        done = app.test_cli_runner().invoke(
            group, ["import", str(path), "--report", str(report), *given]
        )
        assert done.exit_code == status, done.output
        if status:
            return done.output
        return json.loads(report.read_text())

    return run


def wishes() -> list[Wish]:
    return list(db.session.scalars(select(Wish).order_by(Wish.id)))


def counts(account) -> tuple[int, ...]:
    assert account["drawings"] == account["stored"] + account["known"] + account["refused"]
    assert account["parts"] == account["parts_stored"] + account["parts_refused"]
    return account["drawings"], account["stored"], account["known"], account["refused"]


def reasons(account) -> list[tuple[int, str, str]]:
    return [(note["row"], note["part"], note["reason"]) for note in account["left_out"]]


def test_a_drawing_becomes_a_wish_that_waits_for_a_moderator(load, case):
    factories.make_area(name="Meerwijk")
    assert counts(load(drawing())) == (1, 1, 0, 0)
    (wish,) = wishes()
    assert (wish.kind, wish.theme, wish.text) == ("wish", "facilities_layout", "Breder fietspad")
    assert (wish.status, wish.door, wish.channel) == ("submitted", "import", "import")
    assert (wish.import_source, wish.import_ref, wish.language) == ("drawings", "1", "nl")
    assert (wish.code_hash, wish.contact, wish.case_id) == (None, None, case.id)
    assert (wish.submitted_at.date().isoformat(), wish.place_words) == ("2015-04-14", "Meerwijk")
    assert shape(wish.geom).length == pytest.approx(100, abs=0.01)
    assert db.session.execute(published_wishes()).all() == []
    assert db.session.scalars(select(Event.action)).all() == ["imported"]


def test_the_same_file_again_changes_nothing(load):
    load(drawing())
    assert counts(load(drawing(Words="Iets anders"))) == (1, 0, 1, 0)
    assert [wish.text for wish in wishes()] == ["Breder fietspad"]


def test_another_source_is_another_wish(load):
    load(drawing())
    assert counts(load(drawing(), options=["--source", "second evening"])) == (1, 1, 0, 0)
    assert {wish.import_source for wish in wishes()} == {"drawings", "second evening"}


def test_a_dry_run_counts_and_stores_nothing(load):
    account = load(drawing(), drawing(Id="2", Theme="Space"), options=["--dry-run"])
    assert counts(account) == (2, 1, 0, 1)
    assert wishes() == []


def test_a_reference_that_comes_twice_is_two_wishes_each_time(load):
    pair = drawing(), drawing(Words="Nog een pad")
    load(*pair)
    assert [wish.import_ref for wish in wishes()] == ["1", "1#2"]
    assert counts(load(*pair)) == (2, 0, 2, 0)


def test_drawings_without_a_reference_are_known_by_their_content(load):
    mapping = MAPPING.replace('reference = "Id"', "")
    load(drawing(), drawing(Words="Nog een pad"), mapping=mapping)
    again = load(drawing(Words="Nog een pad"), drawing(), mapping=mapping)
    assert counts(again) == (2, 0, 2, 0)


def test_the_valid_parts_are_stored_and_each_other_part_is_named(load):
    dot = lonlat((10, 10)) * 2
    far = lonlat((-9000, 0), (-9000, 50))
    lines = [lonlat((0, 0), (100, 0)), dot, lonlat((0, 50), (100, 50)), far]
    account = load(drawing({"type": "MultiLineString", "coordinates": lines}))
    assert counts(account) == (1, 1, 0, 0)
    assert reasons(account) == [(1, "part 2", "degenerate"), (1, "part 4", "outside_case")]
    assert (account["parts_stored"], account["parts_refused"]) == (2, 2)
    assert shape(wishes()[0].geom).length == pytest.approx(200, abs=0.02)


def test_one_part_that_is_left_is_a_plain_line(load):
    lines = [lonlat((10, 10)) * 2, lonlat((0, 50), (100, 50))]
    load(drawing({"type": "MultiLineString", "coordinates": lines}))
    assert shape(wishes()[0].geom).geom_type == "LineString"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (drawing({"type": "LineString", "coordinates": lonlat((10, 10))}), "degenerate"),
        (drawing({"type": "Point", "coordinates": [0, 0]}), "outside_netherlands"),
        (drawing({"type": "Point", "coordinates": lonlat((-9000, 0))[0]}), "outside_case"),
        (drawing({"type": "Point", "coordinates": [float("nan"), 52]}), "not_finite"),
        (drawing({"type": "Point", "coordinates": "here"}), "coordinates_not_numbers"),
        (drawing({"type": "MultiLineString", "coordinates": []}), "empty"),
        (drawing({"type": "GeometryCollection", "geometries": []}), "wrong_kind"),
        (drawing() | {"geometry": None}, "empty"),
        (drawing() | {"geometry": 3}, "not_geojson"),
        (drawing(Theme="Space"), "unknown_theme"),
        (drawing(Day="yesterday"), "not_a_date"),
    ],
)
def test_a_drawing_that_cannot_be_stored_is_named_with_its_reason(load, wrong, reason):
    account = load(drawing(Id="good"), wrong)
    assert counts(account) == (2, 1, 0, 1)
    assert reasons(account) == [(2, "", reason)]
    assert account["left_out"][0]["explanation"].endswith(".")


def test_a_row_that_is_no_feature_is_refused(load):
    assert counts(load(drawing(), "not a feature")) == (2, 1, 0, 1)


def test_a_default_meaning_takes_every_other_theme(load):
    mapping = MAPPING + '[theme.default]\ntheme = "green"\nkind = "chance"\n'
    load(drawing(Theme="Space"), mapping=mapping)
    assert (wishes()[0].theme, wishes()[0].kind) == ("green", "chance")


def test_a_drawing_without_words_says_its_theme(load):
    account = load(drawing(Words=None))
    assert wishes()[0].text == "Bikes"
    assert [note["reason"] for note in account["changed"]] == ["text_from_theme"]


def test_a_text_that_is_too_long_is_cut_and_told(load):
    account = load(drawing(Words="a" * 1001))
    assert wishes()[0].text == "a" * 999 + "…"
    assert [note["reason"] for note in account["changed"]] == ["text_shortened"]


def test_words_that_the_database_cannot_keep_are_cleaned(load):
    load(drawing(Words="een\x00 \ud800pad\r\n"))
    assert wishes()[0].text == "een ?pad"


def test_heights_are_dropped_and_told_once(load):
    line = [[*position, 3.0] for position in lonlat((0, 0), (100, 0))]
    account = load(drawing({"type": "LineString", "coordinates": line}))
    assert [note["reason"] for note in account["changed"]] == ["heights_dropped"]


def test_a_case_without_a_shape_takes_drawings_from_anywhere(load, case):
    for part in db.session.scalars(select(CasePart).filter_by(case_id=case.id)):
        db.session.delete(part)
    db.session.flush()
    far = {"type": "Point", "coordinates": [6.5, 53.2]}
    assert counts(load(drawing(far))) == (1, 1, 0, 0)


@pytest.mark.parametrize("wrap", ["var input = {};", "const a.b={}\n", "{}", "\ufeff{}"])
def test_geojson_may_be_the_value_of_a_javascript_variable(load, wrap):
    assert counts(load(drawing(), name="input.js", wrap=wrap)) == (1, 1, 0, 0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"wrap": "var input = [1, 2"}, "holds no GeoJSON"),
        ({"wrap": "[{}]"}, "no GeoJSON FeatureCollection"),
        ({"mapping": "text = 3"}, "cannot be used"),
        ({"mapping": "text ="}, "is not TOML"),
        ({"mapping": MAPPING.replace("Words", "Tekst")}, "has no column Tekst"),
        ({"mapping": MAPPING.replace("threat", "complaint")}, "complaint"),
        ({"options": ["--case", "nowhere"]}, "no case nowhere"),
    ],
)
def test_a_file_or_mapping_that_is_no_good_is_told_plainly(load, options, told):
    assert told in load(drawing(), status=1, **options)
    assert db.session.scalar(select(func.count(Wish.id))) == 0


def test_geojson_in_another_coordinate_system_is_refused(load, tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    collection = {"type": "FeatureCollection", "crs": crs, "features": [drawing()]}
    (tmp_path / "rd.geojson").write_text(json.dumps(collection))
    assert "is in urn:ogc:def:crs:EPSG::28992" in load(name="rd.geojson", status=1)


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
@pytest.mark.parametrize("crs", ["EPSG:28992", "EPSG:4326", "EPSG:32631"])
def test_drawings_come_from_geopackage_and_shapefile_in_any_system(load, tmp_path, suffix, crs):
    import geopandas

    line = shapely.LineString([(X, Y), (X + 100, Y)])
    columns = {"Words": ["Pad", "Leeg"], "Id": [1, 2], "Theme": ["Bikes", "Dirt"], "Day": ["", ""]}
    frame = geopandas.GeoDataFrame(columns, geometry=[line, None], crs="EPSG:28992").to_crs(crs)
    frame.to_file(tmp_path / f"drawings{suffix}")
    account = load(name=f"drawings{suffix}")
    assert counts(account) == (2, 1, 0, 1)
    assert reasons(account) == [(2, "", "empty")]
    assert shape(wishes()[0].geom).distance(shapely.Point(X, Y)) < 0.5


def test_a_file_of_several_layers_needs_a_name(load, tmp_path):
    import geopandas

    columns = {"Words": ["Pad"], "Id": ["1"], "Theme": ["Bikes"], "Day": [""]}
    frame = geopandas.GeoDataFrame(columns, geometry=[shapely.Point(X, Y)], crs="EPSG:28992")
    for layer in ("first", "second"):
        frame.to_file(tmp_path / "two.gpkg", layer=layer)
    assert "first, second" in load(name="two.gpkg", status=1)
    account = load(name="two.gpkg", mapping='layer = "second"\n' + MAPPING)
    assert counts(account) == (1, 1, 0, 0)
