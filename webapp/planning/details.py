"""What the panel tells of the one thing that is selected, in the table or on the map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers import catalogue
from layers.wording import MISSING
from webapp.areas.models import Area, AreaImport
from webapp.deals.models import text_in
from webapp.extensions import db
from webapp.interventions.models import Intervention
from webapp.languages import current_language
from webapp.planning import queries
from webapp.planning.area_figure import source_of
from webapp.planning.forms import SELECTED
from webapp.planning.overlays import GROUPS
from webapp.planning.point import PointDetail, point_detail
from webapp.planning.queries import Bounds
from webapp.planning.view import View
from webapp.templating import number
from webapp.wishes.models import THEMES


@dataclass(frozen=True)
class Figure:
    """One figure of an area in words; without a value, `reason` says why."""

    title: str
    value: str
    unit: str
    reason: str
    source: str


@dataclass(frozen=True)
class AreaDetail:
    """An area: its figures by group, and the wishes within it by theme."""

    kind = "area"
    row: Any
    municipality: str
    figures: list[tuple[str, list[Figure]]]
    wishes: list[tuple[str, int]]
    sources: list[str]
    bounds: Bounds | None

    @property
    def id(self) -> str:
        """The code by which map and table know it."""
        return str(self.row.code)


@dataclass(frozen=True)
class WishDetail:
    """A wish of one of the planner's own cases."""

    kind = "wish"
    row: Any
    case_title: str
    bounds: Bounds | None

    @property
    def id(self) -> int:
        """The number by which map and table know it."""
        return int(self.row.id)


@dataclass(frozen=True)
class InterventionDetail:
    """An intervention of one of the planner's own cases."""

    kind = "intervention"
    row: Intervention
    case_title: str
    bounds: Bounds | None

    @property
    def id(self) -> int:
        """The number by which map and table know it."""
        return self.row.id


Detail = AreaDetail | WishDetail | InterventionDetail | PointDetail


def selected_detail(view: View) -> Detail | None:
    """The selected area, wish, intervention or place; None when nothing is, or it is out of sight."""
    if view.form.selected.errors or not view.form.selected.data:
        return None
    _, area_code, kind, key, point, _ = SELECTED.fullmatch(view.form.selected.data).groups()
    if point:
        return point_detail(view)
    if area_code:
        return _area(view, area_code)
    return _wish(view, int(key)) if kind == "wish" else _intervention(view, int(key))


def place_of(detail: Detail | None) -> dict[str, Any] | None:
    """What the map needs to know of the selection."""
    if detail is None:
        return None
    return {"kind": detail.kind, "id": detail.id, "bounds": detail.bounds}


def area_around(view: View, detail: Detail | None) -> AreaDetail | None:
    """The area around a place that was pointed at, with all its figures."""
    if isinstance(detail, PointDetail) and detail.area_code:
        return _area(view, detail.area_code)
    return None


def _area(view: View, code: str) -> AreaDetail | None:
    row = next((row for row in view.areas if row.code == code), None)
    if row is None:
        return None
    figures, missing, origins = queries.figures_of(row.id)
    by_theme = queries.wishes_by_theme(view.wishes, row.id)
    return AreaDetail(
        row=row,
        municipality=view.municipalities.get(row.municipality_code, row.municipality_code),
        figures=_grouped(figures, missing, origins),
        wishes=[(theme, by_theme[theme]) for theme in THEMES if theme in by_theme],
        sources=sorted({source_of(origin) for origin in origins.values()}),
        bounds=queries.extent(Area.geom, Area.id == row.id),
    )


def _grouped(
    figures: Mapping[str, Any], missing: Mapping[str, str], origins: Mapping[str, AreaImport]
) -> list[tuple[str, list[Figure]]]:
    keys = {key for key, value in figures.items() if isinstance(value, int | float)}
    groups: dict[str, list[Figure]] = {group: [] for group in GROUPS}
    declared = [layer.figure for layer in catalogue.CATALOGUE.values()]
    known = [key for key in declared if key in keys or key in missing]
    others = sorted((keys | set(missing)) - set(known))
    for key in (*known, *others):
        layer = catalogue.layer_for_figure(key, (key,))
        groups[layer.group].append(_figure(layer, figures.get(key), missing.get(key), origins))
    return [(group, found) for group, found in groups.items() if found]


def _figure(
    layer: catalogue.Layer, value: Any, reason: str | None, origins: Mapping[str, AreaImport]
) -> Figure:
    language = current_language()
    origin = origins.get(layer.figure or "")
    return Figure(
        title=text_in(dict(layer.title), language),
        value="" if value is None else number(value, layer.decimals),
        unit=text_in(dict(layer.unit), language),
        reason=text_in(dict(MISSING[reason]), language) if value is None and reason else "",
        source=source_of(origin) if origin else "",
    )


def _wish(view: View, key: int) -> WishDetail | None:
    rows = view.wishes
    columns = [column for column in rows.c if column.name not in ("geom", "geom_web")]
    row = db.session.execute(queries.select(*columns).where(rows.c.id == key)).first()
    if row is None:
        return None
    return WishDetail(
        row, _case_title(view, row.case_slug), queries.extent(rows.c.geom, rows.c.id == key)
    )


def _intervention(view: View, key: int) -> InterventionDetail | None:
    row = db.session.get(Intervention, key)
    if row is None or not view.scope.covers(row.case_id):
        return None
    slug = next(each.slug for each in view.cases if each.id == row.case_id)
    place = queries.extent(Intervention.geom, Intervention.id == key)
    return InterventionDetail(row, _case_title(view, slug), place)


def _case_title(view: View, slug: str) -> str:
    title = next(each.title for each in view.cases if each.slug == slug)
    return text_in(title, current_language())
