"""What public maps show, as GeoJSON (CRS84) from SQL: the case, its wishes, its interventions."""

from typing import Any

from sqlalchemy import Integer, Select, String, Text, cast, func, literal, null, select, union_all

from webapp.chain.answers import is_published
from webapp.deals.models import CasePart
from webapp.geodata import feature_collection, geojson
from webapp.interventions.models import Intervention

MOST_WISHES = 2000
DIGITS = 6


def case_map(case_id: int, wishes: Select[Any], language: str) -> str:
    """A case with published wishes (a selection of `published_with_answer`, the newest
    MOST_WISHES of it) and every published intervention, titles in a language."""
    plans = _interventions(language).where(Intervention.case_id == case_id)
    return _features(_parts(case_id), _wishes(wishes), plans)


def intervention_map(case_id: int, intervention_id: int, language: str) -> str:
    """One published intervention within its case."""
    plan = _interventions(language).where(Intervention.id == intervention_id)
    return _features(_parts(case_id), plan)


def _features(*layers: Select[Any]) -> str:
    return feature_collection(union_all(*layers).subquery("features"))


def _columns(layer: str, key: Any, geom: Any, kind: Any, title: Any) -> list[Any]:
    return [
        (literal(f"{layer}-") + cast(key, String)).label("id"),
        geojson(geom, DIGITS).label("geometry"),
        literal(layer).label("layer"),
        cast(key, Integer).label("number"),
        kind.label("kind"),
        cast(title, Text).label("title"),
    ]


def _parts(case_id: int) -> Select[Any]:
    columns = _columns("part", CasePart.id, CasePart.geom, CasePart.kind, null())
    return select(*columns).where(CasePart.case_id == case_id)


def _wishes(wishes: Select[Any]) -> Select[Any]:
    wish = wishes.where(wishes.selected_columns.geom.is_not(None))
    newest = wish.order_by(wish.selected_columns.id.desc()).limit(MOST_WISHES).subquery("newest")
    title = func.left(newest.c.text, 160)
    return select(*_columns("wish", newest.c.id, newest.c.geom, newest.c.kind, title))


def _interventions(language: str) -> Select[Any]:
    title = func.coalesce(Intervention.title[language].astext, Intervention.title["nl"].astext)
    columns = _columns("plan", Intervention.id, Intervention.geom, Intervention.phase, title)
    return select(*columns).where(is_published(), Intervention.geom.is_not(None))
