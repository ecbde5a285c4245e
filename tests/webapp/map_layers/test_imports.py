"""Imports: all or nothing, the same file twice, editions beside each other, what was cut off."""

import shutil

import pytest
from sqlalchemy import select

from layers.catalogue import CATALOGUE
from tests import factories
from tests.layers.made_files import good_file, raster_values, write_raster
from webapp import jobs
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.map_layers import actions, statistics, storing
from webapp.map_layers.actions import (
    AlreadyLoadedError,
    ImportRefusedError,
    Options,
    import_file,
    remove_edition,
)
from webapp.map_layers.models import LayerAreaValue, LayerEdition, LayerFeature, LayerImport
from webapp.map_layers.queries import (
    area_differences,
    comparable,
    edition,
    editions,
    folder_of,
    newest_edition,
)

PET, PARKS = CATALOGUE["pet"], CATALOGUE["parks"]


@pytest.fixture
def heat(tmp_path):
    return good_file(PET, tmp_path)


@pytest.fixture
def parks(tmp_path):
    return good_file(PARKS, tmp_path)


def rows(table) -> int:
    return len(db.session.scalars(select(table)).all())


@pytest.mark.parametrize(
    ("place", "name"),
    [(storing, "open_source"), (storing, "store"), (statistics, "compute"), (actions, "digest")],
)
@pytest.mark.parametrize("layer_id", ["pet", "parks"])
def test_nothing_shows_of_an_import_that_was_cut_off(
    areas, tmp_path, monkeypatch, layer_id, place, name
):
    path = good_file(CATALOGUE[layer_id], tmp_path)
    real = getattr(place, name)

    def cut(*arguments, **options):
        if name in ("store", "compute"):
            real(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(place, name, cut)
    with pytest.raises(KeyboardInterrupt):
        import_file(layer_id, path, Options(edition="2022"))
    monkeypatch.setattr(place, name, real)
    assert editions() == []
    assert db.session.scalars(select(LayerImport.state)).all() == ["failed"]
    again = import_file(layer_id, path, Options(edition="2022"))
    assert [each.id for each in editions()] == [again.id]
    assert rows(LayerEdition) == 1
    assert rows(LayerFeature) == (again.rows_loaded if layer_id == "parks" else 0)


def test_a_raster_that_was_stored_is_not_stored_again(areas, heat, monkeypatch):
    """What was cut off in the last step goes on: the same row, the same folder."""
    with monkeypatch.context() as cut:
        cut.setattr(statistics, "compute", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            import_file("pet", heat, Options(edition="2022"))
    kept = db.session.scalars(select(LayerEdition)).one()
    assert kept.status == "importing"
    with pytest.raises(NotFound):
        edition(kept.id)
    assert import_file("pet", heat, Options(edition="2022")).id == kept.id


def test_the_same_file_twice_changes_nothing(areas, heat):
    first = import_file("pet", heat, Options(edition="2022"))
    with pytest.raises(AlreadyLoadedError, match="as edition 2022"):
        import_file("pet", heat, Options(edition="2023"))
    assert [each.id for each in editions()] == [first.id]
    assert folder_of(first).is_dir()


def test_another_file_of_the_same_edition_is_refused(areas, heat, tmp_path):
    first = import_file("pet", heat, Options(edition="2022"))
    other = write_raster(tmp_path / "other.tif", raster_values(PET) + 1, 1.0)
    with pytest.raises(ImportRefusedError, match=f"layers remove {first.id}"):
        import_file("pet", other, Options(edition="2022"))
    assert rows(LayerEdition) == 1


def test_two_editions_stand_side_by_side_and_can_be_compared(areas, heat, tmp_path):
    other = write_raster(tmp_path / "pet_2012.tif", raster_values(PET) - 1, 1.0)
    older = import_file("pet", other, Options())
    newer = import_file("pet", heat, Options(edition="2022"))
    assert older.edition == "2012"
    assert comparable("pet") == [(older, newer)]
    assert newest_edition("pet") is newer
    found = {each.code: each.change for each in area_differences(older, newer)}
    assert found["BU03920101"] == pytest.approx(1.0, abs=1e-5)


def test_what_was_made_up_is_never_compared_with_what_was_measured(areas, heat, tmp_path):
    other = write_raster(tmp_path / "pet_2012.tif", raster_values(PET) - 1, 1.0)
    import_file("pet", other, Options(is_synthetic=True))
    real = import_file("pet", heat, Options(edition="2010"))
    assert comparable("pet") == []
    assert newest_edition("pet") is real


def test_a_made_up_edition_says_so_in_every_language(areas, heat):
    made_up = import_file("pet", heat, Options(edition="2022", is_synthetic=True))
    words = {
        "nl": "verzonnen",
        "en": "synthetic",
        "tr": "sentetik",
        "ar": "اصطناعي",
        "pl": "syntetyczne",
        "uk": "синтетичні",
    }
    for language, word in words.items():
        assert word in made_up.label(language)
        assert word in made_up.title(language)


def test_an_edition_needs_a_name(areas, tmp_path, heat):
    with pytest.raises(ImportRefusedError, match="--edition"):
        import_file("pet", heat, Options())
    assert rows(LayerEdition) == 0


def test_a_removed_edition_leaves_nothing(areas, heat, parks):
    for layer_id, path in (("pet", heat), ("parks", parks)):
        made = import_file(layer_id, path, Options(edition="2022"))
        folder = folder_of(made)
        remove_edition(made.id)
        assert not folder.exists()
    assert [rows(table) for table in (LayerEdition, LayerFeature, LayerAreaValue)] == [0, 0, 0]
    with pytest.raises(NotFound):
        remove_edition(2**31 - 1)


def test_figures_without_areas_are_refused(app, tmp_path):
    layer = CATALOGUE["health_good"]
    with pytest.raises(ImportRefusedError, match="areas import"):
        import_file(layer.id, good_file(layer, tmp_path), Options(edition="2022"))


def test_the_worker_does_what_waits_and_forgets_the_file(areas, app, parks, monkeypatch, store):
    monkeypatch.setattr(jobs, "_app", lambda: app)
    folder = store / "incoming" / "one"
    folder.mkdir(parents=True)
    path = shutil.copy(parks, folder / "parks_2022.gpkg")
    factories.make_layer_import(path=str(path), options={"queued": True})
    jobs.import_map_layers(timestamp=0)
    assert db.session.scalars(select(LayerImport.state)).all() == ["done"]
    assert [each.edition for each in editions("parks")] == ["2022"]
    assert not folder.exists()


def test_areas_without_data_are_named_as_such(areas, heat):
    """The raster is 40 m wide: one neighbourhood lies partly in it, the other not at all."""
    made = import_file("pet", heat, Options(edition="2022"))
    values = {
        row.area_id: row
        for row in db.session.scalars(select(LayerAreaValue).filter_by(definition="mean"))
    }
    partly = values[areas["BU03920101"].id]
    assert partly.no_data_share == pytest.approx(1 - 1599 / 10_000, abs=1e-4)
    assert areas["BU03920102"].id not in values
    shares = partly.details["class_shares"]
    assert sum(shares) == pytest.approx(1)
    assert made.statistics["width"] == 40
