"""The invented map layers: labelled, twice the same, and loaded once."""

import numpy as np

from webapp.demo import layers
from webapp.languages import LANGUAGES
from webapp.map_layers.queries import comparable, editions


def test_invented_layers_are_loaded_once_and_say_what_they_are(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "LAYER_STORE", str(tmp_path))
    assert layers.load_layers() > 0
    assert layers.load_layers() == 0
    for each in editions():
        assert each.is_synthetic
        assert each.is_demo
        assert all(each.label(language) != each.edition for language in LANGUAGES)
    older, newer = comparable("pet")[0]
    assert (older.edition, newer.edition) == (layers.EARLIER, layers.YEAR)
    assert newer.statistics["mean"] > older.statistics["mean"]


def test_the_same_seed_gives_the_same_heat():
    assert np.array_equal(layers._heat(1.0), layers._heat(1.0))
