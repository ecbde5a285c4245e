"""What the planner's map can be asked: every part of its state is a word in the address."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField, ValidationError
from wtforms.validators import Length, NumberRange, Optional, Regexp

from webapp.interventions.models import PHASE_TYPES
from webapp.planning.address import (
    read_area_codes,
    read_drawn,
    read_overlays,
    read_position,
    read_side,
)
from webapp.wishes.models import KINDS, STATUS_TYPES, THEMES

TABLES = ("areas", "wishes", "interventions")
EVERY_TABLE = (*TABLES, "compare")
SORTS = {
    "areas": ("name", "code", "municipality", "value"),
    "wishes": ("id", "submitted", "kind", "theme", "status", "case", "place"),
    "interventions": ("title", "phase", "case", "start", "wishes"),
}
STATUSES = tuple(status for status, kind in STATUS_TYPES.items() if kind != "withdrawn")
FILTERS = ("case", "theme", "kind", "status", "phase", "since", "until", "q", "areas")
COMPARISONS = ("swipe", "side")
SELECTED = re.compile(
    r"(area):([A-Z]{2}[0-9A-Z]{4,8})|(wish|intervention):([1-9][0-9]{0,17})"
    r"|(point):(-?[0-9]{1,3}(?:\.[0-9]{1,9})?,-?[0-9]{1,2}(?:\.[0-9]{1,9})?)"
)
WHOLE_SELECTED = re.compile(rf"(?:{SELECTED.pattern})\Z")
PLACE = re.compile(r"(-?\d{1,3}(?:\.\d{1,8})?),(-?\d{1,2}(?:\.\d{1,8})?),(\d{1,2}(?:\.\d{1,4})?)")
LARGEST_PAGE = 1_000_000

NO_FIGURE = "none"


class Choice(SelectField):
    """A select that says in our words that an answer is none of its choices."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, _ in self.flat()}:
            raise ValidationError(gettext("common.form.choose"))

    def flat(self) -> Iterable[tuple[str, str]]:
        """Every choice, also those within groups."""
        groups = self.choices.values() if isinstance(self.choices, dict) else [self.choices]
        return [(choice[0], choice[1]) for group in groups for choice in group]


