"""Takes editions of CBS areas and their figures into the database, a file per transaction."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from shapely.ops import unary_union
from sqlalchemy import ColumnElement, case, delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from gis.areas import cover_shares
from layers.sources.area_rows import AreaRow
from layers.sources.import_report import REASONS, ImportReport
from layers.sources.metadata import SourceMetadata
from webapp import events
from webapp.areas.models import Area, AreaFigures, AreaImport
from webapp.areas.outlines import simplify_outlines
from webapp.deals.models import Case, CaseArea, CasePart
from webapp.errors import Invalid
from webapp.extensions import db
from webapp.geodata import multipolygon, shape, stored

LEVEL_OF = {"municipality": "municipality", "wijk": "district", "buurt": "neighbourhood"}
BATCH_ROWS = 200
# What merely touches a case is not covered by it.
SMALLEST_SHARE = 0.005


class AlreadyLoadedError(Exception):
    """This very file, or these very rows of the service, are in the database already."""

    def __init__(self, known: AreaImport) -> None:
        super().__init__(f"{known.origin} was loaded before, as edition {known.year}.")
        self.year = known.year


@dataclass(frozen=True)
class Origin:
    """Where rows come from. `sha256` is of the file; None for a service: then of its rows."""

    source: SourceMetadata
    origin: str
    sha256: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What an import did: counts over all editions, and the covered areas per case slug."""

    years: tuple[int, ...]
    report: ImportReport
    rows_loaded: int
    rows_rejected: int
    water_parts: tuple[str, ...]
    covered: dict[str, int]


def import_areas(
    rows: Iterable[AreaRow], account: Callable[[], ImportReport], origin: Origin
) -> Outcome:
    """Store areas by year and code with the figures of this import; all of it or nothing.

    `account` gives the report once the rows have been read. An area without a shape adds its
    figures to the area of that year, or makes one that is only in tables.

    Raises `AlreadyLoadedError`.
    """
    loading = _Loading(origin)
    try:
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH_ROWS)):
            loading.store(batch)
        outcome = loading.finish(account())
        simplify_outlines(outcome.years)
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        known = _known(origin.source.id, loading.sha256, loading.years[0])
        if known is None:
            raise
        raise AlreadyLoadedError(known) from error
    except BaseException:
        db.session.rollback()
        raise
    return outcome


def _known(source_id: str, sha256: str, year: int) -> AreaImport | None:
    return db.session.scalar(
        select(AreaImport).filter_by(source_id=source_id, sha256=sha256, year=year)
    )


