"""`balanskaart areas import`: what goes in, what stays, what is told."""

import json
import os
from pathlib import Path

import geopandas
import pytest
import shapely
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from layers.sources import http
from layers.sources.cbs_codes import municipality_of
from tests import factories
from webapp.areas.commands import group
from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.deals.models import CaseArea
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import shape

REAL_DATA = os.environ.get("BALANSKAART_REAL_DATA", "")
X, Y = factories.HAARLEM


def run(app: Flask, *words: str | Path) -> Result:
    return app.test_cli_runner().invoke(group, ["import", *map(str, words)])


def gpkg(folder: Path, rows: list[dict], name: str = "areas.gpkg", crs: int = 28992) -> Path:
    path = folder / name
    frame = geopandas.GeoDataFrame(rows, geometry="geometry", crs=crs)
    frame.to_file(path, driver="GPKG", engine="pyogrio")
    return path


def district(code: str = "WK039299", **values) -> dict:
    given = {
        "wijkcode": code,
        "wijknaam": f"Wijk {code}",
        "gemeentecode": municipality_of(code),
        "jaar": 2023,
        "water": "NEE",
        "aantal_inwoners": 1000,
        "geometry": factories.square(X, Y, 1000),
    }
    return given | values


def area(code: str, year: int = 2023) -> Area:
    db.session.expire_all()
    return db.session.scalars(select(Area).filter_by(code=code, year=year)).one()


def figures(code: str, year: int = 2023) -> list[AreaFigures]:
    return list(
        db.session.scalars(
            select(AreaFigures)
            .where(AreaFigures.area_id == area(code, year).id)
            .order_by(AreaFigures.import_id)
        )
    )


def test_file_is_loaded_with_its_report(app, tmp_path):
    rows = [district(), district("WK039298"), district("nonsense")]
    result = run(app, gpkg(tmp_path, rows))
    assert result.exit_code == 0, result.output
    assert "3 rows in, 2 loaded, 1 rejected" in result.output
    assert "No valid CBS code" in result.output
    loaded = db.session.scalars(select(AreaImport)).one()
    assert (loaded.year, loaded.rows_in, loaded.rows_loaded, loaded.rows_rejected) == (2023, 3, 2, 1)  # fmt: skip
    assert loaded.report["rejected"] == [{"row": 3, "code": "nonsense", "reason": "bad_code"}]
    assert area("WK039299").level == "district"
    assert figures("WK039299")[0].figures["aantal_inwoners"] == 1000
    assert db.session.scalar(select(Event.action).filter_by(subject="area_import")) == "imported"


def test_same_file_again_changes_nothing(app, tmp_path):
    path = gpkg(tmp_path, [district()])
    run(app, path)
    result = run(app, path)
    assert result.exit_code == 0
    assert "already loaded" in result.output
    assert db.session.scalar(select(func.count()).select_from(AreaImport)) == 1


def test_editions_stand_side_by_side(app, tmp_path):
    run(app, gpkg(tmp_path, [district(jaar=2022)], "old.gpkg"))
    run(app, gpkg(tmp_path, [district(jaar=2023, aantal_inwoners=1100)], "new.gpkg"))
    assert figures("WK039299", 2022)[0].figures["aantal_inwoners"] == 1000
    assert figures("WK039299", 2023)[0].figures["aantal_inwoners"] == 1100


def test_missing_code_becomes_a_reason(app, tmp_path):
    run(app, gpkg(tmp_path, [district(aantal_inwoners=-99997)]))
    stored = figures("WK039299")[0]
    assert "aantal_inwoners" not in stored.figures
    assert stored.missing["aantal_inwoners"] == "secret"


def test_repair_is_told(app, tmp_path):
    bowtie = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    result = run(app, gpkg(tmp_path, [district(geometry=bowtie)]))
    assert "repaired: WK039299" in result.output
    assert shape(area("WK039299").geom).is_valid
    assert db.session.scalars(select(AreaImport)).one().report["repaired"]


