"""The address holds the whole state: what is written is what is read, and nothing else gets in."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from webapp.planning.address import (
    MOST_AREAS,
    MOST_OVERLAYS,
    Drawn,
    Overlay,
    Side,
    read_area_codes,
    read_drawn,
    read_overlays,
    read_position,
    read_side,
    write_overlays,
)
from webapp.planning.submitted import rewritten

IDS = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)
NUMBERS = st.integers(1, 10**9 - 1)
OVERLAYS = st.lists(
    st.builds(Overlay, IDS, st.none() | NUMBERS, st.integers(0, 100)),
    max_size=MOST_OVERLAYS,
    unique_by=lambda each: each.layer,
)
LON, LAT = st.integers(30_000_000, 74_000_000), st.integers(505_000_000, 538_000_000)
POSITIONS = st.tuples(LON.map(lambda n: n / 10**7), LAT.map(lambda n: n / 10**7))


@given(OVERLAYS)
def test_layers_come_back_as_they_were_written(overlays):
    assert read_overlays(write_overlays(overlays)) == tuple(overlays)


@given(st.one_of(st.builds(Side, year=st.integers(1900, 2999)), st.builds(Side, layer=IDS, edition=NUMBERS)))  # fmt: skip
def test_a_side_comes_back_as_it_was_written(side):
    assert read_side(str(side)) == side


@given(st.sampled_from(["line", "area"]), st.lists(POSITIONS, min_size=1, max_size=20))
def test_what_is_measured_comes_back_as_it_was_written(kind, positions):
    inside = [(lon, lat) for lon, lat in positions if lon >= 3.0]
    drawn = Drawn(kind, tuple(inside or [(4.6, 52.3)]))
    assert read_drawn(str(drawn)) == drawn


@given(st.lists(st.from_regex(r"(BU|WK|GM)[0-9]{4,8}", fullmatch=True), max_size=50))
def test_areas_come_back_each_once(codes):
    assert set(read_area_codes(",".join(codes))) == set(codes)


def mistake(reader, text) -> str:
    try:
        reader(text)
    except ValueError as error:
        return str(error)
    return "planning."


@given(st.text(max_size=60))
def test_no_text_is_more_than_a_named_mistake(text):
    for reader in (read_overlays, read_side, read_drawn, read_area_codes, read_position):
        assert mistake(reader, text).startswith(("planning.", "common."))


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (read_overlays, ",".join(f"layer{n}" for n in range(MOST_OVERLAYS + 1))),
        (read_overlays, "pet,pet@2"),
        (read_overlays, "pet@0"),
        (read_overlays, "pet:101"),
        (read_overlays, "pet@2:-1"),
        (read_overlays, "pet@9999999999"),
        (read_area_codes, ",".join(f"BU{n:08}" for n in range(MOST_AREAS + 1))),
        (read_area_codes, "BU1;DROP"),
        (read_side, "figure@20"),
        (read_side, "pet"),
        (read_drawn, "line:"),
        (read_drawn, "circle:4.6,52.3"),
        (read_drawn, "line:nan,52.3"),
        (read_drawn, "line:4.6,92.3"),
        (read_drawn, "line:" + ";".join(["4.6,52.3"] * 101)),
        (read_position, "13.4, 52.5"),
    ],
)
def test_what_is_beyond_bounds_is_refused(reader, text):
    with pytest.raises(ValueError, match=r"^(planning|common)\."):
        reader(text)


@pytest.mark.parametrize(
    "text", ["4.6545, 52.3612", "52.3612 4.6545", "52.3612;4.6545", "104700, 486000"]
)
def test_a_place_can_be_typed_in_three_ways(text):
    lon, lat = read_position(text)
    assert lon == pytest.approx(4.6545, abs=0.01)
    assert lat == pytest.approx(52.3612, abs=0.01)


def rewrite(**fields):
    return rewritten(MultiDict(fields), lambda typed: (4.6, 52.3) if "straat" in typed else None)


def test_a_ticked_layer_comes_on_top_and_the_others_stay_as_they_were():
    state = rewrite(layers="green@4:30,noise@5:80", pick="1", on=["noise", "pet", "green"], theme="green")  # fmt: skip
    assert state == {"layers": "pet,green@4:30,noise@5:80", "theme": "green"}


def test_a_layer_that_is_not_ticked_any_more_goes():
    assert rewrite(layers="green@4:30,noise@5:80", pick="1", on="noise") == {"layers": "noise@5:80"}
    assert rewrite(layers="green@4:30", pick="1") == {}


def test_opacity_and_edition_of_a_form_become_part_of_the_layer():
    fields = {"layers": "green@4:30", "opacity-green": "55", "edition-green": "7"}
    assert rewrite(**fields) == {"layers": "green@7:55"}


def test_what_is_wrong_stays_to_be_named():
    state = rewrite(**{"layers": "green@4:30", "opacity-green": "much"})
    assert state == {"layers": "green@4:much"}
    with pytest.raises(ValueError, match="wrong_layers"):
        read_overlays(state["layers"])


def test_ticked_areas_become_one_list():
    assert rewrite(pick_areas="only", area=["BU1", "BU2"]) == {"areas": "BU1,BU2"}
    assert rewrite(pick_areas="all", area=["BU1"], areas="BU1") == {}


def test_places_of_a_form_become_a_line():
    state = rewrite(points="52.3612 4.6545\nDorpsstraat 1", shape="line")
    assert state == {"measure": "line:4.6545,52.3612;4.6,52.3"}
    unreadable = {"points": "52.3612 4.6545\nnowhere", "shape": "area"}
    assert rewrite(**unreadable, theme="") == unreadable
    assert rewrite(**unreadable) is None


def test_coordinates_become_the_selection_and_an_address_stays_a_search():
    assert rewrite(place="52.3612 4.6545") == {"selected": "point:4.6545,52.3612"}
    assert rewrite(place="Dorpsstraat 1") is None


@given(OVERLAYS)
def test_rewriting_is_done_after_once(overlays):
    fields = {"layers": write_overlays(overlays), "pick": "1", "on": [o.layer for o in overlays]}
    state = rewrite(**fields)
    assert state.get("layers", "") == write_overlays(overlays)
    assert rewrite(**state) is None
    assert len(urlencode(state)) < 2000
