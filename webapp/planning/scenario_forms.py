"""Which input for a scenario and its measures is valid."""

from typing import Any

import shapely
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from wtforms import Field, HiddenField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from gis.crs import to_lonlat, to_rd
from gis.money import MoneyError, parse_euros
from gis.refusal import GeometryError, Remark
from webapp.areas.queries import search_places
from webapp.budgets.forms import MONEY_REASONS
from webapp.deals.models import Case
from webapp.fields import Choice, Paragraph, Words, required
from webapp.geodata import shape
from webapp.interventions.forms import FormKey, refusal
from webapp.interventions.place import as_text, read_drawn, read_file
from webapp.planning.address import read_position
from webapp.planning.models import MEASURE_KINDS, Scenario, ScenarioMeasure

LONGEST_TITLE, LONGEST_NOTES = 100, 1000
MOST_TREES = 500
LARGEST_CROWN_M2 = 500
MOST_METRES = 500
WIDEST_M = 10_000.0
"""Of one measure: what is wider is no measure in a neighbourhood, and takes too long."""
DIMENSION = {"park": 2, "unsealing": 2, "path": 1, "bridge": 1}


def _whole(text: str | None, least: int, most: int) -> int | None:
    """A whole number within limits, None when it is none."""
    given = text or ""
    if not (given.isascii() and given.isdecimal() and len(given) < 7):
        return None
    return int(given) if least <= int(given) <= most else None


class _Versioned(FlaskForm):
    """A form that says which version it was made from."""

    version = HiddenField(default="0")

    def version_number(self) -> int:
        """The version; 0 when it says nothing sensible."""
        return _whole(self.version.data, 0, 999_999) or 0


class VersionForm(_Versioned):
    """A button that only needs to know what it was pressed on."""


class NewScenarioForm(FlaskForm):
    """A scenario's name and the case that it belongs to."""

    form_key = FormKey()
    title = Words(lazy_gettext("planning.scenario.name"), LONGEST_TITLE, required())
    in_case = Choice(lazy_gettext("planning.form.case"))

    def offer(self, cases: list[tuple[str, str]], chosen: str) -> None:
        """The cases in which a scenario can be made."""
        self.in_case.choices = [SelectChoice(value, label) for value, label in cases]
        if not self.in_case.data:
            self.in_case.data = chosen or (cases[0][0] if cases else "")


class ScenarioForm(_Versioned):
    """A scenario's name and what else there is to say about it."""

    title = Words(lazy_gettext("planning.scenario.name"), LONGEST_TITLE, required())
    notes = Paragraph(lazy_gettext("planning.scenario.notes"), LONGEST_NOTES)


