"""What shapes say of every area, computed where they are stored, all areas in one statement each.

What lies partly in an area counts for that part: by its surface, its length, or (points, and
shapes that carry a value such as a building's) by where its middle is.
"""

from typing import Any

from sqlalchemy import text

from webapp.extensions import db
from webapp.map_layers.models import LayerEdition

COVERED = 1e-6
"""What an area may be covered for more than the whole before it is an overlap of shapes."""

_AREAS = """
    SELECT a.id, a.geom, ST_Area(a.geom) AS area,
           1 - ST_Area(ST_Intersection(a.geom, e.bounds)) / NULLIF(ST_Area(a.geom), 0) AS unknown
    FROM areas a, layer_editions e WHERE e.id = :edition AND a.id = ANY(:areas)
"""
_PART = (
    "CASE WHEN ST_CoveredBy(f.geom, a.geom) THEN f.geom ELSE ST_Intersection(f.geom, a.geom) END"
)

# PostGIS measures the union of what overlaps only where the plain sum cannot be right.
_SURFACES = f"""
    WITH a AS MATERIALIZED ({_AREAS}),
    parts AS (
        SELECT a.id, f.category, f.value, {_PART} AS geom
        FROM a JOIN layer_features f
        ON f.edition_id = :edition AND ST_Intersects(f.geom, a.geom) AND ST_Dimension(f.geom) = 2
    )
    SELECT a.id, a.area, a.unknown, p.category, count(p.id) AS features,
           coalesce(sum(ST_Area(p.geom)), 0) AS covered,
           sum(ST_Area(p.geom)) FILTER (WHERE p.value IS NOT NULL) AS valued,
           sum(ST_Area(p.geom) * p.value) FILTER (WHERE p.value IS NOT NULL) AS weighted,
           min(p.value) AS least, max(p.value) AS most,
           CASE WHEN sum(ST_Area(p.geom)) > a.area * (1 + {COVERED})
                THEN ST_Area(ST_UnaryUnion(ST_Collect(p.geom))) END AS joined
    FROM a LEFT JOIN parts p ON p.id = a.id
    GROUP BY a.id, a.area, a.unknown, p.category
"""  # noqa: S608 - made of constants
_LENGTHS = f"""
    WITH a AS MATERIALIZED ({_AREAS})
    SELECT a.id, a.unknown, f.category, count(f.id) AS features,
           coalesce(sum(ST_Length({_PART})), 0) AS length
    FROM a LEFT JOIN layer_features f
    ON f.edition_id = :edition AND ST_Intersects(f.geom, a.geom) AND ST_Dimension(f.geom) = 1
    GROUP BY a.id, a.unknown, f.category
"""  # noqa: S608 - made of constants
_MIDDLES = f"""
    WITH a AS MATERIALIZED ({_AREAS})
    SELECT a.id, a.unknown, count(f.id) AS features, count(f.value) AS valued,
           avg(f.value) AS mean, min(f.value) AS least, max(f.value) AS most
    FROM a LEFT JOIN layer_features f
    ON f.edition_id = :edition AND f.geom && a.geom
       AND ST_Intersects(ST_PointOnSurface(f.geom), a.geom)
    GROUP BY a.id, a.unknown
"""  # noqa: S608 - made of constants


def rows(found: LayerEdition, area_ids: list[int]) -> list[dict[str, Any]]:
    """The values of areas as rows of `layer_area_values`."""
    if not area_ids:
        return []
    dimension = _dimension(found.id)
    made: list[dict[str, Any]] = []
    if dimension == 2:
        made += _surfaces(found, area_ids)
    if dimension == 1:
        made += _lengths(found, area_ids)
    if dimension == 0 or _has_values(found):
        made += _middles(found, area_ids)
    return made


def _has_values(found: LayerEdition) -> bool:
    return found.statistics.get("min") is not None


def _dimension(edition_id: int) -> int:
    statement = text(
        "SELECT max(ST_Dimension(geom)) FROM "
        "(SELECT geom FROM layer_features WHERE edition_id = :edition LIMIT 1000) AS first"
    )
    return int(db.session.scalar(statement, {"edition": edition_id}) or 0)


def _ask(statement: str, found: LayerEdition, area_ids: list[int]) -> list[Any]:
    return list(db.session.execute(text(statement), {"edition": found.id, "areas": area_ids}))


def _surfaces(found: LayerEdition, area_ids: list[int]) -> list[dict[str, Any]]:
    asked = _ask(_SURFACES, found, area_ids)
    made = []
    totals: dict[int, list[Any]] = {}
    for row in asked:
        totals.setdefault(row.id, []).append(row)
        if row.category is not None:
            made.append(_share(found, row, f"area_share:{row.category}", [row]))
    return made + [_share(found, each[0], "area_share", each) for each in totals.values()]


def _share(found: LayerEdition, row: Any, definition: str, parts: list[Any]) -> dict[str, Any]:
    covered = sum(part.covered if part.joined is None else part.joined for part in parts)
    details = {"features": sum(part.features for part in parts), "square_metres": covered}
    value = min(1.0, covered / row.area) if row.area else None
    return _row(found, row, definition, value, details)


def _lengths(found: LayerEdition, area_ids: list[int]) -> list[dict[str, Any]]:
    made = []
    totals: dict[int, list[Any]] = {}
    for row in _ask(_LENGTHS, found, area_ids):
        totals.setdefault(row.id, []).append(row)
        if row.category is not None:
            details = {"features": row.features}
            made.append(_row(found, row, f"length_m:{row.category}", row.length, details))
    for each in totals.values():
        details = {"features": sum(part.features for part in each)}
        made.append(_row(found, each[0], "length_m", sum(part.length for part in each), details))
    return made


def _middles(found: LayerEdition, area_ids: list[int]) -> list[dict[str, Any]]:
    made = []
    for row in _ask(_MIDDLES, found, area_ids):
        made.append(_row(found, row, "count", row.features, {}))
        if not _has_values(found):
            continue
        details = {"features": row.features, "min": row.least, "max": row.most}
        without = 1 - row.valued / row.features if row.features else 1.0
        made.append(_row(found, row, "mean", row.mean, details, without))
    return made


def _row(
    found: LayerEdition,
    row: Any,
    definition: str,
    value: float | None,
    details: dict[str, Any],
    without: float | None = None,
) -> dict[str, Any]:
    """A row; where the edition says nothing of the whole area there is no number, also not 0."""
    unknown = min(1.0, max(0.0, float(row.unknown or 0.0)))
    if unknown > 1 - COVERED:
        value, details = None, {**details, "reason": "outside"}
    elif value is None:
        details = {**details, "reason": "missing"}
    return {
        "edition_id": found.id,
        "area_id": row.id,
        "definition": definition,
        "value": None if value is None else float(value),
        "no_data_share": max(unknown, without or 0.0),
        "details": details,
    }
