"""Puts the drawn demo geography into the database; doing it again changes nothing.

What was imported from CBS is left alone: a schematic outline never replaces a real one.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from gis.areas import cover_shares
from webapp.areas.models import Area, AreaFigures, AreaImport, BaseFeature, Place
from webapp.deals.models import Case, CaseArea, CasePart
from webapp.demo import features
from webapp.demo.outlines import YEAR, CaseOutline, Outline, cases, figures, fingerprint, outlines
from webapp.demo.outlines import source as sources
from webapp.demo.quarter import draw_quarter
from webapp.demo.region import draw_region
from webapp.geodata import multipolygon, shape, stored

OUTLINES_ID = "balanskaart_schematic"
FIGURES_ID = "cbs_kwb_demo"
SMALLEST_SHARE = 0.005
LANDMARKS = {"dune", "wood", "park", "field"}


def load_geography(session: Session) -> None:
    """Areas with figures, the parts of the cases that are there, places and the base map.

    Adds to the session and flushes; the caller commits.
    """
    redrawn = _is_new(session)
    drawn = _import_row(session, OUTLINES_ID, "outlines")
    counted = _import_row(session, FIGURES_ID, "figures")
    areas = _load_areas(session, drawn)
    _load_figures(session, areas, counted)
    _load_cases(session)
    if redrawn:
        _load_base_map(session)


def _is_new(session: Session) -> bool:
    """Whether this state of the drawing is not in the database yet."""
    return _known_import(session, OUTLINES_ID) is None


def _known_import(session: Session, source_id: str) -> AreaImport | None:
    return session.scalar(
        select(AreaImport).filter_by(source_id=source_id, year=YEAR, sha256=fingerprint())
    )


def _import_row(session: Session, source_id: str, part: str) -> AreaImport:
    """The row that names the source, made once per state of the drawing."""
    known = _known_import(session, source_id)
    if known is not None:
        return known
    rows = len(outlines()) if part == "outlines" else len(figures())
    row = AreaImport(
        source_id=source_id,
        year=YEAR,
        sha256=fingerprint(),
        retrieved_at=datetime.now(UTC),
        rows_in=rows,
        rows_loaded=rows,
        rows_rejected=0,
        **_described(sources()[part], part),
    )
    session.add(row)
    session.flush()
    return row


def _described(source: dict[str, Any], part: str) -> dict[str, Any]:
    reasons = {area.code: area.no_figures for area in outlines() if area.no_figures}
    return {
        "source": source["name"],
        "origin": source.get("origin", "webapp/demo/outlines.toml"),
        "licence": source["licence"],
        "attribution": source["attribution"],
        "crs_declared": source.get("crs"),
        "report": {"schematic": part == "outlines", "without_figures": reasons},
    }


def _load_areas(session: Session, drawn: AreaImport) -> dict[str, Area]:
    """The schematic areas by code, without those of which a real outline is loaded."""
    present = {area.code: area for area in session.scalars(select(Area).filter_by(year=YEAR))}
    areas = {}
    for outline in outlines():
        area = present.get(outline.code)
        if area is not None and not area.is_schematic:
            continue
        area = area or Area(year=YEAR, code=outline.code, is_schematic=True)
        _describe(area, outline, drawn)
        areas[outline.code] = area
    session.add_all(areas.values())
    session.flush()
    return areas


def _describe(area: Area, outline: Outline, drawn: AreaImport) -> None:
    area.name = outline.name
    area.level = outline.level
    area.municipality_code = outline.municipality_code
    area.parent_code = outline.parent_code
    area.import_id = drawn.id
    area.geom = stored(multipolygon(outline.geometry))


def _load_figures(session: Session, areas: dict[str, Area], counted: AreaImport) -> None:
    ids = [area.id for area in areas.values()]
    demo_imports = select(AreaImport.id).filter_by(source_id=FIGURES_ID)
    session.execute(
        delete(AreaFigures)
        .where(AreaFigures.area_id.in_(ids), AreaFigures.import_id.in_(demo_imports))
        .execution_options(synchronize_session=False)
    )
    rows = [_figures_row(area, counted) for area in areas.values()]
    if rows:
        session.execute(insert(AreaFigures), rows)


def _figures_row(area: Area, counted: AreaImport) -> dict[str, Any]:
    """The known figures; the import's report says why a place of our own has none at all."""
    columns = next(iter(figures().values()))
    given = figures().get(area.code, {})
    known = {key: value for key, value in given.items() if value is not None}
    missing = {key: "missing" for key in columns if key not in known}
    return {"area_id": area.id, "import_id": counted.id, "figures": known, "missing": missing}


