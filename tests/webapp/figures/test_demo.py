"""Two figures of the demo, computed again in other ways: by the database and by plain counting."""

import numpy as np
import pytest
import rasterio
import shapely
from sqlalchemy import select, text

from webapp.areas.models import Area
from webapp.demo import layers
from webapp.demo.geography import load_geography
from webapp.extensions import db
from webapp.figures.actions import compute
from webapp.figures.kinds import kinds_of
from webapp.figures.queries import newest_run, values_of
from webapp.geodata import shape
from webapp.map_layers.queries import folder_of, newest_edition

WANTED = (("pet", "2022"), ("parks", "2022"), ("bag_dwellings", "2022"))


@pytest.fixture
def demo(app, monkeypatch):
    """The drawn areas with the layers that the two figures need."""
    load_geography(db.session)
    makers = layers._makers()
    monkeypatch.setattr(layers, "_makers", lambda: {key: makers[key] for key in WANTED})
    layers.load_layers()
    compute(kinds_of(["heat-1", "access-1-straight-dwellings"]), "district", None)


def test_figures_of_the_demo_are_what_others_compute(demo):
    _heat_by_counting()
    _access_in_the_database()


def _heat_by_counting() -> None:
    """Cells whose middle lies in the area count whole: within half a per cent for so many cells."""
    run = newest_run("heat-1", "district")
    assert run.is_synthetic
    with rasterio.open(folder_of(newest_edition("pet")) / "rd.tif") as file:
        pet = file.read(1)
        rows, columns = np.indices(pet.shape)
        xs, ys = rasterio.transform.xy(file.transform, rows.ravel(), columns.ravel())
    checked = 0
    for row in values_of(run):
        if row.value is None or row.no_data_share > 0:
            continue
        outline = db.session.scalar(select(Area.geom).where(Area.id == row.area_id))
        inside = shapely.contains_xy(shape(outline), xs, ys)
        assert row.value == pytest.approx(float((pet.ravel()[inside] >= 34.5).mean()), abs=0.005)
        checked += 1
    assert checked >= 3


def _access_in_the_database() -> None:
    rows = db.session.execute(
        text("""
        WITH parks AS (
            SELECT (ST_Dump(ST_Union(f.geom))).geom FROM layer_features f
            JOIN layer_editions e ON e.id = f.edition_id WHERE e.layer_id = 'parks'
        )
        SELECT a.id, avg(EXISTS (SELECT FROM parks p WHERE ST_Area(p.geom) >= 5000
                                 AND ST_DWithin(p.geom, d.geom, 300))::int)
        FROM areas a JOIN layer_features d ON ST_Intersects(a.geom, d.geom)
        JOIN layer_editions e ON e.id = d.edition_id AND e.layer_id = 'bag_dwellings'
        WHERE a.level = 'district' GROUP BY a.id
        """)
    )
    by_sql = {key: float(share) for key, share in rows}
    found = values_of(newest_run("access-1-straight-dwellings", "district"))
    known = {row.area_id: row.value for row in found if row.value is not None}
    assert known
    assert known == pytest.approx(by_sql)
