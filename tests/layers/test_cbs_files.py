"""Reading CBS areas from files: what is loaded, repaired and refused, and why."""

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon
from shapely.affinity import translate

from gis.crs import to_lonlat
from layers.sources.area_rows import AreaRow
from layers.sources.cbs import read_areas
from layers.sources.import_report import REASONS, ImportReport
from layers.sources.vector_files import FileRefusedError
from tests.layers.area_files import HAARLEM, bow_tie, square, wijk, write


def read(path: Path, **options: object) -> tuple[list[AreaRow], ImportReport]:
    areas = read_areas(path, **options)  # type: ignore[arg-type]
    rows = list(areas)
    assert areas.report.rows_in == areas.total
    assert areas.report.rows_in == areas.report.rows_loaded + areas.report.rows_rejected
    assert all(rejection.reason in REASONS for rejection in areas.report.rejected)
    return rows, areas.report


@pytest.mark.parametrize("name", ["w.gpkg", "w.geojson", "w.shp"])
def test_each_kind_of_file_gives_the_same_area(tmp_path: Path, name: str) -> None:
    columns = wijk()
    if name.endswith(".shp"):
        columns = {
            "WK_CODE": "WK039201",
            "WK_NAAM": "Oude Stad",
            "GM_CODE": "GM0392",
            "H2O": "NEE",
            "AANT_INW": 2030,
        }
    (row,), report = read(write(tmp_path / name, [columns]), year=2024)
    assert (row.level, row.code, row.name) == ("wijk", "WK039201", "Oude Stad")
    assert (row.municipality_code, row.parent_code, row.year) == ("GM0392", "GM0392", 2024)
    assert row.figures == {"aantal_inwoners": 2030.0}
    assert isinstance(row.geometry, MultiPolygon)
    assert row.geometry.symmetric_difference(square()).area < 1
    assert report.rejected == ()
    assert report.warnings == ()


def test_camel_case_is_read_as_snake_case(tmp_path: Path) -> None:
    camel = {"buurtcode": "BU03922105", "buurtnaam": "A", "percentagePersonen0Tot15Jaar": 16}
    (row,), report = read(write(tmp_path / "b.gpkg", [camel | {"jaar": 2023}]))
    assert row.figures == {"percentage_personen_0_tot_15_jaar": 16.0}
    assert (row.parent_code, row.year, report.columns_unknown) == ("WK039221", 2023, ())


def test_missing_codes_become_reasons_and_never_figures(tmp_path: Path) -> None:
    columns = wijk(
        woningvoorraad=-99995,
        gemiddelde_woningwaarde=-99997.0,
        mannen=-99991,
        vrouwen=-99999999,
        aantal_huishoudens=None,
        meest_voorkomende_postcode=2011,
    )
    (row,), _ = read(
        write(
            tmp_path / "w.gpkg",
            [
                columns,
            ][:1],
        )
    )
    assert row.missing == {
        "woningvoorraad": "later_release",
        "gemiddelde_woningwaarde": "secret",
        "mannen": "discontinued",
        "vrouwen": "missing",
        "aantal_huishoudens": "missing",
    }
    assert row.figures == {"aantal_inwoners": 2030.0, "meest_voorkomende_postcode": "2011"}


def test_unknown_columns_are_kept_and_named(tmp_path: Path) -> None:
    (row,), report = read(write(tmp_path / "w.gpkg", [wijk(eigenKolom=7, opmerking="let op")]))
    assert (row.figures["eigen_kolom"], row.figures["opmerking"]) == (7.0, "let op")
    assert report.columns_unknown == ("eigen_kolom", "opmerking")


def test_land_and_water_of_one_municipality_are_two_rows(tmp_path: Path) -> None:
    land = {"gemeentecode": "GM0453", "gemeentenaam": "Velsen", "water": "NEE", "jaar": 2024}
    rows, _ = read(write(tmp_path / "g.gpkg", [land, land | {"water": "JA"}], layer="gemeenten"))
    assert [row.water for row in rows] == [False, True]


def test_bad_duplicate_and_foreign_rows_are_refused_with_their_reason(tmp_path: Path) -> None:
    rows = [
        wijk(),
        wijk(),
        wijk("WK03922105"),
        wijk("WK099801"),
        wijk("WK039202", water="B"),
        wijk("WK039203", jrstatcode=None),
    ]
    loaded, report = read(write(tmp_path / "w.gpkg", rows))
    assert [row.code for row in loaded] == ["WK039201"]
    assert [tuple(each) for each in report.rejected] == [
        (2, "WK039201", "duplicate"),
        (3, "WK03922105", "bad_code"),
        (4, "WK099801", "foreign"),
        (5, "WK039202", "foreign"),
        (6, "WK039203", "no_year"),
    ]


def test_a_bow_tie_is_repaired_and_reported(tmp_path: Path) -> None:
    (row,), report = read(write(tmp_path / "w.gpkg", [wijk()], [bow_tie()]))
    assert row.geometry is not None
    assert row.geometry.is_valid
    assert row.geometry.area == pytest.approx(500_000)
    ((code, what),) = report.repaired
    assert code == "WK039201"
    assert "Self-intersection" in what
    assert "500000 m²" in what


