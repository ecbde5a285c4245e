"""`balanskaart layers …`: editions of map layers from the command line."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from layers.catalogue import CATALOGUE
from webapp.errors import NotFound
from webapp.extensions import db
from webapp.map_layers import statistics
from webapp.map_layers.actions import (
    AlreadyLoadedError,
    ImportRefusedError,
    Options,
    import_file,
    remove_edition,
)
from webapp.map_layers.models import LayerEdition
from webapp.map_layers.pictures import import_picture
from webapp.map_layers.queries import edition, editions

STEPS = {
    "fetch": "fetching",
    "check": "checking",
    "store": "storing",
    "statistics": "figures per area",
}
LINES_SHOWN = 20

group = AppGroup("layers", help="Map layers: heat, green, air, noise and more, by edition.")


class _Bars:
    """A progress bar per step."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.step = ""
        self.bar = None

    def show(self, step: str, done: int, total: int) -> None:
        """Move the bar of a step; a new step begins a new one."""
        if step != self.step:
            self.close()
            self.step = step
            label = f"{self.name}: {STEPS[step]}"
            self.bar = click.progressbar(length=1, label=label)
            self.bar.__enter__()
        if self.bar is not None and total:
            self.bar.length = total
            self.bar.update(done - self.bar.pos)

    def close(self) -> None:
        """Finish the bar that runs."""
        if self.bar is not None:
            self.bar.update(self.bar.length - self.bar.pos)
            self.bar.__exit__(None, None, None)
            self.bar = None


@group.command("list")
def list_command() -> None:
    """Show every layer of the catalogue with the editions that are loaded."""
    loaded: dict[str, list[LayerEdition]] = {}
    for each in editions():
        loaded.setdefault(each.layer_id, []).append(each)
    for layer in CATALOGUE.values():
        if layer.reader == "areas" and layer.id not in loaded:
            continue
        click.echo(f"{layer.id}: {layer.title['en']} ({layer.geometry}, {layer.source.licence})")
        for each in loaded.get(layer.id, []):
            click.echo(f"  {_described(each)}")


def _described(each: LayerEdition) -> str:
    if each.kind == "picture":
        names = ", ".join(each.statistics["layers"])
        return (
            f"[{each.id}] edition {each.edition}: {each.own_title}; picture of {names} ({each.url})"
        )
    unit = "cells" if each.kind == "raster" else "rows"
    synthetic = ", SYNTHETIC" if each.is_synthetic else ""
    return (
        f"[{each.id}] edition {each.edition}{synthetic}: {each.rows_in} {unit} in, "
        f"{each.rows_loaded} loaded, {each.rows_rejected} rejected; "
        f"{each.crs_declared or 'no CRS'}; {each.file_name}; sha256 {each.sha256[:12]}…"
    )


class _FileOrAddress(click.Path):
    """The path of a file as Path, or a web address as text."""

    def convert(self, value: Any, parameter: Any, context: Any) -> Any:
        """Only a file must be there already."""
        if isinstance(value, str) and value.startswith(("https://", "http://")):
            return value
        return super().convert(value, parameter, context)


@group.command("import")
@click.argument("layer_id", metavar="ID")
@click.argument(
    "path",
    required=False,
    type=_FileOrAddress(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option("--download", is_flag=True, help="fetch the file from its publisher")
@click.option("--edition", default="", help="edition, when the file's name has no year")
@click.option("--crs", default="", metavar="EPSG:28992", help="CRS, when the file does not say it")
@click.option("--reproject", is_flag=True, help="move a raster in another CRS to RD, nearest cell")
@click.option("--title", default="", help="name of an own file or picture")
@click.option("--publisher", default="", help="who made an own file or picture")
@click.option("--licence", default="", help="on what terms it may be used")
@click.option("--layers", "names", default="", help="layers of a picture service, with commas")
@click.option("--synthetic", is_flag=True, help="the values were made up: say so everywhere")
def import_command(
    layer_id: str, path: Path | str | None, download: bool, synthetic: bool, names: str, **told: Any
) -> None:
    """Load an edition of a layer: all of it or nothing.

    A picture service (WMS) is given by its https address, on a host of LAYER_HOSTS.

    Loading the same file again changes nothing. Editions of a layer stand side by side. An import
    that was cut off starts again with the same command and keeps what it had fetched and stored.
    """
    if (path is None) != download:
        raise click.UsageError(
            "Give the path of a file, the address of a picture service, or --download."
        )
    options = Options(download=download, is_synthetic=synthetic, **told)
    bars = _Bars(layer_id)
    try:
        if isinstance(path, str):
            found = import_picture(layer_id, path, names, options)
        else:
            found = import_file(layer_id, path, options, bars.show)
    except AlreadyLoadedError as known:
        click.echo(f"\n{layer_id}: already loaded as edition {known.edition}; nothing has changed.")
        return
    except ImportRefusedError as refused:
        raise click.ClickException(
            f"{layer_id} was not loaded; nothing has changed.\n{refused}"
        ) from None
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise click.ClickException(
            f"{layer_id} was not loaded; nothing has changed.\nThe database answered: {cause}"
        ) from None
    bars.close()
    click.echo(_described(found))
    for line in found.warnings[:LINES_SHOWN]:
        click.echo(f"  note: {line}")


@group.command("remove")
@click.argument("edition_id", type=click.IntRange(1, 2**31 - 1))
def remove_command(edition_id: int) -> None:
    """Delete an edition, its files and the figures that were computed from it."""
    try:
        click.echo(f"{remove_edition(edition_id)} has been removed.")
    except NotFound:
        raise click.ClickException(f"There is no edition {edition_id}.") from None


@group.command("statistics")
@click.argument("edition_id", type=click.IntRange(1, 2**31 - 1), required=False)
def statistics_command(edition_id: int | None) -> None:
    """Compute the figures per area anew, after other areas have been loaded."""
    try:
        chosen = [edition(edition_id)] if edition_id else editions()
    except NotFound:
        raise click.ClickException(f"There is no edition {edition_id}.") from None
    if edition_id and chosen[0].kind == "picture":
        raise click.ClickException(f"Edition {edition_id} is a picture: it has no values.")
    for each in chosen:
        if each.kind == "picture":
            continue
        bars = _Bars(f"{each.layer_id} {each.edition}")
        count = statistics.compute(each, partial(bars.show, "statistics"))
        db.session.commit()
        bars.close()
        click.echo(f"{each.layer_id} {each.edition}: {count} figures")
