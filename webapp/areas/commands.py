"""`balanskaart areas …`: editions of CBS areas from the command line."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from layers.sources.area_rows import AreaRow
from layers.sources.cbs import read_areas
from layers.sources.import_report import REASONS
from layers.sources.metadata import CBS_AREAS, CBS_FIGURES
from layers.sources.pdok import COLLECTIONS, PdokAreas, SourceUnavailable
from layers.sources.vector_files import FileRefusedError
from webapp.areas.actions import AlreadyLoadedError, Origin, Outcome, import_areas, place_case
from webapp.deals.models import CASE_PARTS
from webapp.errors import Invalid

FIRST_YEAR, LAST_YEAR = 1995, 2100
LINES_SHOWN = 20

group = AppGroup("areas", help="CBS municipalities, districts and neighbourhoods.")
edition = click.IntRange(FIRST_YEAR, LAST_YEAR)


@group.command("import")
@click.argument(
    "paths",
    nargs=-1,
    metavar="[PATH]...",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option(
    "--pdok", "pdok_year", type=edition, metavar="YEAR", help="fetch this edition from PDOK"
)
@click.option("--year", type=edition, help="edition of rows that do not say it themselves")
@click.option("--layer", help="read only this layer of the file")
@click.option(
    "--municipality",
    "municipalities",
    multiple=True,
    metavar="GM0392",
    help="with --pdok: only this municipality; may be given more than once",
)
def import_command(
    paths: tuple[Path, ...],
    pdok_year: int | None,
    year: int | None,
    layer: str | None,
    municipalities: tuple[str, ...],
) -> None:  # fmt: skip
    """Load areas from files (GeoPackage, GeoJSON, shapefile, zip, JSON) or from PDOK.

    Loading the same file again changes nothing. Editions of different years stand side by side.
    """
    if bool(paths) == bool(pdok_year):
        raise click.UsageError("Give the path of a file, or --pdok with a year.")
    if pdok_year:
        _guarded(f"PDOK {pdok_year}", lambda: _from_pdok(pdok_year, municipalities))
    for path in paths:
        _guarded(path.name, lambda path=path: _from_file(path, year, layer))


def _guarded(name: str, load: Any) -> None:
    """Run one import and tell what it did; every refusal is a plain message and status 1."""
    try:
        outcome = load()
    except AlreadyLoadedError as known:
        click.echo(f"{name}: already loaded as edition {known.year}; nothing has changed.")
        return
    except (FileRefusedError, SourceUnavailable, OSError) as error:
        raise click.ClickException(
            f"{name} was not loaded; nothing has changed.\n{error}"
        ) from None
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise click.ClickException(
            f"{name} was not loaded; nothing has changed.\nThe database answered: {cause}"
        ) from None
    for line in _account(name, outcome):
        click.echo(line)
    if not outcome.rows_loaded:
        raise click.ClickException(f"{name} holds no area that can be loaded.")


def _from_file(path: Path, year: int | None, layer: str | None) -> Outcome:
    file = read_areas(path, year=year, layer=layer)
    report = file.report
    digest = report.sha256
    if layer:
        # Another layer of the same file is another import.
        digest = hashlib.sha256(f"{digest} {layer}".encode()).hexdigest()
    source = CBS_AREAS if report.crs_declared else CBS_FIGURES
    name = f"{path.name} ({layer})" if layer else path.name
    with click.progressbar(length=file.total, label=path.name) as bar:
        rows = _counted(iter(file), bar)
        return import_areas(rows, lambda: file.report, Origin(source, name, digest))


@group.command("case")
@click.argument("case_slug", metavar="CASE")
@click.argument("part", type=click.Choice(CASE_PARTS))
@click.argument("codes", metavar="CODE...", nargs=-1, required=True)
def case_of_areas(case_slug: str, part: str, codes: tuple[str, ...]) -> None:
    """Say where a case lies: one of its three parts, as CBS areas that are loaded.

    For example: balanskaart areas case velsen vulnerable_neighbourhoods WK045301 WK045302

    A wish can be placed in a case once it has a part. Saying a part again replaces it.
    """
    try:
        covered = place_case(case_slug, part, codes)
    except Invalid as error:
        raise click.ClickException(" ".join(each["reason"] for each in error.problems)) from error
    for slug, count in covered.items():
        click.echo(f"case {slug} now covers {count} areas")


def _counted(rows: Iterator[AreaRow], bar: Any) -> Iterator[AreaRow]:
    for row in rows:
        yield row
        bar.update(1)
    # Rows that were refused have been read as well.
    bar.update(bar.length - bar.pos)


def _from_pdok(year: int, municipalities: tuple[str, ...]) -> Outcome:
    service = PdokAreas(year, municipalities=municipalities)
    origin = Origin(CBS_AREAS, f"PDOK, CBS Wijken en Buurten {year}")
    return import_areas(_fetched(service), lambda: service.report, origin)


def _fetched(service: PdokAreas) -> Iterator[AreaRow]:
    for collection in COLLECTIONS:
        with click.progressbar(length=1, label=f"PDOK {collection}") as bar:

            def show(read: int, total: int | None, bar: Any = bar) -> None:
                bar.length = max(total or read, 1)
                bar.update(read - bar.pos)

            for page in service.pages(collection, show):
                yield from page


def _account(name: str, outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    rows_in = outcome.rows_loaded + outcome.rows_rejected
    years = ", ".join(map(str, outcome.years)) or "none"
    yield (
        f"{name}: {rows_in} rows in, {outcome.rows_loaded} loaded, "
        f"{outcome.rows_rejected} rejected (edition {years}, {report.crs_declared or 'no shapes'})"
    )
    yield from _shortened(
        [
            f"  rejected: row {row}, {code or 'no code'}: {REASONS[reason]}"
            for row, code, reason in report.rejected
        ]
    )
    yield from _shortened(
        [f"  left out: the water of {code}; its land is loaded" for code in outcome.water_parts]
    )
    yield from _shortened([f"  repaired: {code}: {what}" for code, what in report.repaired])
    yield from _shortened([f"  note: {warning}" for warning in report.warnings])
    if report.columns_unknown:
        count = len(report.columns_unknown)
        yield (
            f"  kept {count} columns that are not in CBS's edition 2024: "
            + ", ".join(report.columns_unknown[:5])
            + (" …" if count > 5 else "")
        )
    for slug, count in outcome.covered.items():
        yield f"  case {slug} now covers {count} areas"


def _shortened(lines: list[str]) -> Iterator[str]:
    yield from lines[:LINES_SHOWN]
    if len(lines) > LINES_SHOWN:
        yield f"  … and {len(lines) - LINES_SHOWN} more; all are in the stored report"
