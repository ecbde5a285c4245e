"""Rows for tests: state only what matters, the rest has a plain value."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import shapely

from webapp.accounts.models import Grant, User
from webapp.areas.models import Area, AreaFigures, AreaImport, Place
from webapp.budgets.models import Booking
from webapp.deals.models import BudgetLine, Case, CasePart, Deal, Party, ProgrammeLine, Round, Rule
from webapp.extensions import Model, db
from webapp.figures.models import FigureWork
from webapp.geodata import stored
from webapp.interventions.models import Intervention, WishLink
from webapp.map_layers.models import LayerEdition, LayerImport
from webapp.planning.models import SavedView, Scenario, ScenarioMeasure
from webapp.wishes.models import Message, Wish

LANGUAGES = ("nl", "en", "tr", "ar", "pl", "uk")
HAARLEM = (104_700.0, 486_000.0)  # RD metres; near 4.6545 E, 52.3612 N


def words(text: str) -> dict[str, str]:
    """The same text in each language, marked so that a mix-up shows."""
    return {language: f"{text} ({language})" for language in LANGUAGES}


def add(*rows: Model) -> Any:
    """Add rows and return the first, with its id."""
    db.session.add_all(rows)
    db.session.flush()
    return rows[0]


def square(x: float, y: float, side: float) -> shapely.MultiPolygon:
    """A square around a point, RD metres."""
    half = side / 2
    return shapely.MultiPolygon([shapely.box(x - half, y - half, x + half, y + half)])


def make_deal(**values: Any) -> Deal:
    """A deal of 20 million on each side."""
    given = {
        "slug": f"deal-{uuid4().hex[:8]}",
        "kind": "covenant",
        "title": words("Deal"),
        "short_title": words("Deal"),
        "summary": words("Summary"),
        "mention": words("Made possible by the Regio Deal"),
        "source": "made for a test",
        "state_total_cents": 20_000_000_00,
        "region_total_cents": 20_000_000_00,
    }
    return add(Deal(**(given | values)))


def make_programme_line(deal: Deal, code: str = "PL1", **values: Any) -> ProgrammeLine:
    """A programme line of a deal."""
    given = {"kind": "programme_line", "title": words(code), "description": words(code), "position": 1}  # fmt: skip
    return add(ProgrammeLine(deal=deal, code=code, **(given | values)))


def make_budget_line(deal: Deal, lines: list[ProgrammeLine], **values: Any) -> BudgetLine:
    """A budget line over programme lines."""
    given = {
        "code": "BL1",
        "title": words("Budget line"),
        "position": 1,
        "state_max_cents": 18_600_000_00,
        "region_min_cents": 18_600_000_00,
    }
    return add(BudgetLine(deal=deal, programme_lines=lines, **(given | values)))


def make_rule(deal: Deal, code: str, **values: Any) -> Rule:
    """A rule of a deal."""
    given = {"severity": "error", "basis": "art. 4", "title": words(code), "explanation": words(code), "parameters": {}}  # fmt: skip
    return add(Rule(deal_id=deal.id, code=code, **(given | values)))


def make_party(deal: Deal, **values: Any) -> Party:
    """A party of a deal."""
    given = {"slug": f"party-{uuid4().hex[:6]}", "name": "Gemeente Voorbeeld", "kind": "municipality", "role": "region"}  # fmt: skip
    return add(Party(deal_id=deal.id, **(given | values)))


def make_case(deal: Deal | None = None, **values: Any) -> Case:
    """A case whose three parts are squares around a place in Haarlem."""
    x, y = values.pop("at", HAARLEM)
    given = {
        "slug": f"case-{uuid4().hex[:8]}",
        "title": words("Case"),
        "summary": words("Summary"),
        "municipality_code": "GM0392",
        "municipality_name": "Haarlem",
    }
    case = add(Case(deal=deal or make_deal(), **(given | values)))
    parts = (("vulnerable_neighbourhoods", x), ("town_edge", x + 2000), ("outer_area", x + 4000))
    for kind, middle in parts:
        geom = stored(square(middle, y, 2000))
        add(CasePart(case_id=case.id, kind=kind, geom=geom, source="made for a test"))
    return case


def make_round(case: Case, days_open: int = -10, days: int = 30, **values: Any) -> Round:
    """A round that opened ten days ago and is open for thirty, unless told otherwise."""
    opens = datetime.now(UTC) + timedelta(days=days_open)
    given = {
        "title": words("Round"),
        "about": words("About"),
        "who": words("Who"),
        "decides": words("Decides"),
        "opens_at": opens,
        "closes_at": opens + timedelta(days=days),
    }
    return add(Round(case=case, **(given | values)))


def make_area(
    level: str = "neighbourhood", code: str = "BU03920101", at: tuple[float, float] = HAARLEM, side: float = 1000, **values: Any
) -> Area:  # fmt: skip
    """A square area with its import row; `figures` become its figures."""
    figures = values.pop("figures", {})
    given = {"year": 2024, "name": f"Area {code}", "municipality_code": "GM0392"} | values
    source = add(
        AreaImport(
            source_id="cbs_wb",
            source="CBS Wijk- en buurtkaart",
            year=given["year"],
            origin="made for a test",
            licence="CC BY 4.0",
            attribution="CBS, Kadaster",
            retrieved_at=datetime.now(UTC),
            sha256=uuid4().hex,
            rows_in=1,
            rows_loaded=1,
            rows_rejected=0,
        )
    )
    geom = stored(square(*at, side))
    area = add(Area(level=level, code=code, geom=geom, import_id=source.id, **given))
    add(AreaFigures(area_id=area.id, import_id=source.id, figures=figures, missing={}))
    return area


def make_place(label: str, at: tuple[float, float] = HAARLEM, **values: Any) -> Place:
    """A place that can be searched."""
    given = {"kind": "street", "search": label.lower(), "municipality_code": "GM0392"}
    return add(Place(label=label, geom=stored(shapely.Point(*at)), **(given | values)))


def make_wish(case: Case | None = None, at: tuple[float, float] = HAARLEM, **values: Any) -> Wish:
    """A wish at a point, as it comes in: submitted, not moderated."""
    given = {
        "case": case or make_case(),
        "kind": "wish",
        "theme": "green",
        "text": "Meer schaduw",
        "language": "nl",
        "door": "map",
        "zoom": 17,
        "channel": "web",
        "geom": stored(shapely.Point(*at)),
        "retain_until": date.today() + timedelta(days=1825),  # noqa: DTZ011
        "idempotency_key": uuid4(),
    }
    return add(Wish(**(given | values)))


def make_message(wish: Wish, kind: str = "receipt") -> Message:
    """A message that waits."""
    return add(Message(wish=wish, kind=kind, language="nl"))


def make_intervention(case: Case, at: tuple[float, float] = HAARLEM, **values: Any) -> Intervention:
    """An intervention as an idea, not published."""
    given = {
        "title": words("Intervention"),
        "summary": words("What is done"),
        "geom": stored(square(*at, 100)),
        "wares": ["hardware"],
    }
    return add(Intervention(case=case, **(given | values)))


def link(intervention: Intervention, wish: Wish, relation: str = "answers") -> WishLink:
    """That an intervention answers a wish."""
    return add(WishLink(intervention=intervention, wish=wish, relation=relation))


def make_booking(line: BudgetLine, **values: Any) -> Booking:
    """An amount of a thousand euros allocated by the state."""
    given = {
        "funder": "state",
        "stage": "allocated",
        "amount_cents": 1_000_00,
        "year": 2025,
        "booked_on": date(2025, 3, 1),
        "document_ref": "TEST-1",
    }
    return add(Booking(budget_line=line, **(given | values)))


def make_user(
    role: str | None = None, *, deal: Deal | None = None, case: Case | None = None
) -> User:
    """A member of staff with one role in a deal, in a case, or (admin) everywhere."""
    user = User(
        email=f"{uuid4().hex[:8]}@example.org",
        password="not used in tests",
        active=True,
        fs_uniquifier=uuid4().hex,
    )
    if role:
        grant = Grant(role=role, deal_id=deal and deal.id, case_id=case and case.id)
        user.grants.append(grant)
    return add(user)


def make_figure_work(**values: Any) -> FigureWork:
    """Figures that wait to be computed."""
    return add(FigureWork(**({"figures": [], "level": "neighbourhood"} | values)))


def make_saved_view(case: Case, title: str = "Heat", state: str = "table=wishes") -> SavedView:
    """A view of the planner's map that was saved in a case."""
    return add(SavedView(case_id=case.id, title=title, state=state))