@dataclass
class _Loading:
    """One import on its way: an import row per edition that occurs."""

    origin: Origin
    imports: dict[int, AreaImport] = field(default_factory=dict)
    loaded: dict[int, int] = field(default_factory=dict)
    seen: set[tuple[int, str]] = field(default_factory=set)
    water_parts: list[str] = field(default_factory=list)
    municipalities: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()

    @property
    def years(self) -> list[int]:
        return sorted(self.imports)

    @property
    def sha256(self) -> str:
        return self.origin.sha256 or self._digest.hexdigest()

    def store(self, rows: list[AreaRow]) -> None:
        batch = {(row.year, row.code): row for row in self._once(rows)}
        ids = self._upsert_areas(list(batch.values()))
        if batch:
            self._add_figures({ids[key]: row for key, row in batch.items()})

    def _once(self, rows: list[AreaRow]) -> Iterator[AreaRow]:
        """Each area once: an area by the sea has a second row for its water, which is left out."""
        for row in rows:
            if self.origin.sha256 is None:
                self._digest.update(_fingerprint(row))
            key = (row.year, row.code)
            if key in self.seen:
                self.water_parts.append(row.code)
                if row.water:
                    continue
            else:
                self.loaded[row.year] = self.loaded.get(row.year, 0) + 1
            self.seen.add(key)
            self.municipalities.add(row.municipality_code)
            yield row

    def _upsert_areas(self, rows: list[AreaRow]) -> dict[tuple[int, str], int]:
        if not rows:
            return {}
        statement = upsert(Area).values([self._area_values(row) for row in rows])
        statement = statement.on_conflict_do_update(
            index_elements=["year", "code"], set_=_over_existing(statement.excluded)
        )
        found = db.session.execute(statement.returning(Area.id, Area.year, Area.code))
        return {(year, code): key for key, year, code in found}

    def _area_values(self, row: AreaRow) -> dict[str, Any]:
        return {
            "year": row.year,
            "level": LEVEL_OF[row.level],
            "code": row.code,
            "name": row.name,
            "municipality_code": row.municipality_code,
            "parent_code": row.parent_code,
            "water": row.water,
            "change_code": None if row.change_code is None else str(row.change_code),
            "geom": None if row.geometry is None else stored(row.geometry),
            "is_schematic": False,
            "import_id": self._import(row.year).id,
        }

    def _add_figures(self, rows: dict[int, AreaRow]) -> None:
        statement = upsert(AreaFigures).values(
            [
                {
                    "area_id": area_id,
                    "import_id": self._import(row.year).id,
                    "figures": row.figures,
                    "missing": row.missing,
                }
                for area_id, row in rows.items()
            ]
        )
        changed = {name: statement.excluded[name] for name in ("figures", "missing")}
        keys = ["area_id", "import_id"]
        db.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))

    def _import(self, year: int) -> AreaImport:
        if year not in self.imports:
            self.imports[year] = self._new_import(year)
        return self.imports[year]

    def _new_import(self, year: int) -> AreaImport:
        source = self.origin.source
        if self.origin.sha256 and (known := _known(source.id, self.origin.sha256, year)):
            raise AlreadyLoadedError(known)
        row = AreaImport(
            source_id=source.id,
            source=source.title,
            year=year,
            origin=self.origin.origin,
            licence=source.licence,
            attribution=source.attribution,
            retrieved_at=datetime.now(UTC),
            # The digest of a service's rows is known when all have been read.
            sha256=self.origin.sha256 or f"reading-{uuid4()}",
            rows_in=0,
            rows_loaded=0,
            rows_rejected=0,
        )
        db.session.add(row)
        db.session.flush()
        return row

    def finish(self, report: ImportReport) -> Outcome:
        rejected = report.rows_rejected + len(self.water_parts)
        for year, row in self.imports.items():
            if self.origin.sha256 is None and (known := _known(row.source_id, self.sha256, year)):
                raise AlreadyLoadedError(known)
            row.sha256 = self.sha256
            row.rows_in = self.loaded[year] + rejected
            row.rows_loaded = self.loaded[year]
            row.rows_rejected = rejected
            row.crs_declared = report.crs_declared
            row.report = _stored_report(report, self.water_parts)
            db.session.flush()
            events.record("area_import", row.id, "imported", year=year, rows=self.loaded[year])
        return Outcome(
            years=tuple(self.years),
            report=report,
            rows_loaded=sum(self.loaded.values()),
            rows_rejected=rejected,
            water_parts=tuple(self.water_parts),
            covered=refresh_case_areas(self.municipalities),
        )


def _fingerprint(row: AreaRow) -> bytes:
    outline = b"" if row.geometry is None else row.geometry.wkb
    words = [row.year, row.code, row.name, row.water, row.figures, row.missing]
    return json.dumps(words, sort_keys=True, ensure_ascii=False).encode() + outline


def _over_existing(new: Any) -> dict[str, ColumnElement[Any]]:
    """What an import changes in an area that is there: without a shape, the shape's facts stay."""
    has_shape = new.geom.is_not(None)
    kept = {
        name: case((has_shape, new[name]), else_=getattr(Area, name))
        for name in ("water", "is_schematic", "import_id", "geom")
    }
    return kept | {
        "level": new.level,
        "name": case((new.name == new.code, Area.name), else_=new.name),
        "municipality_code": new.municipality_code,
        "parent_code": new.parent_code,
        "change_code": func.coalesce(new.change_code, Area.change_code),
    }


