"""`balanskaart wishes …`: wishes that were collected elsewhere, from the command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from layers.sources.vector_files import FileRefusedError
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.wishes.cluster_grid import recount
from webapp.wishes.drawings import read_drawings
from webapp.wishes.imports import Account, import_wishes
from webapp.wishes.mapping import MappingRefusedError, read_mapping

LINES_SHOWN = 20

group = AppGroup("wishes", help="Wishes that were collected elsewhere.")
file = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@group.command("import")
@click.argument("path", type=file)
@click.option("--case", "case_slug", required=True, metavar="SLUG", help="the case they belong to")
@click.option("--mapping", "mapping_path", required=True, type=file, help="what the columns mean")
@click.option("--source", metavar="NAME", help="what the file is called here; else its own name")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="write the account here, as JSON",
)
@click.option("--dry-run", is_flag=True, help="only say what would happen")
def import_command(
    path: Path,
    case_slug: str,
    mapping_path: Path,
    source: str | None,
    report: Path | None,
    dry_run: bool,
) -> None:  # fmt: skip
    """Load drawings from GeoJSON (also as a JavaScript variable), GeoPackage or shapefile.

    They wait for a moderator like any wish. Loading the same file again changes nothing.
    """
    try:
        account = _load(path, case_slug, mapping_path, source or path.stem, dry_run)
    except NotFound:
        raise click.ClickException(f"There is no case {case_slug}; nothing has changed.") from None
    except (FileRefusedError, MappingRefusedError, OSError) as error:
        raise click.ClickException(f"Nothing has changed.\n{error}") from None
    except SQLAlchemyError as error:
        db.session.rollback()
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise click.ClickException(
            f"Nothing has changed.\nThe database answered: {cause}"
        ) from None
    if report:
        text = json.dumps(account.as_json(), ensure_ascii=False, indent=2)
        report.write_text(text + "\n", encoding="utf-8")
    for line in _told(path.name, account):
        click.echo(line)


@group.command("recount")
def recount_command() -> None:
    """Count the wishes on the map's cluster grid anew. Only needed after changes that went past
    the application, such as a restored backup."""
    staff, everyone = recount()
    click.echo(f"{staff} wishes on the map of staff, {everyone} on the map of everyone")


def _load(path: Path, case_slug: str, mapping_path: Path, source: str, dry_run: bool) -> Account:
    mapping = read_mapping(mapping_path)
    drawings = read_drawings(path, mapping)
    with click.progressbar(drawings, label=path.name) as bar:
        return import_wishes(bar, case_slug, mapping, source, dry_run=dry_run)


def _told(name: str, account: Account) -> Iterator[str]:
    would = "would be " if account.dry_run else ""
    yield (
        f"{name}: {account.drawings} drawings in, {account.stored} {would}stored, "
        f"{account.known} known already, {account.refused} refused; "
        f"of {account.parts} parts {account.parts_refused} refused"
    )
    yield from _shortened([f"  refused: {note}" for note in account.left_out])
    yield from _shortened([f"  changed: {note}" for note in account.changed])


def _shortened(lines: list[str]) -> Iterator[str]:
    yield from lines[:LINES_SHOWN]
    if len(lines) > LINES_SHOWN:
        yield f"  … and {len(lines) - LINES_SHOWN} more; --report writes all of them"
