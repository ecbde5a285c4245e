"""Which input of a resident is valid, one form per screen."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from shapely.geometry.base import BaseGeometry
from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    ValidationError,
)

from gis.crs import NETHERLANDS_LONLAT, to_rd
from gis.geojson import GeometryError, parse_geometry
from webapp.areas.queries import is_inside_case
from webapp.wishes.models import KINDS, MINIMUM_ZOOM, TEXT_MAXIMUM, THEMES
from webapp.wishes.photos import Photo, UnusablePhoto, reencode

DOORS = ("map", "address", "neighbourhood")
KIND_ICONS = {
    "wish": "star",
    "chance": "lightbulb",
    "threat": "triangle-alert",
    "good_place": "thumbs-up",
    "too_hot": "thermometer-sun",
    "cool_spot": "trees",
    "unsafe": "shield-alert",
    "route": "route",
}
THEME_ICONS = {
    "air_noise": "wind",
    "health_lifestyle": "heart-pulse",
    "active_social": "users",
    "safe_clean": "circle-check",
    "facilities_layout": "building-2",
    "green": "tree-deciduous",
}
WEST, SOUTH, EAST, NORTH = NETHERLANDS_LONLAT
DRAWN = ("Point", "LineString", "Polygon")
MOST_POINTS = 500
TOLD_APART = {"self_crossing", "degenerate", "too_many_vertices"}


def plain(text: str | None) -> str:
    """Text as it is kept: one kind of line end, no control characters, no spaces around it."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter >= " " or letter in "\n\t").strip()


class DoorForm(FlaskForm):
    """How to say where: on the map, by address, or the whole neighbourhood."""

    door = RadioField(
        _l("wishes.door.question"),
        choices=[SelectChoice(value=door, label=door) for door in DOORS],
        validators=[InputRequired(_l("common.form.choose"))],
    )


class MapForm(FlaskForm):
    """A point, line or area from the map; `shape` holds it afterwards, in EPSG:28992."""

    geometry = HiddenField()
    zoom = HiddenField()

    def __init__(self, case_id: int, **values: Any) -> None:
        super().__init__(**values)
        self.case_id = case_id
        self.shape: BaseGeometry | None = None
        self.level: int | None = None

    def validate_zoom(self, field: HiddenField) -> None:
        """A whole number that a map can have."""
        typed = field.data or ""
        if not (typed.isascii() and typed.isdigit() and len(typed) < 3):
            raise ValidationError(_l("wishes.place.problem.unreadable"))
        self.level = int(typed)

    def validate_geometry(self, field: HiddenField) -> None:
        """GeoJSON of one kind we draw, within the case, and for a point from close enough."""
        if not field.data:
            raise ValidationError(_l("wishes.place.problem.none"))
        try:
            drawn = to_rd(parse_geometry(field.data, kinds=DRAWN, max_vertices=MOST_POINTS))
        except GeometryError as error:
            raise ValidationError(_l(_problem_of(error.reason))) from None
        if not is_inside_case(self.case_id, drawn):
            raise ValidationError(_l("wishes.place.problem.outside_case"))
        self._check_level(drawn)
        self.shape = drawn

    def _check_level(self, drawn: BaseGeometry) -> None:
        typed = self.zoom.data or ""
        close = typed.isascii() and typed.isdigit() and int(typed[:3]) >= MINIMUM_ZOOM
        if drawn.geom_type == "Point" and not close:
            raise ValidationError(_l("wishes.place.problem.zoom_too_low"))


def _problem_of(reason: str) -> str:
    return f"wishes.place.problem.{reason if reason in TOLD_APART else 'unreadable'}"


class NearForm(FlaskForm):
    """Where the crosshair is: longitude and latitude in degrees."""

    lon = FloatField(validators=[InputRequired(), NumberRange(WEST, EAST)])
    lat = FloatField(validators=[InputRequired(), NumberRange(SOUTH, NORTH)])


class SearchForm(FlaskForm):
    """An address, street or place to look for."""

    typed = StringField(
        _l("wishes.address.question"),
        filters=[plain],
        validators=[
            DataRequired(_l("wishes.address.empty")),
            Length(max=100, message=_l("common.form.too_long", max=100)),
        ],
    )


class FoundForm(FlaskForm):
    """One of the places that were found."""

    place = RadioField(
        _l("wishes.address.found"),
        validators=[InputRequired(_l("wishes.address.choose"))],
        validate_choice=True,
    )

    def __init__(self, found: list[dict[str, Any]], **values: Any) -> None:
        super().__init__(**values)
        self.place.choices = [
            SelectChoice(value=str(at), label=each["label"]) for at, each in enumerate(found)
        ]


class AreaForm(FlaskForm):
    """One of the neighbourhoods of a case."""

    area = RadioField(
        _l("wishes.area.question"), validators=[InputRequired(_l("wishes.area.choose"))]
    )

    def __init__(self, areas: list[tuple[int, str]], **values: Any) -> None:
        super().__init__(**values)
        self.area.choices = [SelectChoice(value=str(key), label=name) for key, name in areas]


class KindForm(FlaskForm):
    """What kind of contribution it is."""

    kind = RadioField(
        _l("wishes.kind.question"),
        choices=[SelectChoice(value=kind, label=_l(f"common.kind.{kind}")) for kind in KINDS],
        validators=[InputRequired(_l("wishes.kind.choose"))],
    )


class ThemeForm(FlaskForm):
    """Which of the six themes it is about."""

    theme = RadioField(
        _l("wishes.theme.question"),
        choices=[SelectChoice(value=name, label=_l(f"common.theme.{name}")) for name in THEMES],
        validators=[InputRequired(_l("wishes.theme.choose"))],
    )


class WordsForm(FlaskForm):
    """What the resident wants to say, and a photo; `picture` holds it afterwards, re-encoded."""

    text = TextAreaField(
        _l("wishes.words.question"),
        filters=[plain],
        validators=[
            DataRequired(_l("wishes.words.empty")),
            Length(max=TEXT_MAXIMUM, message=_l("common.form.too_long", max=TEXT_MAXIMUM)),
        ],
    )
    photo = FileField(_l("wishes.words.photo"))
    without_photo = BooleanField(_l("wishes.words.remove_photo"))

    picture: Photo | None = None

    def validate_photo(self, field: FileField) -> None:
        """A photo that can be re-encoded."""
        if not field.data:
            return
        try:
            self.picture = reencode(field.data.read())
        except UnusablePhoto as error:
            raise ValidationError(_l(f"wishes.photo.problem.{error.reason}")) from None


class CheckForm(FlaskForm):
    """The last screen: an address if one wants, and a field that only machines fill in."""

    email = StringField(
        _l("wishes.check.email"),
        filters=[plain],
        validators=[Optional(), Email(_l("common.form.email")), Length(max=254)],
    )
    website = StringField(_l("wishes.check.leave_empty"))


class CodeForm(FlaskForm):
    """A receipt code, typed by hand."""

    code = StringField(
        _l("wishes.find.question"),
        filters=[plain],
        validators=[DataRequired(_l("wishes.find.empty"))],
    )


class WithdrawForm(FlaskForm):
    """The confirmation that a wish is taken back."""


class ChangeForm(FlaskForm):
    """The wish to change a wish."""
