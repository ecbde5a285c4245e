"""The invented story of the demo: rounds, wishes, interventions and bookings in every state.

All of it carries `is_demo`; dates count from the day it is loaded, so that the demo stays alive.
"""

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select

from webapp.areas.models import Area, BaseFeature, Place
from webapp.deals.models import BudgetLine, Case, Deal, Party, ProgrammeLine, Round
from webapp.events import Event
from webapp.extensions import db
from webapp.geodata import shape, stored
from webapp.interventions.models import Intervention, WishLink
from webapp.wishes.models import Wish
from webapp.wishes.publication import publishable_precision
from webapp.wishes.receipts import code_for, code_hash

FOLDER = Path(__file__).parent
NAMESPACE = UUID("6f0c3b0e-9d0a-4f4b-8f57-3d0f6c1b7a10")
CLOSED_ROUND_DAYS, OPEN_ROUND_DAYS = 380, 40
DECIDED_AFTER = timedelta(days=4)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPENS, CLOSES = time(9), time(22)


@dataclass(frozen=True)
class Scene:
    """What the story plays on: the cases, lines and parties of the deal, and the day of loading."""

    cases: dict[str, Case]
    programme_lines: dict[str, ProgrammeLine]
    budget_lines: dict[str, BudgetLine]
    parties: dict[str, Party]
    now: datetime

    def on(self, days: int | None) -> date | None:
        """The day that many days from the day of loading."""
        return None if days is None else (self.now + timedelta(days=days)).date()

    def at(self, days: int, clock: time) -> datetime:
        """That many days from the day of loading, at this time on a clock in Amsterdam."""
        day = (self.now + timedelta(days=days)).date()
        return datetime.combine(day, clock, AMSTERDAM).astimezone(UTC)


def scene(deal: Deal) -> Scene:
    """The scene of a deal that is loaded."""
    return Scene(
        cases={case.slug: case for case in deal.cases},
        programme_lines={line.code: line for line in deal.programme_lines},
        budget_lines={line.code: line for line in deal.budget_lines},
        parties={party.slug: party for party in deal.parties},
        now=datetime.now(UTC),
    )


def read(name: str) -> dict[str, Any]:
    """One of the story's files."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def add_rounds(stage: Scene) -> None:
    """Closed and open rounds of the cases."""
    told = read("rounds")
    for entry in told["rounds"]:
        for slug in entry["cases"]:
            case = stage.cases[slug]
            named = {
                language: text.replace("%s", case.municipality_name)
                for language, text in entry["title"].items()
            }
            db.session.add(
                Round(
                    case=case,
                    title=named,
                    about=told["about"],
                    who=told["who"],
                    decides=told["decides"],
                    outcome=entry.get("outcome", {}),
                    opens_at=stage.at(entry["opens"], OPENS),
                    closes_at=stage.at(entry["closes"], CLOSES),
                )
            )
    db.session.flush()


def point_of(place: str) -> shapely.Point:
    """Where something of the drawn geography lies, EPSG:28992: a place, an area or a path.

    Raises `LookupError` when the drawing has nothing of that name.
    """
    found = db.session.scalar(
        select(Place.geom)
        .where(Place.label.startswith(place, autoescape=True))
        .order_by(Place.id)
        .limit(1)
    )
    if found is None:
        inside = func.ST_PointOnSurface
        found = db.session.scalar(
            select(inside(Area.geom)).where(Area.code == place, Area.geom.is_not(None)).limit(1)
        ) or db.session.scalar(
            select(inside(BaseFeature.geom)).where(BaseFeature.name == place).limit(1)
        )
    if found is None:
        raise LookupError(place)
    return shapely.Point(shape(found))


def geometry_of(entry: dict[str, Any]) -> BaseGeometry:
    """The point, line or square that an entry describes, EPSG:28992."""
    middle = translate(point_of(entry["at"]), entry.get("east", 0), entry.get("north", 0))
    if "line" in entry:
        return translate(shapely.LineString(entry["line"]), middle.x, middle.y)
    if "area" in entry:
        half = entry["area"] / 2
        return shapely.box(middle.x - half, middle.y - half, middle.x + half, middle.y + half)
    return middle


def area_at(geometry: BaseGeometry) -> Area | None:
    """The finest area around a geometry's middle."""
    levels = {"neighbourhood": 0, "district": 1, "municipality": 2}
    around = db.session.scalars(
        select(Area).where(
            func.ST_Covers(Area.geom, stored(geometry.centroid)), Area.water.is_(False)
        )
    ).all()
    return min(around, key=lambda area: levels[area.level], default=None)