def _load_cases(session: Session) -> None:
    drawn = {case.slug: case for case in cases()}
    present = session.scalars(select(Case).where(Case.slug.in_(drawn)))
    shapes = _shapes(session)
    for case in present:
        if _load_parts(session, case, drawn[case.slug]):
            _load_cover(session, case, shapes)


def _shapes(session: Session) -> dict[int, BaseGeometry]:
    rows = session.execute(select(Area.id, Area.geom).where(Area.year == YEAR, ~Area.water))
    return {key: shape(geom) for key, geom in rows if geom is not None}


def _load_parts(session: Session, case: Case, outline: CaseOutline) -> bool:
    """The drawn parts of a case, unless it has parts that were not drawn for the demo."""
    present = {
        part.kind: part for part in session.scalars(select(CasePart).filter_by(case_id=case.id))
    }
    if any(not part.is_schematic for part in present.values()):
        return False
    for kind, geometry in outline.parts.items():
        part = present.get(kind) or CasePart(case_id=case.id, kind=kind, is_schematic=True)
        part.geom = stored(multipolygon(geometry))
        part.source = sources()["outlines"]["name"]
        session.add(part)
    session.flush()
    return True


def _load_cover(session: Session, case: Case, shapes: dict[int, BaseGeometry]) -> None:
    """Which share of each area the case covers; what merely touches it is left out."""
    parts = session.scalars(select(CasePart.geom).where(CasePart.case_id == case.id))
    whole = unary_union([shape(geom) for geom in parts])
    by_code = {str(key): area for key, area in shapes.items()}
    session.execute(delete(CaseArea).where(CaseArea.case_id == case.id))
    session.add_all(
        CaseArea(case_id=case.id, area_id=int(key), share=share)
        for key, share in cover_shares(whole, by_code).items()
        if share >= SMALLEST_SHARE
    )
    session.flush()


def _load_base_map(session: Session) -> None:
    """The drawn base map and everything searchable on it; both are replaced as a whole."""
    region = draw_region()
    quarter, places = draw_quarter()
    ground, labels = _apart(region)
    session.execute(delete(BaseFeature).execution_options(synchronize_session=False))
    session.execute(insert(BaseFeature), [_feature_row(f) for f in (*ground, *quarter, *labels)])
    _load_places(session, [*places, *_named_areas(), *_landmarks(region)])


def _apart(
    region: Iterable[features.BaseFeature],
) -> tuple[list[features.BaseFeature], list[features.BaseFeature]]:
    """What lies under the quarter, and the labels that lie over everything."""
    ground: list[features.BaseFeature] = []
    labels: list[features.BaseFeature] = []
    for feature in region:
        (labels if feature.kind.startswith("label_") else ground).append(feature)
    return ground, labels


def _feature_row(feature: features.BaseFeature) -> dict[str, Any]:
    return {
        "kind": feature.kind,
        "name": feature.name,
        "min_zoom": feature.min_zoom,
        "attributes": feature.attributes | feature.drawing(),
        "geom": stored(feature.geometry),
    }


def _load_places(session: Session, places: Iterable[features.Place]) -> None:
    session.execute(
        delete(Place).where(Place.is_schematic).execution_options(synchronize_session=False)
    )
    rows = [_place_row(place) for place in places]
    session.execute(upsert(Place).on_conflict_do_nothing(), rows)


def _place_row(place: features.Place) -> dict[str, Any]:
    return {
        "kind": place.kind,
        "label": place.label,
        "search": searchable(f"{place.label} {(place.postcode or '').replace(' ', '')}"),
        "street": place.street,
        "number": place.number,
        "postcode": place.postcode,
        "municipality_code": place.municipality_code,
        "geom": stored(place.point),
        "is_schematic": True,
    }


def searchable(text: str) -> str:
    """Lower case without accents and commas, as `places.search` holds it."""
    plain = unicodedata.normalize("NFKD", text.replace(",", " ")).encode("ascii", "ignore")
    return " ".join(plain.decode().lower().split())


def _named_areas() -> Iterator[features.Place]:
    municipalities = {area.code: area.name for area in outlines() if area.level == "municipality"}
    for area in outlines():
        point = area.geometry.representative_point()
        town = municipalities[area.municipality_code]
        label = area.name if area.level == "municipality" else f"{area.name}, {town}"
        yield features.Place("neighbourhood", label, point, area.municipality_code)


def _landmarks(region: Iterable[features.BaseFeature]) -> Iterator[features.Place]:
    """Parks, woods and nature areas of the five municipalities."""
    municipalities = [area for area in outlines() if area.level == "municipality"]
    for feature in region:
        if feature.kind not in LANDMARKS or feature.name is None:
            continue
        point = feature.geometry.representative_point()
        for area in municipalities:
            if area.geometry.covers(point):
                label = f"{feature.name}, {area.name}"
                yield features.Place("landmark", label, point, area.code)