def make_scenario(case: Case, title: str = "Greener", **values: Any) -> Scenario:
    """A scenario without measures."""
    return add(Scenario(case_id=case.id, title=title, form_key=uuid4(), **values))


def make_measure(
    scenario: Scenario, at: tuple[float, float] = HAARLEM, side: float = 100.0, **values: Any
) -> ScenarioMeasure:
    """A square park in a scenario."""
    given = {"kind": "park", "position": 1, "geom": stored(square(*at, side)), "parameters": {}}
    return add(ScenarioMeasure(scenario_id=scenario.id, form_key=uuid4(), **(given | values)))


def make_layer_edition(layer_id: str = "parks", **values: Any) -> LayerEdition:
    """A complete edition of a layer, without features."""
    given = {
        "edition": "2022",
        "kind": "vector",
        "status": "ready",
        "retrieved_at": datetime.now(UTC),
        "imported_at": datetime.now(UTC),
        "sha256": uuid4().hex * 2,
        "file_name": "made for a test",
        "publisher": "Publisher",
        "licence": "CC BY 4.0",
        "attribution": "Publisher",
    }
    return add(LayerEdition(layer_id=layer_id, **(given | values)))


def make_layer_import(layer_id: str = "parks", **values: Any) -> LayerImport:
    """An import that waits."""
    return add(LayerImport(layer_id=layer_id, **({"path": "", "file_name": "parks.gpkg"} | values)))