def _stored_report(report: ImportReport, water_parts: list[str]) -> dict[str, Any]:
    document = asdict(report)
    rejected = [
        {"row": each.row, "code": each.code, "reason": each.reason} for each in report.rejected
    ]
    repaired = [{"code": each.code, "what": each.what} for each in report.repaired]
    reasons = {each.reason: REASONS[each.reason] for each in report.rejected}
    return {
        **{name: document[name] for name in ("warnings", "columns_unknown")},
        "rejected": rejected,
        "reasons": reasons,
        "repaired": repaired,
        "water_parts": water_parts,
    }


def place_case(case_slug: str, kind: str, codes: Collection[str]) -> dict[str, int]:
    """Make a part of a case from CBS areas; gives the counts of covered areas by case slug.

    Of each area the newest edition with a shape counts. Raises `Invalid` with what is not known.
    """
    found = db.session.scalar(select(Case).filter_by(slug=case_slug))
    if found is None:
        raise Invalid(problems=[{"path": "case", "reason": f"There is no case '{case_slug}'."}])
    areas = _newest_shapes(codes)
    if missing := sorted(set(codes) - areas.keys()):
        reason = f"Not loaded, or without a shape: {', '.join(missing)}."
        raise Invalid(problems=[{"path": "code", "reason": reason}])
    part = db.session.scalar(select(CasePart).filter_by(case_id=found.id, kind=kind))
    if part is None:
        part = CasePart(case_id=found.id, kind=kind)
        db.session.add(part)
    part.geom = stored(multipolygon(unary_union([shape(area.geom) for area in areas.values()])))
    part.source = "CBS " + ", ".join(sorted({str(area.year) for area in areas.values()}))
    part.is_schematic = any(area.is_schematic for area in areas.values())
    events.record("case", found.id, "placed", part=kind, codes=sorted(codes))
    db.session.flush()
    covered = refresh_case_areas([found.municipality_code])
    db.session.commit()
    return covered


def _newest_shapes(codes: Collection[str]) -> dict[str, Area]:
    newest_last = (Area.is_schematic.desc(), Area.year)
    rows = select(Area).where(Area.code.in_(codes), Area.geom.is_not(None), ~Area.water)
    return {area.code: area for area in db.session.scalars(rows.order_by(*newest_last))}


def refresh_case_areas(municipalities: Collection[str]) -> dict[str, int]:
    """Compute anew which areas the cases of these municipalities cover; gives counts by case slug.

    Of each municipality and level the newest edition counts, a real one before a schematic one.
    The caller commits.
    """
    cases = db.session.scalars(select(Case).where(Case.municipality_code.in_(municipalities)))
    return {found.slug: count for found in cases if (count := _refresh_case(found.id)) is not None}


def _refresh_case(case_id: int) -> int | None:
    parts = db.session.scalars(select(CasePart.geom).where(CasePart.case_id == case_id)).all()
    if not parts:
        return None
    whole = unary_union([shape(part) for part in parts])
    newest = _newest_editions().subquery()
    found = db.session.execute(
        select(newest.c.id, newest.c.geom)
        .where(newest.c.place == 1)
        .where(func.ST_Intersects(newest.c.geom, stored(whole)))
    )
    shares = cover_shares(whole, {str(key): shape(geom) for key, geom in found})
    rows = [
        {"case_id": case_id, "area_id": int(key), "share": share}
        for key, share in shares.items()
        if share >= SMALLEST_SHARE
    ]
    db.session.execute(delete(CaseArea).where(CaseArea.case_id == case_id))
    if rows:
        db.session.execute(insert(CaseArea), rows)
    return len(rows)


def _newest_editions() -> Any:
    place = func.dense_rank().over(
        partition_by=(Area.municipality_code, Area.level),
        order_by=(Area.is_schematic, Area.year.desc()),
    )
    return select(Area.id, Area.geom, place.label("place")).where(
        Area.geom.is_not(None), Area.water.is_(False)
    )