class Day(DateField):
    """A date as browsers send it."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = date.fromisoformat(text)
            except ValueError:
                raise ValueError(gettext("common.form.date")) from None


def _text(label: Any) -> StringField:
    return StringField(
        label,
        [Optional(), Length(max=100, message=lazy_gettext("planning.form.text_too_long"))],
        default="",
        filters=[lambda text: text.replace("\x00", "").strip() if text else text],
    )


def _read(reader: Callable[[str], object], field: StringField) -> None:
    """Say in words what a reader of addresses refuses."""
    try:
        if field.data:
            reader(field.data)
    except ValueError as error:
        raise ValidationError(gettext(str(error))) from None


class ViewForm(FlaskForm):
    """The filters and what to show. Choices that depend on the rows are set by `offer`."""

    class Meta:
        csrf = False  # it changes nothing, and its address is meant to be shared

    layer = Choice(lazy_gettext("planning.form.layer"), default="")
    level = Choice(lazy_gettext("planning.form.level"), default="")
    year = Choice(lazy_gettext("planning.form.edition"), default="")
    case = Choice(lazy_gettext("planning.form.case"), default="")
    theme = Choice(lazy_gettext("planning.form.theme"), default="")
    kind = Choice(lazy_gettext("planning.form.kind"), default="")
    status = Choice(lazy_gettext("planning.form.status"), default="")
    phase = Choice(lazy_gettext("planning.form.phase"), default="")
    since = Day(lazy_gettext("planning.form.since"), [Optional()])
    until = Day(lazy_gettext("planning.form.until"), [Optional()])
    q = _text(lazy_gettext("planning.form.text"))
    table = Choice(lazy_gettext("planning.form.table"), default="areas")
    sort = StringField(lazy_gettext("planning.form.sort"), default="")
    page = IntegerField(
        lazy_gettext("planning.form.page"),
        [Optional(), NumberRange(1, LARGEST_PAGE, lazy_gettext("common.form.number"))],
        default=1,
    )
    selected = StringField(
        lazy_gettext("planning.form.selected"),
        [Optional(), Regexp(WHOLE_SELECTED, message=lazy_gettext("common.form.choose"))],
        default="",
    )
    at = StringField(lazy_gettext("planning.form.place"), [Optional()], default="")

    layers = StringField(lazy_gettext("planning.form.layers"), default="")
    find = _text(lazy_gettext("planning.form.find"))
    areas = StringField(lazy_gettext("planning.form.areas"), default="")
    compare = Choice(lazy_gettext("planning.form.compare"), default="")
    left = StringField(lazy_gettext("planning.form.left"), default="")
    right = StringField(lazy_gettext("planning.form.right"), default="")
    split = IntegerField(
        lazy_gettext("planning.form.split"),
        [Optional(), NumberRange(0, 100, lazy_gettext("common.form.number"))],
    )
    measure = StringField(lazy_gettext("planning.form.measure"), default="")
    shape = Choice(lazy_gettext("planning.form.shape"), default="line")
    points = StringField(lazy_gettext("planning.form.points"), default="")
    place = _text(lazy_gettext("planning.form.find_place"))

    def validate_layers(self, field: StringField) -> None:
        """Layers with their edition and opacity; whether they exist is for the page to say."""
        _read(read_overlays, field)

    def validate_areas(self, field: StringField) -> None:
        """Codes of areas."""
        _read(read_area_codes, field)

    def validate_left(self, field: StringField) -> None:
        """A figure's year or a layer's edition."""
        _read(read_side, field)

    def validate_right(self, field: StringField) -> None:
        """A figure's year or a layer's edition."""
        _read(read_side, field)

    def validate_measure(self, field: StringField) -> None:
        """A line or an outline within the country."""
        _read(read_drawn, field)

    def validate_points(self, field: StringField) -> None:
        """What stands here could not be read as places: it would be `measure` otherwise."""
        if field.data:
            raise ValidationError(gettext("planning.measure.not_found"))

    def validate_place(self, field: StringField) -> None:
        """Coordinates lie within the country; an address is searched by the page."""
        _read(read_position, field)

    def validate_selected(self, field: StringField) -> None:
        """A point lies within the country."""
        if field.data and field.data.startswith("point:"):
            _read(lambda text: read_position(text.partition(":")[2]), field)

    def validate_sort(self, field: StringField) -> None:
        """Only columns of the table that is shown."""
        if field.data and field.data.removeprefix("-") not in SORTS.get(self.table.data, ()):
            raise ValidationError(gettext("common.form.choose"))

    def validate_until(self, field: Day) -> None:
        """A period ends after it begins."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(gettext("planning.form.period"))

    def validate_at(self, field: StringField) -> None:
        """Longitude, latitude and zoom of the middle of the map."""
        found = PLACE.fullmatch(field.data or "")
        if not found or abs(float(found[1])) > 180 or abs(float(found[2])) > 85:
            raise ValidationError(gettext("common.form.number"))

    def offer(self, figures: Any, levels: Sequence[str], years: Sequence[int], cases: Any) -> None:
        """Set the choices: (value, label) pairs of figures by group, and of cases."""
        everything = [("", gettext("common.all"))]
        self.layer.choices = figures
        self.level.choices = [("", ""), *_words("common.level", levels)]
        self.year.choices = [("", ""), *((str(year), str(year)) for year in years)]
        self.case.choices = [*everything, *cases]
        self.theme.choices = everything + _words("common.theme", THEMES)
        self.kind.choices = everything + _words("common.kind", KINDS)
        self.status.choices = everything + _words("common.status", STATUSES)
        self.phase.choices = everything + _words("common.phase", PHASE_TYPES)
        self.table.choices = _words("planning.table", EVERY_TABLE)
        self.compare.choices = [("", ""), *_words("planning.compare", COMPARISONS)]
        self.shape.choices = _words("planning.shape", ("line", "area"))


def _words(prefix: str, keys: Iterable[str]) -> list[tuple[str, str]]:
    return [(key, gettext(f"{prefix}.{key}")) for key in keys]


@dataclass(frozen=True)
class Filters:
    """Which wishes and interventions are meant; None and "" mean all of them."""

    case: str = ""
    theme: str = ""
    kind: str = ""
    status: str = ""
    phase: str = ""
    since: date | None = None
    until: date | None = None
    q: str = ""
    areas: str = ""

    @property
    def area_codes(self) -> tuple[str, ...]:
        """The areas that are chosen; none: all of them."""
        return read_area_codes(self.areas)

    @classmethod
    def of(cls, form: ViewForm) -> "Filters":
        """The filters of a form; a field with a mistake filters nothing."""
        given = {name: form[name].data for name in FILTERS if not form[name].errors}
        return cls(**{name: value for name, value in given.items() if value})


def numeral(moment: date | datetime | None) -> str:
    """A date as it stands in an address."""
    return moment.isoformat()[:10] if moment else ""