def test_water_of_an_area_by_the_sea_is_left_out_and_told(app, tmp_path):
    sea = factories.square(X - 9000, Y, 1000)
    for order in ("land first", "water first"):
        rows = [district("WK047301"), district("WK047301", water="JA", geometry=sea)]
        path = gpkg(tmp_path, rows if order == "land first" else rows[::-1], f"{order}.gpkg")
        result = run(app, path)
        assert "2 rows in, 1 loaded, 1 rejected" in result.output, order
        assert "the water of WK047301" in result.output
        assert not area("WK047301").water
        assert shape(area("WK047301").geom).centroid.x == pytest.approx(X)


def test_other_crs_is_stored_in_rd(app, tmp_path):
    moved = geopandas.GeoSeries([factories.square(X, Y, 1000)], crs=28992).to_crs(4258)
    run(app, gpkg(tmp_path, [district(geometry=moved.iloc[0])], crs=4258))
    assert shape(area("WK039299").geom).centroid.x == pytest.approx(X, abs=0.5)


def figures_file(folder: Path, people: int = 900) -> Path:
    path = folder / "figures.json"
    wijk = {"code": "WK039299", "name": "Wijk", "demografie": {"inwoners": people}}
    document = {
        "code": "GM0392",
        "name": "Haarlem",
        "demografie": {"inwoners": 160000},
        "bronnen": {"kerncijfers": "CBS Kerncijfers wijken en buurten 2023"},
        "wijken": [wijk],
        "buurten": [],
    }
    path.write_text(json.dumps(document))
    return path


def test_figures_without_shapes_join_the_areas_of_their_year(app, tmp_path):
    run(app, gpkg(tmp_path, [district()]))
    result = run(app, figures_file(tmp_path))
    assert result.exit_code == 0, result.output
    assert area("WK039299").geom is not None
    assert [row.figures["aantal_inwoners"] for row in figures("WK039299")] == [1000, 900]
    assert area("GM0392").geom is None


def test_real_outline_takes_the_place_of_a_schematic_one(app, tmp_path):
    drawn = factories.make_area("district", "WK039299", at=(X + 500, Y), year=2023)
    drawn.is_schematic = True
    db.session.flush()
    run(app, gpkg(tmp_path, [district()]))
    assert not area("WK039299").is_schematic
    assert shape(area("WK039299").geom).centroid.x == pytest.approx(X)
    assert area("WK039299").id == drawn.id


def test_import_counts_the_covered_areas_of_the_cases_anew(app, tmp_path):
    case = factories.make_case()
    drawn = factories.make_area("district", "WK039201", year=2024)
    drawn.is_schematic = True
    other = factories.make_case(municipality_code="GM0453", slug="elsewhere")
    half = factories.square(X - 1000, Y, 1000)
    result = run(app, gpkg(tmp_path, [district(), district("WK039298", geometry=half)]))
    assert f"case {case.slug} now covers 2 areas" in result.output
    assert other.slug not in result.output
    shares = dict(
        db.session.execute(
            select(Area.code, CaseArea.share)
            .join(Area, Area.id == CaseArea.area_id)
            .where(CaseArea.case_id == case.id)
        ).all()
    )
    assert shares == {"WK039299": pytest.approx(1), "WK039298": pytest.approx(0.5)}


def test_file_that_is_none_is_refused_plainly(app, tmp_path):
    wrong = tmp_path / "broken.gpkg"
    wrong.write_bytes(b"this is no GeoPackage")
    result = run(app, wrong)
    assert result.exit_code == 1
    assert "was not loaded" in result.output
    assert "Traceback" not in result.output
    assert db.session.scalar(select(func.count()).select_from(AreaImport)) == 0


def test_file_without_any_good_row_ends_with_status_one(app, tmp_path):
    result = run(app, gpkg(tmp_path, [district("nonsense")]))
    assert result.exit_code == 1
    assert "no area that can be loaded" in result.output


