import io
import json
from datetime import date

import pytest
from sqlalchemy import select

from tests import factories
from tests.webapp.interventions.conftest import AREA
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import shape
from webapp.interventions.models import Intervention
from webapp.interventions.queries import geometry_of


def all_interventions():
    return list(db.session.scalars(select(Intervention).order_by(Intervention.id)))


def actions_of(intervention):
    rows = select(Event).filter_by(subject="intervention", subject_id=intervention.id)
    return [event.action for event in db.session.scalars(rows.order_by(Event.id))]


def test_an_intervention_is_made_with_its_place_and_event(desk):
    page = desk.make(geometry=AREA, wares=["hardware", "software"])
    (made,) = all_interventions()
    assert "Bomen" in page.text
    assert made.title == {"nl": "Bomen"}
    assert made.wares == ["hardware", "software"]
    assert shape(made.geom).area == pytest.approx(182_000, rel=0.02)
    assert actions_of(made) == ["made"]


def test_the_same_form_sent_twice_is_one_intervention(desk):
    page = desk.new()
    desk.make(page)
    desk.make(page)
    assert len(all_interventions()) == 1


def test_dutch_is_required_and_the_page_says_so(desk):
    page = desk.make(title_nl=" ", summary_nl="")
    assert "Vul dit in" in page.text
    assert all_interventions() == []


def test_languages_without_text_are_left_out(desk):
    desk.make(title_ar="أشجار", title_en="  ")
    assert all_interventions()[0].title == {"nl": "Bomen", "ar": "أشجار"}


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ("rubbish", "geen GeoJSON"),
        ('{"type":"Point","coordinates":[52.36,4.65]}', "buiten Nederland"),
        ('{"type":"Point","coordinates":[4.65,52.36,1]}', "hoogtes"),
        (
            '{"type":"Polygon","coordinates":[[[4.6,52.3],[4.7,52.4],[4.7,52.3],[4.6,52.4],[4.6,52.3]]]}',
            "kruist zichzelf",
        ),
    ],
)
def test_a_refused_geometry_is_named_and_nothing_is_saved(desk, geometry, words):
    assert words in desk.make(geometry=geometry).text
    assert all_interventions() == []


def test_an_uploaded_file_wins_over_the_drawing(desk):
    content = b'{"type":"Point","coordinates":[4.6545,52.3612]}'
    desk.make(geometry=AREA, geometry_file=(io.BytesIO(content), "place.geojson"))
    assert shape(all_interventions()[0].geom).geom_type == "Point"


@pytest.mark.parametrize(
    "fields",
    [
        {"phase": "done"},
        {"phase": "nonsense"},
        {"wares": ["nonsense"]},
        {"planned_start": "32-13-2026"},
        {"planned_start": "0001-01-01"},
        {"form_key": "nonsense"},
        {"title_nl": "x" * 121},
        {"responsible_party": "999999"},
        {"programme_lines": ["999999"]},
        {"phase": "planned", "planned_start": "2026-05-01", "planned_end": "2026-04-01"},
    ],
)
def test_rubbish_input_is_refused_and_not_saved(desk, fields):
    page = desk.make(**fields)
    assert page.all("div", class_="error-summary")
    assert all_interventions() == []


def test_control_characters_do_not_reach_the_database(desk):
    desk.make(title_nl="Bo\x00men\x07")
    assert all_interventions()[0].title == {"nl": "Bomen"}


def test_a_case_manager_of_another_case_may_not_make_or_change(desk, pages):
    other = factories.make_case()
    foreign = factories.make_intervention(other)
    for path in ("", "/edit", "/history", "/preview", "/wishes"):
        pages.get(f"/nl/interventions/{foreign.id}{path}", 403)
    pages.get(f"/nl/interventions/new/{other.slug}", 403)
    page = desk.new()
    pages.post(f"/nl/interventions/{foreign.id}/edit", page, 403, title_nl="Stolen")
    pages.post(f"/nl/interventions/{foreign.id}/publish", page, 403, version="1")
    assert foreign.title != {"nl": "Stolen"}


def test_what_does_not_exist_is_not_found(desk, pages):
    pages.get("/nl/interventions/999999", 404)
    pages.get("/nl/interventions/99999999999999999999", 404)
    pages.get("/nl/interventions/new/nowhere", 404)


def test_a_save_writes_what_changed_and_raises_the_version(desk):
    intervention = factories.make_intervention(desk.case, title={"nl": "Bankje"})
    page = desk.edit(intervention)
    desk.save(page, intervention, title_nl="Bankjes", geometry=AREA)
    assert (intervention.version, intervention.title) == (2, {"nl": "Bankjes"})
    event = db.session.scalars(select(Event).filter_by(action="changed")).one()
    assert event.details["changes"]["title"] == [{"nl": "Bankje"}, {"nl": "Bankjes"}]
    assert event.details["moved"] is True


def test_a_save_that_changes_nothing_writes_nothing(desk):
    intervention = factories.make_intervention(
        desk.case, title={"nl": "Bomen"}, summary={"nl": "Er komen bomen."}
    )
    page = desk.edit(intervention)
    (field,) = page.all("textarea", id="geometry")
    text = page.html.split('id="geometry"')[1].split(">", 1)[1].split("</textarea>")[0]
    desk.save(page, intervention, geometry=text.replace("&#34;", '"'), wares=["hardware"])
    assert field
    assert (intervention.version, actions_of(intervention)) == (1, [])


def test_an_empty_geometry_field_takes_the_place_away(desk):
    intervention = factories.make_intervention(desk.case)
    desk.save(desk.edit(intervention), intervention, geometry="")
    assert intervention.geom is None


