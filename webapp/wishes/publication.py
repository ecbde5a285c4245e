"""The one rule of what may be seen of a wish, by whom, and how precisely.

Every page, tile, feed, export and API reads wishes through one of the two selections here.

Public readers see only moderated wishes ("published"). The place is as precise as the coarser of
what the kind allows and what the moderator chose: exact, the middle of a 100 m square (EPSG:28992),
or a point inside the neighbourhood. A wish of kind `unsafe` is never finer than its neighbourhood,
and only appears where at least `THRESHOLD` such wishes are published in the same neighbourhood.
`submitted_on` is the first day of the month in which the wish came in, never the day itself.
Contact data, receipt codes, keys and who moderated are not columns here at all.
"""

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from gis.crs import RD, WEB
from webapp.areas.models import Area
from webapp.permissions import Scope
from webapp.wishes.models import Wish, WishPhoto

THRESHOLD = 5
GRID_METRES = 100
NEIGHBOURHOOD_ONLY = ("unsafe",)


def publishable_precision(kind: str, door: str, chosen: str) -> str:
    """The precision with which a wish of this kind, given through this door, may be shown."""
    if kind in NEIGHBOURHOOD_ONLY or door == "neighbourhood":
        return "neighbourhood"
    return chosen


def _shown_precision() -> ColumnElement[str]:
    coarse = or_(Wish.kind.in_(NEIGHBOURHOOD_ONLY), Wish.door == "neighbourhood")
    return case((coarse, "neighbourhood"), else_=Wish.precision)


def _square_middle(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    middle = func.ST_Centroid(geom)
    half = GRID_METRES / 2

    def snapped(value: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.floor(value / GRID_METRES) * GRID_METRES + half

    point = func.ST_MakePoint(snapped(func.ST_X(middle)), snapped(func.ST_Y(middle)))
    return func.ST_SetSRID(point, RD)


def _shown_place() -> ColumnElement[Any]:
    shown = case(
        (_shown_precision() == "exact", Wish.geom),
        (_shown_precision() == "100m", _square_middle(Wish.geom)),
        else_=func.ST_PointOnSurface(Area.geom),
    )
    return type_coerce(shown, Geometry("GEOMETRY", srid=RD))


def _enough_company() -> ColumnElement[bool]:
    """An unsafe place shows only among at least THRESHOLD published ones of its neighbourhood."""
    other = aliased(Wish)
    company = (
        select(func.count())
        .where(
            other.case_id == Wish.case_id,
            other.area_id == Wish.area_id,
            other.kind == Wish.kind,
            other.status == "published",
        )
        .scalar_subquery()
    )
    return or_(Wish.kind.not_in(NEIGHBOURHOOD_ONLY), company >= THRESHOLD)


def _day() -> ColumnElement[Any]:
    """The day on which a wish came in, as people here count days."""
    return cast(func.timezone("Europe/Amsterdam", Wish.submitted_at), Date)


def _columns(
    place: ColumnElement[Any],
    words: ColumnElement[Any],
    photo: ColumnElement[Any],
    day: ColumnElement[Any],
    web: ColumnElement[Any] | None = None,
) -> list[ColumnElement[Any]]:
    return [
        Wish.id.label("id"),
        Wish.case_id.label("case_id"),
        Wish.round_id.label("round_id"),
        Wish.kind.label("kind"),
        Wish.theme.label("theme"),
        Wish.text.label("text"),
        Wish.language.label("language"),
        Wish.status.label("status"),
        Wish.is_demo.label("is_demo"),
        Area.code.label("area_code"),
        Area.name.label("area_name"),
        words.label("place_words"),
        photo.label("photo"),
        day.label("submitted_on"),
        place.label("geom"),
        _in_web(func.ST_Transform(place, WEB) if web is None else web).label("geom_web"),
    ]  # fmt: skip


def _in_web(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(geom, Geometry("GEOMETRY", srid=WEB))


def published_wishes() -> Select[Any]:
    """What everyone may see: one row per published wish, columns as in `_columns` + precision."""
    precision = _shown_precision()
    words = case((precision == "exact", Wish.place_words), else_=func.coalesce(Area.name, ""))
    # A photo can show exactly where it was taken, and place, words and day together who was there.
    photo = case((precision == "exact", WishPhoto.name))
    month = cast(func.date_trunc("month", _day()), Date)
    return (
        select(*_columns(_shown_place(), words, photo, month), precision.label("precision"))
        .outerjoin(Area, Area.id == Wish.area_id)
        .outerjoin(WishPhoto, WishPhoto.wish_id == Wish.id)
        .where(and_(Wish.status == "published", _enough_company()))
    )


def may_show_in(box: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the shown place of a published wish can lie in a box (EPSG:28992), in a form that
    indexes answer. Necessary and not sufficient: a reader always adds the condition on the shown
    place itself, so this decides how fast an answer comes and never what is in it.

    A place made coarse to a square lies within half a square's side of the middle of what was
    given, and a place in a neighbourhood lies within that.
    """
    near = Wish.geom.op("&&")(func.ST_Expand(box, GRID_METRES / 2))
    areas = func.array(select(Area.id).where(Area.geom.op("&&")(box)).scalar_subquery())
    return or_(near, Wish.area_id == func.any(areas))


def wishes_for_staff(scope: Scope) -> Select[Any]:
    """What staff with `see_wishes` may see within their cases: any status but withdrawn.

    The place is the given one, or a point in the neighbourhood; still no contact data or codes.
    """
    inside = func.ST_PointOnSurface(Area.geom)
    place = type_coerce(func.coalesce(Wish.geom, inside), Geometry("GEOMETRY", srid=RD))
    web = func.coalesce(Wish.geom_web, func.ST_Transform(inside, WEB))
    return (
        select(
            *_columns(place, Wish.place_words, WishPhoto.name, _day(), web),
            Wish.precision.label("precision"),
        )
        .outerjoin(Area, Area.id == Wish.area_id)
        .outerjoin(WishPhoto, WishPhoto.wish_id == Wish.id)
        .where(Wish.status != "withdrawn", scope.limit(Wish.case_id))
    )