class MeasureForm(_Versioned):
    """One measure: what, where, and what it costs.

    After `validate`: `drawn` is RD (metres), `left_out` what was not taken from a file, `cents` the
    cost or None.
    """

    form_key = FormKey()
    kind = Choice(
        lazy_gettext("planning.scenario.kind"),
        choices=[
            SelectChoice(kind, lazy_gettext(f"planning.scenario.kind.{kind}"))
            for kind in MEASURE_KINDS
        ],
        default="park",
    )
    geometry = TextAreaField(lazy_gettext("interventions.field.geometry"))
    geometry_file = FileField(lazy_gettext("interventions.field.geometry_file"))
    place = Words(lazy_gettext("planning.scenario.place"), 200)
    metres = Words(lazy_gettext("planning.scenario.metres"), 10)
    number = Words(lazy_gettext("planning.scenario.number"), 10)
    crown = Words(lazy_gettext("planning.scenario.crown"), 10, default="30")
    cost = Words(lazy_gettext("planning.scenario.cost"), 60)

    def __init__(self, case: Case, **options: Any) -> None:
        super().__init__(**options)
        self.case = case
        self.drawn: BaseGeometry | None = None
        self.left_out: tuple[Remark, ...] = ()
        self.cents: int | None = None

    def validate_geometry(self, field: Field) -> None:
        """Read a file, else what was drawn, else the place that was typed."""
        upload = self.geometry_file.data
        try:
            if upload:
                found = read_file(upload.read())
            elif field.data and field.data.strip():
                found = read_drawn(field.data)
            else:
                return
        except GeometryError as error:
            raise ValidationError(refusal(error.reason, error.path)) from None
        field.data = as_text(mapping(found.geometry))
        self.left_out = found.left_out
        self.drawn = to_rd(found.geometry)

    def validate_place(self, field: Field) -> None:
        """An address in the case, or coordinates; only looked up when nothing was drawn."""
        if self.drawn is not None or self.geometry.errors or not field.data:
            return
        try:
            position = read_position(field.data)
        except ValueError as error:
            raise ValidationError(gettext(str(error))) from None
        if position is not None:
            self.drawn = to_rd(shapely.Point(position))
            return
        hits = search_places(self.case, field.data).found
        if not hits:
            raise ValidationError(gettext("planning.scenario.place_unknown"))
        self.drawn = hits[0].point

    def validate_metres(self, field: Field) -> None:
        """A distance only matters around a point or line."""
        if field.data and _whole(field.data, 1, MOST_METRES) is None:
            raise ValidationError(gettext("planning.scenario.metres_range", most=MOST_METRES))

    def validate_number(self, field: Field) -> None:
        """A number of trees only matters along a line."""
        if field.data and _whole(field.data, 1, MOST_TREES) is None:
            raise ValidationError(gettext("planning.scenario.number_range", most=MOST_TREES))

    def validate_crown(self, field: Field) -> None:
        """Every tree has a crown."""
        wrong = _whole(field.data, 1, LARGEST_CROWN_M2) is None
        if self.kind.data == "trees" and wrong:
            raise ValidationError(gettext("planning.scenario.crown_range", most=LARGEST_CROWN_M2))

    def validate_cost(self, field: Field) -> None:
        """Nothing, or an amount that is clear to the cent."""
        if not field.data:
            return
        try:
            self.cents = parse_euros(field.data)
        except MoneyError as error:
            raise ValidationError(gettext(MONEY_REASONS[error.reason])) from None
        if self.cents <= 0:
            raise ValidationError(gettext("budgets.money.not_positive"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field by itself, then the shape against the kind."""
        if not super().validate(extra_validators):
            return False
        wrong = self._fit()
        if wrong:
            self.geometry.errors = [gettext(wrong)]
        return not wrong

    def _fit(self) -> str | None:
        """Make the shape fit the kind; the key of what is wrong when that can't be."""
        if self.drawn is None:
            return "planning.scenario.nothing_drawn"
        kind = self.kind.data
        dimension = int(shapely.get_dimensions(self.drawn))
        around = _whole(self.metres.data, 1, MOST_METRES)
        if DIMENSION.get(kind) == 2 and dimension < 2:
            if around is None:
                return "planning.scenario.metres_needed"
            self.drawn = shapely.buffer(self.drawn, around)
        elif DIMENSION.get(kind) == 1 and dimension != 1:
            return "planning.scenario.line_needed"
        elif kind == "trees" and self._wrong_trees(dimension):
            return self._wrong_trees(dimension)
        west, south, east, north = self.drawn.bounds
        too_wide = max(east - west, north - south) > WIDEST_M
        return "interventions.geometry.outside_bounds" if too_wide else None

    def _wrong_trees(self, dimension: int) -> str | None:
        parts = shapely.get_num_geometries(self.drawn)
        if dimension == 0:
            return "planning.scenario.too_many_trees" if parts > MOST_TREES else None
        if dimension == 2 or parts > 1:
            return "planning.scenario.trees_where"
        alone = _whole(self.number.data, 1, MOST_TREES) is None
        return "planning.scenario.number_needed" if alone else None

    def parameters(self) -> dict[str, Any]:
        """The numbers of trees, as a measure keeps them."""
        if self.kind.data != "trees":
            return {}
        parts = int(shapely.get_num_geometries(self.drawn))
        is_line = shapely.get_dimensions(self.drawn) == 1
        number = _whole(self.number.data, 1, MOST_TREES) if is_line else parts
        return {"number": number, "crown_m2": _whole(self.crown.data, 1, LARGEST_CROWN_M2)}


def filled_scenario(scenario: Scenario) -> ScenarioForm:
    """The form with what stands now."""
    known = {"title": scenario.title, "notes": scenario.notes, "version": str(scenario.version)}
    return ScenarioForm(formdata=None, data=known)


def empty_measure(scenario: Scenario) -> MeasureForm:
    """The form for one more measure."""
    return MeasureForm(scenario.case, formdata=None, data={"version": str(scenario.version)})


def filled_measure(scenario: Scenario, measure: ScenarioMeasure) -> MeasureForm:
    """The form with a measure as it stands now."""
    cents = measure.cost_cents
    known = {
        "version": str(scenario.version),
        "kind": measure.kind,
        "geometry": as_text(mapping(to_lonlat(shape(measure.geom)))),
        "number": str(measure.parameters.get("number", "")),
        "crown": str(measure.parameters.get("crown_m2", 30)),
        "cost": "" if cents is None else f"{cents // 100}.{cents % 100:02d}",
    }
    return MeasureForm(scenario.case, formdata=None, data=known)