def test_shapes_that_are_no_area_are_refused(tmp_path: Path) -> None:
    rows = [wijk(), wijk("WK039202"), wijk("WK039203"), wijk("WK039204")]
    x, y = square().exterior.coords[0]
    shapes = [square(), Point(x, y), LineString([(x, y), (x + 9, y)]), translate(square(), 9e6)]
    loaded, report = read(write(tmp_path / "w.gpkg", rows, shapes))
    assert [row.code for row in loaded] == ["WK039201"]
    reasons = [each.reason for each in report.rejected]
    assert reasons == ["not_a_polygon", "not_a_polygon", "outside_netherlands"]


def test_rows_without_a_shape_keep_their_figures(tmp_path: Path) -> None:
    rows, report = read(write(tmp_path / "w.gpkg", [wijk(), wijk("WK039202")], [square(), None]))
    assert [row.geometry is None for row in rows] == [False, True]
    assert report.warnings == ("Areas without a shape: only their figures were read.",)


@pytest.mark.parametrize("crs", [4326, 4258, 3857, 25831, 28992])
def test_any_crs_is_stored_in_rd(tmp_path: Path, crs: int) -> None:
    import geopandas

    moved = geopandas.GeoSeries([to_lonlat(square())], crs=4258).to_crs(crs)
    (row,), report = read(write(tmp_path / "w.gpkg", [wijk()], list(moved), crs=crs))
    assert row.geometry is not None
    assert row.geometry.centroid.distance(square().centroid) < 0.6
    assert report.crs_declared == f"EPSG:{crs}"


def test_a_file_without_a_crs_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "w.shp", [{"WK_CODE": "WK039201"}])
    path.with_suffix(".prj").unlink()
    with pytest.raises(FileRefusedError, match="does not say its coordinate system"):
        read_areas(path, year=2024)


@pytest.mark.parametrize(("declared", "shape"), [(28992, to_lonlat(square())), (4326, square())])
def test_a_wrong_crs_is_refused(tmp_path: Path, declared: int, shape: object) -> None:
    path = write(tmp_path / "w.gpkg", [wijk()], [shape], crs=declared)  # type: ignore[list-item]
    with pytest.raises(FileRefusedError, match="coordinate system is wrong"):
        read_areas(path)


def test_esri_names_for_rd_are_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "w.shp", [{"WK_CODE": "WK039201", "WK_NAAM": "A"}])
    path.with_suffix(".prj").write_text(
        'PROJCS["RD_New",GEOGCS["GCS_Amersfoort",DATUM["D_Amersfoort",SPHEROID["Bessel_1841",'
        '6377397.155,299.1528128]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Double_Stereographic"],PARAMETER["False_Easting",155000.0],'
        'PARAMETER["False_Northing",463000.0],PARAMETER["Central_Meridian",5.38763888888889],'
        'PARAMETER["Scale_Factor",0.9999079],PARAMETER["Latitude_Of_Origin",52.15616055555555],'
        'UNIT["Meter",1.0]]'
    )
    (row,), _ = read(path, year=2019)
    assert row.geometry is not None
    assert row.geometry.equals(square())


def test_the_edition_comes_from_the_row_before_the_parameter(tmp_path: Path) -> None:
    (row,), report = read(write(tmp_path / "w.gpkg", [wijk()]), year=2021)
    assert row.year == 2024
    assert report.warnings == ("The rows are of edition 2024, not 2021: 2024 was stored.",)


def test_all_area_layers_of_a_geopackage_are_read_or_the_one_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "w.gpkg", [wijk()])
    write(path, [{"buurtcode": "BU03920101", "buurtnaam": "B", "jaar": 2024}], layer="buurten")
    write(path, [{"iets": 1}], layer="anders")
    assert {row.level for row in read(path)[0]} == {"wijk", "buurt"}
    assert [row.level for row in read(path, layer="buurten")[0]] == ["buurt"]
    with pytest.raises(FileRefusedError, match="no layer straten; it has"):
        read_areas(path, layer="straten")
    with pytest.raises(FileRefusedError, match="no column with CBS codes"):
        read_areas(path, layer="anders")


def test_more_rows_than_one_batch_are_all_read(tmp_path: Path) -> None:
    codes = [f"BU0392{place:04}" for place in range(1203)]
    records = [{"buurtcode": c, "buurtnaam": c, "jaar": 2024} for c in codes]
    path = write(tmp_path / "b.gpkg", records, [square()] * len(codes))
    assert [row.code for row in read(path)[0]] == codes


