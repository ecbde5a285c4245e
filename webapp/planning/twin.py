"""What the 3-D view is asked to show: where, when, now or with the plans. The address holds it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import shapely
from flask import url_for
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from shapely import Point
from werkzeug.datastructures import MultiDict
from wtforms import StringField, ValidationError
from wtforms.validators import Length, Optional

from gis.crs import KNOWN_POINT_RD, NETHERLANDS_RD, Bounds, inside_netherlands, to_lonlat, to_rd
from gis.sun import Sun, sun_over
from webapp.deals.models import text_in
from webapp.fields import Choice, Day, cleaned
from webapp.geodata import shape
from webapp.languages import current_language
from webapp.map_layers.models import LayerEdition
from webapp.map_layers.queries import editions
from webapp.permissions import Scope
from webapp.planning import queries, twin_scene
from webapp.planning.address import read_position
from webapp.planning.queries import CaseChoice
from webapp.planning.twin_scene import HALF, Plan

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SHOWN = ("now", "plans")
TREE_HEIGHTS = ("6", "10", "15")
FIRST_TIME = "15:00"
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,8})?"
_CAMERA = re.compile(rf"({_NUMBER}),({_NUMBER})(?:,({_NUMBER}),({_NUMBER}),({_NUMBER}))?")


@dataclass(frozen=True)
class Camera:
    """Where the view looks: degrees, zoom, direction (degrees from north) and tilt (degrees)."""

    lon: float
    lat: float
    zoom: float = 17.0
    bearing: float = -30.0
    pitch: float = 48.0

    def __str__(self) -> str:
        numbers = (
            *(f"{self.lon:.6f}", f"{self.lat:.6f}"),
            *(f"{each:.1f}" for each in (self.zoom, self.bearing, self.pitch)),
        )
        return ",".join(numbers)


def read_camera(text: str) -> Camera:
    """The camera of `at=`. Raises ValueError with the key of a message."""
    found = _CAMERA.fullmatch(text)
    if found is None:
        raise ValueError("common.form.number")
    lon, lat, *rest = (float(each) for each in found.groups() if each is not None)
    if not inside_netherlands(Point(lon, lat)):
        raise ValueError("planning.form.outside")
    if not rest:
        return Camera(lon, lat)
    zoom, bearing, pitch = rest
    if not (10 <= zoom <= 22 and abs(bearing) <= 360 and 0 <= pitch <= 85):
        raise ValueError("common.form.number")
    return Camera(lon, lat, zoom, bearing, pitch)


class TwinForm(FlaskForm):
    """Day and hour in local time, what is shown, and where."""

    class Meta:
        csrf = False  # it changes nothing, and its address is meant to be shared

    case = Choice(lazy_gettext("planning.form.case"), default="")
    date = Day(lazy_gettext("planning.twin.day"), [Optional()])
    time = StringField(lazy_gettext("planning.twin.time"), default="")
    show = Choice(lazy_gettext("planning.twin.show"), default="now")
    plan = Choice(lazy_gettext("planning.twin.plan"), default="")
    height = Choice(lazy_gettext("planning.twin.tree_height"), default="10")
    at = StringField(lazy_gettext("planning.form.place"), default="")
    place = StringField(
        lazy_gettext("planning.twin.find"),
        [Length(max=100, message=lazy_gettext("planning.form.text_too_long"))],
        default="",
        filters=[cleaned],
    )

    def validate_time(self, field: StringField) -> None:
        """Hours and minutes."""
        if field.data and not _TIME.fullmatch(field.data):
            raise ValidationError(gettext("planning.twin.wrong_time"))

    def validate_at(self, field: StringField) -> None:
        """Longitude and latitude, and from where one looks."""
        try:
            if field.data:
                read_camera(field.data)
        except ValueError as error:
            raise ValidationError(gettext(str(error))) from None

    def validate_place(self, field: StringField) -> None:
        """Coordinates lie within the country; an address is searched by the page."""
        try:
            if field.data:
                read_position(field.data)
        except ValueError as error:
            raise ValidationError(gettext(str(error))) from None

    def given(self, name: str) -> str:
        """What a field holds, empty when it is wrong."""
        return "" if self[name].errors else str(self[name].data or "")


@dataclass
class Look:
    """One look at the 3-D view by one of the staff."""

    form: TwinForm
    scope: Scope
    cases: Sequence[CaseChoice]

    @property
    def chosen_cases(self) -> Sequence[CaseChoice]:
        """The case that is chosen, else all of the reader's."""
        return [each for each in self.cases if each.slug == self.form.given("case")] or self.cases

    @cached_property
    def day(self) -> date:
        """The chosen day, else the longest day of this year."""
        chosen = None if self.form.date.errors else self.form.date.data
        return chosen or datetime.now(AMSTERDAM).date().replace(month=6, day=21)

    @property
    def clock(self) -> str:
        """The chosen time on the clock."""
        return self.form.given("time") or FIRST_TIME

    def at_clock(self, clock: str) -> datetime:
        """A moment (UTC) of the chosen day, by the clock in the Netherlands.

        An hour that occurs twice is meant the first time; one that is skipped counts on.
        """
        local = datetime.combine(self.day, time.fromisoformat(clock), AMSTERDAM)
        return local.astimezone(UTC)

    @property
    def moment(self) -> datetime:
        """The chosen moment, UTC."""
        return self.at_clock(self.clock)

    @property
    def skipped(self) -> str:
        """What the clock really says when the chosen time is skipped on this day, else empty."""
        really = self.moment.astimezone(AMSTERDAM).strftime("%H:%M")
        return "" if really == self.clock else really

    @cached_property
    def camera(self) -> Camera:
        """Where the view looks: as the address says, else at the first plan or building."""
        if given := self.form.given("at"):
            return read_camera(given)
        middle = to_lonlat(self._first_place())
        return Camera(middle.x, middle.y)

    def _first_place(self) -> Point:
        """A plan with buildings around it, else where buildings are known, else the case."""
        known = [shape(each.bounds) for each in editions("bag_buildings") if each.bounds]
        ids = [each.id for each in self.chosen_cases]
        plan = twin_scene.first_plan(ids, known)
        if plan is not None:
            return plan.representative_point() if plan.geom_type != "LineString" else plan.centroid
        if known:
            return known[0].centroid
        extent = queries.extent_of_cases(ids)
        return to_rd(shapely.box(*extent)).centroid if extent else Point(*KNOWN_POINT_RD)

    @cached_property
    def middle(self) -> Point:
        """The middle of what is computed, RD in whole metres."""
        place = to_rd(Point(self.camera.lon, self.camera.lat))
        west, south, east, north = NETHERLANDS_RD
        x, y = min(max(place.x, west), east), min(max(place.y, south), north)
        return Point(round(x), round(y))

    @property
    def bounds(self) -> Bounds:
        """The square that is computed, RD."""
        x, y = self.middle.x, self.middle.y
        return x - HALF, y - HALF, x + HALF, y + HALF

    def sun(self, clock: str = "") -> Sun:
        """Where the sun stands at a time of the day, else at the chosen time."""
        return sun_over(self.middle, self.at_clock(clock or self.clock))

    @cached_property
    def plans(self) -> list[Plan]:
        """The published interventions within the square."""
        ids = [each.id for each in self.chosen_cases]
        return twin_scene.plans_within(ids, self.bounds)

    @property
    def with_plans(self) -> bool:
        """Whether what is not there yet is shown."""
        return self.form.given("show") == "plans"

    @cached_property
    def planted(self) -> Plan | None:
        """The plan along which trees are assumed."""
        chosen = self.form.given("plan")
        return next((each for each in self.plans if str(each.id) == chosen), None)

    @property
    def tree_height(self) -> float:
        """Of the assumed trees, metres."""
        return float(self.form.given("height") or "10")

    @cached_property
    def buildings(self) -> LayerEdition | None:
        """The edition of buildings at this place."""
        return _edition_at("bag_buildings", self.middle)

    @cached_property
    def trees(self) -> LayerEdition | None:
        """The edition of trees at this place."""
        return _edition_at("trees", self.middle)

    @property
    def used_editions(self) -> list[LayerEdition]:
        """What the view is made from."""
        return [each for each in (self.buildings, self.trees) if each is not None]

    def state(self, **changes: Any) -> dict[str, str]:
        """Every part of the look as it stands in the address."""
        form = self.form
        given = {
            "case": form.given("case"),
            "date": self.day.isoformat(),
            "time": self.clock,
            "show": "plans" if self.with_plans else "",
            "plan": form.given("plan"),
            "height": form.given("height") if self.planted else "",
            "at": str(self.camera),
        }
        given |= {name: str(value) for name, value in changes.items()}
        return {name: value for name, value in given.items() if value}

    def address(self, **changes: Any) -> str:
        """The address of this look with some parts changed."""
        return url_for("planning_twin.page", **self.state(**changes))