@pytest.mark.parametrize("words", [[], ["--pdok", "1800"], ["nowhere.gpkg"]])
def test_wrong_use_says_what_to_give(app, words):
    result = run(app, *words)
    assert result.exit_code == 2
    assert "Usage" in result.output


class Pdok:
    """Stands in for PDOK: one page per collection."""

    def __init__(self, people: int = 500) -> None:
        self.people = people

    def get_json(self, address, params=None):
        place = shapely.box(4.64, 52.36, 4.65, 52.37)
        codes = {"gemeenten": ("GM0392", "gemeente"), "wijken": ("WK039299", "wijk"), "buurten": ("BU03929900", "buurt")}  # fmt: skip
        code, word = codes[address.split("/")[-2]]
        feature = {
            "type": "Feature",
            "geometry": shapely.geometry.mapping(place),
            "properties": {f"{word}code": code, f"{word}naam": code, "gemeentecode": "GM0392", "aantalInwoners": self.people},
        }  # fmt: skip
        return {"features": [feature], "numberMatched": 1, "links": []}, address


@pytest.fixture
def pdok(monkeypatch):
    service = Pdok()
    monkeypatch.setattr(http.Host, "get_json", lambda _self, *given: service.get_json(*given))
    return service


def test_pdok_gives_three_levels_once(app, pdok):
    result = run(app, "--pdok", "2024")
    assert result.exit_code == 0, result.output
    assert "3 rows in, 3 loaded" in result.output
    levels = db.session.scalars(select(Area.level).filter_by(year=2024)).all()
    assert sorted(levels) == ["district", "municipality", "neighbourhood"]
    assert "already loaded" in run(app, "--pdok", "2024").output
    pdok.people = 501
    assert "3 loaded" in run(app, "--pdok", "2024").output


def test_pdok_that_does_not_answer_leaves_nothing_behind(app, monkeypatch):
    def silent(*_given):
        raise http.SourceUnavailable("api.pdok.nl does not answer.")

    monkeypatch.setattr(http.Host, "get_json", silent)
    result = run(app, "--pdok", "2024")
    assert result.exit_code == 1
    assert "does not answer" in result.output
    assert db.session.scalar(select(func.count()).select_from(AreaImport)) == 0


@pytest.mark.real_data
@pytest.mark.skipif(not REAL_DATA, reason="BALANSKAART_REAL_DATA is not set")
def test_published_districts_of_haarlem_load_whole(app):
    path = Path(REAL_DATA) / "haarlem_region" / "wijken_haarlem.gpkg"
    result = run(app, path)
    assert result.exit_code == 0, result.output
    loaded = db.session.scalars(select(AreaImport)).one()
    assert (loaded.rows_in, loaded.rows_loaded, loaded.rows_rejected) == (39, 39, 0)
    first = db.session.scalars(select(AreaFigures)).first()
    columns = geopandas.read_file(path, rows=1, ignore_geometry=True).columns
    assert len(columns) + 1 == 222
    identifying = len(columns) - len({**first.figures, **first.missing})
    assert 0 < identifying < 15


@pytest.mark.real_data
@pytest.mark.skipif(not REAL_DATA, reason="BALANSKAART_REAL_DATA is not set")
def test_published_figures_of_five_municipalities_load_whole(app):
    paths = sorted((Path(REAL_DATA) / "haarlem_region").glob("cbs_kwb2024_*.json"))
    assert len(paths) == 5
    result = run(app, *paths)
    assert result.exit_code == 0, result.output
    rows = 0
    for path in paths:
        document = json.loads(path.read_text())
        rows += 1 + len(document["wijken"]) + len(document["buurten"])
    imports = db.session.scalars(select(AreaImport)).all()
    assert sum(each.rows_loaded for each in imports) == rows
    assert sum(each.rows_rejected for each in imports) == 0
    assert {each.year for each in imports} == {2024}