def test_a_geopackage_is_read_without_leaving_files_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path / "w.gpkg", [wijk()])
    before = sorted(tmp_path.iterdir())
    _, report = read(path)
    assert sorted(tmp_path.iterdir()) == before
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_zipped_shapefile_is_read(tmp_path: Path) -> None:
    write(tmp_path / "w.shp", [{"WK_CODE": "WK039201", "WK_NAAM": "A"}])
    with zipfile.ZipFile(tmp_path / "w.zip", "w") as archive:
        for part in tmp_path.glob("w.*"):
            if part.suffix != ".zip":
                archive.write(part, f"map/../{part.name}")
        archive.writestr("leesmij.txt", "hallo")
    (row,), _ = read(tmp_path / "w.zip", year=2019)
    assert row.code == "WK039201"


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.geojson", b"0" * 20_000_000)
    with pytest.raises(FileRefusedError, match="far more than an area file"):
        read_areas(tmp_path / "b.zip")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"x", "this kind of file is not known"),
        ("a.gpkg", b"not a database", "not a readable vector file"),
        ("a.json", b"{", "not readable as JSON"),
        ("a.zip", b"PK", "not a readable zip file"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileRefusedError, match=words):
        read_areas(tmp_path / name)


def test_a_zip_with_nothing_in_it_and_a_file_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("leesmij.txt", "hallo")
    with pytest.raises(FileRefusedError, match="exactly one vector file; it holds 0"):
        read_areas(tmp_path / "e.zip")
    with pytest.raises(FileRefusedError, match="is not a file"):
        read_areas(tmp_path / "away.gpkg")


def figures_document() -> dict[str, object]:
    return {
        "code": "GM0473",
        "name": "Zandvoort",
        "type": "gemeente",
        "demografie": {"inwoners": 17469, "stedelijkheid": 2, "inkomenPerInwoner": None},
        "gezondheid": {"goedErvarenGezondheid": 72.1, "trend": {"2012": 76.3}},
        "bronnen": {"kerncijfers": "CBS Kerncijfers wijken en buurten 2024 (tabel 85984NED)"},
        "wijken": [{"code": "WK047303", "name": "Bentveld", "demografie": {"inwoners": 1020}}],
        "buurten": [{"code": "BU04730301", "name": "Noord", "wijkCode": "WK04730301"}],
    }


def test_a_json_with_figures_only_gives_areas_without_shapes(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps(figures_document()))
    (town, district, quarter), report = read(tmp_path / "f.json")
    assert [row.level for row in (town, district, quarter)] == ["municipality", "wijk", "buurt"]
    assert {row.year for row in (town, district, quarter)} == {2024}
    assert town.figures["aantal_inwoners"] == 17469
    assert town.figures["gezondheid_trend_2012"] == 76.3
    assert town.missing == {"gemiddeld_inkomen_per_inwoner": "missing"}
    assert quarter.parent_code == "WK047303"
    assert any("derived from its own code" in warning for warning in report.warnings)


def test_geojson_may_be_called_json(tmp_path: Path) -> None:
    write(tmp_path / "w.geojson", [wijk()]).rename(tmp_path / "w.json")
    assert [row.code for row in read(tmp_path / "w.json")[0]] == ["WK039201"]


def test_oddities_are_warned_of_and_read_on(tmp_path: Path) -> None:
    columns = wijk(wijknaam=None, aantalInwoners=1, gemeentecode="GM0394")
    (row,), report = read(write(tmp_path / "w.gpkg", [columns]))
    assert (row.name, row.municipality_code) == ("WK039201", "GM0392")
    assert row.figures["aantal_inwoners"] == 2030
    assert len(report.warnings) == 3


def test_a_flat_shape_has_no_surface_left(tmp_path: Path) -> None:
    x, y = HAARLEM
    flat = Polygon([(x, y), (x + 10, y), (x + 20, y), (x, y)])
    _, report = read(write(tmp_path / "w.gpkg", [wijk()], [flat]))
    assert [each.reason for each in report.rejected] == ["not_a_polygon"]


def test_a_shape_of_several_parts_stays_whole(tmp_path: Path) -> None:
    both = MultiPolygon([bow_tie(), translate(square(), 5000)])
    (row,), report = read(write(tmp_path / "w.gpkg", [wijk()], [both]))
    assert row.geometry is not None
    assert row.geometry.area == pytest.approx(1_500_000)
    assert len(report.repaired) == 1


def test_an_unreadable_shape_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "w.gpkg", [wijk(), wijk("WK039202")])
    open_ring = shapely.to_wkb(square(), byte_order=1)[:-16] + bytes(16)
    header = b"GP\x00\x01" + (28992).to_bytes(4, "little")
    with closing(sqlite3.connect(path)) as connection, connection:
        for (trigger,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        connection.execute("UPDATE wijken SET geom = ? WHERE fid = 1", [header + open_ring])
    rows, report = read(path)
    assert [row.code for row in rows] == ["WK039202"]
    assert [each.reason for each in report.rejected] == ["unreadable_geometry"]


def test_a_layer_without_any_shape_needs_no_crs(tmp_path: Path) -> None:
    (row,), report = read(write(tmp_path / "w.gpkg", [wijk()], [None]))
    assert row.geometry is None
    assert report.rows_loaded == 1