def _edition_at(layer_id: str, place: Point) -> LayerEdition | None:
    """The newest edition that reaches this place, else the newest."""
    found = editions(layer_id)
    here = [each for each in found if each.bounds and shape(each.bounds).covers(place)]
    return next(iter(here or found), None)


def read_look(scope: Scope, arguments: MultiDict[str, str]) -> Look:
    """The look that an address asks for; mistakes are in `form.errors` and change nothing else."""
    form = TwinForm(arguments)
    look = Look(form, scope, queries.cases_in(scope))
    form.case.choices = [
        ("", gettext("common.all")),
        *((each.slug, text_in(each.title, current_language())) for each in look.cases),
    ]
    form.show.choices = [(each, gettext(f"planning.twin.show.{each}")) for each in SHOWN]
    form.height.choices = [(each, f"{each} m") for each in TREE_HEIGHTS]
    for name, first in (("show", "now"), ("height", "10")):
        form[name].data = form[name].data or first
    form.plan.choices = [("", "")]
    chosen = form.plan.data or ""
    if re.fullmatch(r"[1-9][0-9]{0,8}", chosen):
        form.plan.choices.append((chosen, ""))  # whether it lies here is seen below
    form.validate()
    form.plan.choices = [
        ("", gettext("planning.twin.plan.none")),
        *((str(each.id), each.name) for each in look.plans),
    ]
    return look
