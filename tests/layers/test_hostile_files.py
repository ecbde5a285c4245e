"""Files that are meant to harm: those that point elsewhere, never end, or unpack to far too much."""

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely import MultiPolygon, Point, Polygon, box

from layers import raster_file
from layers.catalogue import CATALOGUE
from layers.raster_check import check_raster
from layers.raster_file import RasterRefusedError
from layers.readers import FileRefusedError, read_features
from layers.sources.tangles import is_tangled
from tests.layers.made_files import PLACE, write_vector
from tests.layers.stand_in import stand_in

SHAPES = CATALOGUE["own_shapes"]
POINT = {"type": "Point", "coordinates": list(PLACE)}


def collection(crs: object) -> str:
    feature = {"type": "Feature", "properties": {"name": "secret"}, "geometry": POINT}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]})


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """What another file of this machine holds."""
    path = tmp_path / "elsewhere" / "secret.geojson"
    path.parent.mkdir()
    name = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    path.write_text(collection(name))
    assert [row.name for row in read_features(SHAPES, path)] == ["secret"]
    return path


def pointing(kind: str, secret: Path) -> str:
    return {
        "virtual": f"""<OGRVRTDataSource><OGRVRTLayer name="secret">
            <SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>""",
        "pipeline": json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline ! read {secret} ! write streamed_dataset",
            }
        ),
        "gml": """<ogr:FeatureCollection xmlns:gml="http://www.opengis.net/gml"
            xmlns:ogr="http://ogr.maptools.org/"><gml:featureMember><ogr:a fid="1"/>
            </gml:featureMember></ogr:FeatureCollection>""",
    }[kind]


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".shp", ".sqlite", ".GeoJSON"])
@pytest.mark.parametrize("kind", ["virtual", "pipeline", "gml"])
def test_a_file_cannot_pass_off_another_file_as_its_own(
    tmp_path: Path, secret: Path, kind: str, suffix: str
) -> None:
    path = tmp_path / f"mine{suffix}"
    path.write_text(pointing(kind, secret))
    with pytest.raises(FileRefusedError, match="not a readable vector file"):
        read_features(SHAPES, path)


def test_neither_can_a_file_in_a_zip(tmp_path: Path, secret: Path) -> None:
    path = tmp_path / "mine.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../mine.geojson", pointing("virtual", secret))
    with pytest.raises(FileRefusedError, match="not a readable vector file"):
        read_features(SHAPES, path)
    assert not list(tmp_path.parent.glob("mine.geojson"))


@pytest.mark.parametrize("key", ["url", "URL", "link", "linked"])
def test_no_server_is_asked_for_the_coordinate_system(tmp_path: Path, key: str) -> None:
    path = tmp_path / "a.geojson"
    with stand_in() as server:
        address = {"url": f"{server.base}/crs", "href": f"{server.base}/crs"}
        path.write_text(collection({"type": key, "properties": address}))
        with pytest.raises(FileRefusedError, match="another server"):
            read_features(SHAPES, path)
        assert server.asked == []


def test_words_in_a_feature_are_no_address(tmp_path: Path) -> None:
    rows = [{"name": "a", "type": "link", "url": "https://example.nl"}]
    path = write_vector(tmp_path / "a.geojson", rows, [Point(*PLACE)])
    assert [row.name for row in read_features(SHAPES, path)] == ["a"]


@pytest.mark.parametrize("text", ["[" * 200_000, '{"type": NaN}', "{'a': 1}", "", "\0"])
def test_broken_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(text)
    with pytest.raises(FileRefusedError, match="not a readable vector file"):
        read_features(SHAPES, path)


def test_a_geopackage_cannot_keep_us_counting_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[Point(*PLACE)], crs=28992)
    frame.to_file(path, layer="a")
    with closing(sqlite3.connect(path)) as opened, opened:
        opened.execute(
            "CREATE VIEW endless AS WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
            " SELECT n AS id FROM r WHERE n < 0"
        )
        opened.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) "
            "VALUES ('endless', 'attributes', 'endless', 0)"
        )
    with pytest.raises(FileRefusedError, match="holds views"):
        read_features(SHAPES, path)


def test_a_raster_whose_tile_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a_2022.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=512, height=512, count=1, dtype="float32",
        crs="EPSG:28992", transform=Affine(1, 0, PLACE[0], 0, -1, PLACE[1]), nodata=-1,
        tiled=True, blockxsize=512, blockysize=512, compress="deflate",
    ) as made:  # fmt: skip
        made.write(np.full((512, 512), 30, dtype="float32"), 1)
    assert check_raster(path, CATALOGUE["pet"]).cells == 512 * 512
    monkeypatch.setattr(raster_file, "MAX_BLOCK_BYTES", 512 * 512 * 4 - 1)
    with pytest.raises(RasterRefusedError) as refused:
        check_raster(path, CATALOGUE["pet"])
    assert refused.value.key == "unpacks_too_far"


def scribble(corners: int) -> Polygon:
    """A polygon of which nearly each side crosses a third of the others."""
    steps = np.arange(corners)
    places = np.column_stack([steps * 7919 % 10_007, steps * 104_729 % 10_007])
    return Polygon(places / 100 + PLACE)


def test_a_shape_that_takes_all_memory_to_repair_is_refused_and_the_others_are_kept(
    tmp_path: Path,
) -> None:
    bow_tie = Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])
    shapes = [scribble(5000), Polygon(np.array(bow_tie.exterior.coords) + PLACE)]
    path = write_vector(tmp_path / "a.gpkg", [{"name": "bomb"}, {"name": "bow tie"}], shapes)
    rows = read_features(SHAPES, path)
    assert [row.name for row in rows] == ["bow tie"]
    assert {each.reason: each.count for each in rows.report.rejected} == {"unreadable_geometry": 1}
    assert rows.report.repaired == 1


def test_a_large_shape_with_a_small_mistake_is_no_tangle() -> None:
    angles = np.linspace(0, 2 * np.pi, 200_000, endpoint=False)
    coast = np.column_stack([np.cos(angles), np.sin(angles)]) * 5000 + PLACE
    coast[[1000, 1001]] = coast[[1001, 1000]]
    assert not Polygon(coast).is_valid
    assert not is_tangled(Polygon(coast))
    assert not is_tangled(MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)]))
    assert is_tangled(MultiPolygon([box(0, 0, 2, 2)] * 2000))