def add_wishes(stage: Scene) -> list[Wish]:
    """The wishes, in the order of the file."""
    entries = read("wishes")["wishes"]
    wishes = [_wish(stage, index, entry) for index, entry in enumerate(entries)]
    db.session.add_all(wishes)
    db.session.flush()
    for wish, entry in zip(wishes, entries, strict=True):
        if "merged_into" in entry:
            wish.merged_into_id = wishes[entry["merged_into"] - 1].id
        db.session.add_all(_history(wish))
    db.session.flush()
    return wishes


def _wish(stage: Scene, index: int, entry: dict[str, Any]) -> Wish:
    case = stage.cases[entry["case"]]
    geometry = geometry_of(entry)
    submitted = _submitted(stage, case, index, entry)
    status = entry.get("status", "published")
    area = area_at(geometry)
    key = uuid5(NAMESPACE, str(index))
    return Wish(
        case=case,
        round_id=_round_at(case, submitted),
        area_id=area and area.id,
        kind=entry["kind"],
        theme=entry["theme"],
        text=entry["text"],
        language=entry["language"],
        door="map",
        zoom=17,
        place_words=entry["at"].split(",")[0] if entry["case"] == "haarlem" else "",
        geom=stored(geometry),
        precision=publishable_precision(entry["kind"], "map", "exact"),
        channel="web",
        status=status,
        flags=_flags(entry["text"]) if status == "submitted" else [],
        reason=entry.get("reason"),
        decision_text=entry.get("decision"),
        decided_at=None if status == "submitted" else submitted + DECIDED_AFTER,
        is_demo=True,
        idempotency_key=key,
        code_hash=code_hash(code_for(key)),
        submitted_at=submitted,
        retain_until=(stage.now + timedelta(days=1825)).date(),
    )


def _flags(text: str) -> list[str]:
    from webapp.wishes.checks import flags_for

    return flags_for(text)


def _submitted(stage: Scene, case: Case, index: int, entry: dict[str, Any]) -> datetime:
    if "age" in entry:
        return stage.now - timedelta(days=entry["age"])
    answered = "answered_by" in entry and len(case.rounds) > 1
    days = CLOSED_ROUND_DAYS if answered else OPEN_ROUND_DAYS
    return stage.now - timedelta(days=days + 7 * math.sin(index), hours=index)


def _round_at(case: Case, moment: datetime) -> int | None:
    return next((r.id for r in case.rounds if r.opens_at <= moment < r.closes_at), None)


def _history(wish: Wish) -> Iterator[Event]:
    details = {"channel": wish.channel, "door": wish.door, "kind": wish.kind}
    yield Event(
        subject="wish", subject_id=wish.id, action="placed", at=wish.submitted_at, details=details
    )
    if wish.decided_at:
        yield Event(
            subject="wish",
            subject_id=wish.id,
            action=wish.status,
            at=wish.decided_at,
            details={"reason": wish.reason} if wish.reason else {},
        )


def add_interventions(stage: Scene, wishes: list[Wish]) -> None:
    """The interventions, and which wishes each answers."""
    made = {}
    for entry in read("interventions")["interventions"]:
        made[entry["slug"]] = intervention = _intervention(stage, entry)
        db.session.add(intervention)
    db.session.flush()
    for wish, entry in zip(wishes, read("wishes")["wishes"], strict=True):
        for slug, relation in entry.get("answered_by", {}).items():
            db.session.add(WishLink(intervention=made[slug], wish=wish, relation=relation))
    for intervention in made.values():
        db.session.add_all(_history_of(intervention, stage.now))
    db.session.flush()


def _history_of(intervention: Intervention, now: datetime) -> Iterator[Event]:
    made = {"case": intervention.case.slug, "phase": intervention.phase}
    yield Event(
        subject="intervention",
        subject_id=intervention.id,
        action="made",
        at=now - timedelta(days=30),
        details=made,
    )
    if intervention.published_at:
        yield Event(
            subject="intervention",
            subject_id=intervention.id,
            action="published",
            at=intervention.published_at,
            details={"version": 1},
        )


def _intervention(stage: Scene, entry: dict[str, Any]) -> Intervention:
    begun = entry["phase"] in {"in_execution", "done", "maintained"}
    finished = entry["phase"] in {"done", "maintained"}
    starts, ends = stage.on(entry.get("starts")), stage.on(entry.get("ends"))
    party = stage.parties.get(entry.get("party", ""))
    return Intervention(
        case=stage.cases[entry["case"]],
        title=entry["title"],
        summary=entry["summary"],
        geom=stored(geometry_of(entry)),
        wares=entry["wares"],
        phase=entry["phase"],
        planned_start=starts,
        planned_end=ends,
        actual_start=starts if begun else None,
        actual_end=ends if finished else None,
        responsible_party=party,
        programme_lines=[stage.programme_lines[code] for code in entry["lines"]],
        published_at=stage.now if entry["published"] else None,
        round_override_reason=entry.get("override", ""),
        stop_reason=entry.get("stop_reason", ""),
        is_demo=True,
    )
