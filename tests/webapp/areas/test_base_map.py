import io
from pathlib import Path

import pytest
import shapely
from PIL import Image

from layers.sources import pdok
from layers.sources.http import SourceUnavailable
from tests import factories
from webapp.areas import base_map
from webapp.areas.models import BaseFeature
from webapp.geodata import stored

TILE = "/tiles/base/16/33615/21543.png"


@pytest.fixture
def cache(app, tmp_path: Path) -> Path:
    app.config["TILE_CACHE"] = str(tmp_path)
    return tmp_path


def draw_water() -> None:
    pond = stored(shapely.Point(*factories.HAARLEM).buffer(3000))
    factories.add(BaseFeature(kind="water", attributes={"drawn_as": "water"}, geom=pond))
    name = stored(shapely.Point(*factories.HAARLEM))
    factories.add(BaseFeature(kind="label_town", name="Haarlem", attributes={}, geom=name))


def size(answer) -> tuple[int, int]:
    with Image.open(io.BytesIO(answer.data)) as image:
        return image.size


def test_a_drawn_tile_is_a_picture_that_may_be_kept(client, cache):
    draw_water()
    answer = client.get(TILE)
    assert (answer.status_code, answer.content_type, size(answer)) == (200, "image/png", (256, 256))
    assert "max-age" in answer.headers["Cache-Control"]
    again = client.get(TILE, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert len(list(cache.rglob("*.png"))) == 1


def test_a_sharp_screen_gets_twice_the_pixels(client, cache):
    draw_water()
    assert size(client.get(f"{TILE}?scale=2")) == (512, 512)
    assert size(client.get(f"{TILE}?scale=900")) == (256, 256)


def test_another_drawing_is_another_tile(client, cache):
    empty = client.get(TILE).data
    assert not list(cache.rglob("*.png"))
    draw_water()
    assert client.get(TILE).data != empty


@pytest.mark.parametrize("path", ["/tiles/base/20/0/0.png", "/tiles/base/1/2/0.png"])
def test_a_tile_that_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_full_disk_costs_no_map(client, app, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    app.config["TILE_CACHE"] = str(blocked)
    draw_water()
    assert client.get(TILE).status_code == 200


class Kadaster:
    """Stands in for PDOK's tiles."""

    asked = 0
    away = False

    def tile(self, layer, z, x, y):
        Kadaster.asked += 1
        if Kadaster.away:
            raise SourceUnavailable("away")
        return b"\x89PNG\r\n\x1a\nfrom pdok"


def test_pdok_is_asked_once_per_tile_and_named_as_the_source(client, app, cache, monkeypatch):
    monkeypatch.setattr(pdok, "PdokTiles", Kadaster)
    monkeypatch.setitem(app.config, "BASE_MAP", "pdok")
    Kadaster.asked, Kadaster.away = 0, False
    assert client.get(TILE).data == client.get(TILE).data
    assert Kadaster.asked == 1
    assert (base_map.base_map().attribution, base_map.base_map().schematic) == (
        "Kaartgegevens © Kadaster",
        False,
    )


def test_when_pdok_is_away_the_tile_is(client, app, cache, monkeypatch):
    monkeypatch.setattr(pdok, "PdokTiles", Kadaster)
    monkeypatch.setitem(app.config, "BASE_MAP", "pdok")
    Kadaster.away = True
    assert client.get(TILE).status_code == 503