def test_saving_over_a_newer_version_is_refused_with_both_shown(desk):
    intervention = factories.make_intervention(desk.case)
    mine = desk.edit(intervention)
    desk.save(desk.edit(intervention), intervention, title_nl="Van een ander")
    page = desk.save(mine, intervention, 409, title_nl="Van mij")
    assert "Van een ander" in page.text
    assert "Van mij" in page.text
    assert desk.user.email in page.text
    assert intervention.title == {"nl": "Van een ander"}


def test_a_conflict_also_compares_party_and_programme_lines(desk):
    line = factories.make_programme_line(desk.deal, code="PL9")
    party = factories.make_party(desk.deal, name="Gemeente Nergens")
    intervention = factories.make_intervention(desk.case, programme_lines=[line])
    page = desk.edit(intervention)
    page = desk.save(page, intervention, 409, version="7", responsible_party=str(party.id))
    assert page.text.count("PL9") >= 2
    assert "Gemeente Nergens" in page.text


def test_wares_and_lines_are_ticked_not_chosen_one_of(desk):
    factories.make_programme_line(desk.deal)
    page = desk.new()
    assert {found["type"] for found in page.all("input", name="wares")} == {"checkbox"}
    assert {found["type"] for found in page.all("input", name="programme_lines")} == {"checkbox"}


def test_a_title_of_spaces_is_no_title(desk):
    desk.make(title_nl="   ")
    assert all_interventions() == []


def test_after_a_conflict_the_own_version_can_be_saved_knowingly(desk):
    intervention = factories.make_intervention(desk.case)
    mine = desk.edit(intervention)
    desk.save(desk.edit(intervention), intervention, title_nl="Van een ander")
    page = desk.save(mine, intervention, 409, title_nl="Van mij")
    desk.save(page, intervention, title_nl="Van mij")
    assert intervention.title == {"nl": "Van mij"}


def test_a_form_without_a_sensible_version_is_a_conflict(desk):
    intervention = factories.make_intervention(desk.case)
    page = desk.edit(intervention)
    desk.save(page, intervention, 409, version="-1")
    desk.save(page, intervention, 409, version="9" * 30)


def test_stopping_asks_for_a_reason(desk):
    intervention = factories.make_intervention(desk.case)
    page = desk.save(desk.edit(intervention), intervention, phase="stopped")
    assert "Schrijf waarom" in page.text
    desk.save(page, intervention, phase="stopped", stop_reason="Geen grond.")
    assert intervention.phase == "stopped"


def test_the_history_page_tells_every_change(desk, pages):
    intervention = factories.make_intervention(desk.case)
    desk.save(desk.edit(intervention), intervention, title_nl="Nieuw", phase="explored")
    page = pages.get(f"/nl/interventions/{intervention.id}/history")
    assert "Wordt onderzocht" in page.text
    assert "Nieuw" in page.text
    assert desk.user.email in page.text


@pytest.mark.parametrize("language", factories.LANGUAGES)
def test_every_page_reads_in_every_language(desk, pages, language):
    closed = factories.make_round(desk.case, days_open=-60)
    party = factories.make_party(desk.deal)
    line = factories.make_programme_line(desk.deal)
    intervention = factories.make_intervention(
        desk.case,
        phase="planned",
        planned_start=date(2026, 5, 1),
        planned_end=date(2026, 9, 1),
        responsible_party=party,
        programme_lines=[line],
        round_override_reason="Spoed",
    )
    assert closed
    for path in ("", "/new", f"/new/{desk.case.slug}"):
        pages.get(f"/{language}/interventions{path}")
    for path in ("", "/edit", "/preview", "/history", "/wishes"):
        pages.get(f"/{language}/interventions/{intervention.id}{path}")


def test_the_overview_filters_and_sorts(desk, pages):
    line = factories.make_programme_line(desk.deal)
    factories.make_intervention(desk.case, title={"nl": "Aap"}, programme_lines=[line])
    factories.make_intervention(desk.case, title={"nl": "Zebra"}, phase="explored")
    factories.make_intervention(factories.make_case(), title={"nl": "Elders"})

    def titles(query):
        text = pages.get(f"/nl/interventions?{query}").text
        return [word for word in ("Aap", "Zebra", "Elders") if word in text]

    assert titles("") == ["Aap", "Zebra"]
    assert titles("text=zeb") == ["Zebra"]
    assert titles("phase=explored") == ["Zebra"]
    assert titles(f"line={line.id}") == ["Aap"]
    assert titles(f"case={desk.case.slug}") == ["Aap", "Zebra"]
    assert titles("text=%25&line=x&sort=nonsense&order=nonsense&phase=%00") == []
    for sort in ("title", "case", "phase", "planned_start", "wishes", "updated"):
        assert titles(f"sort={sort}&order=ascending") == ["Aap", "Zebra"]


def test_sorting_by_title_puts_them_in_order(desk, pages):
    factories.make_intervention(desk.case, title={"nl": "Zebra"})
    factories.make_intervention(desk.case, title={"nl": "aap"})
    text = pages.get("/nl/interventions?sort=title&order=ascending").text
    assert text.index("aap") < text.index("Zebra")


def test_a_drawing_comes_back_where_it_was_drawn(desk):
    desk.make(geometry=AREA)
    drawn = json.loads(AREA)["coordinates"][0]
    kept = geometry_of(all_interventions()[0])["coordinates"][0]
    for one, other in zip(sorted(kept), sorted(drawn), strict=True):
        assert one == pytest.approx(other, abs=2e-7)
