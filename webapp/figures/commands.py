"""`balanskaart figures …`: compute figures per area, and the exposure of wishes."""

import click
from flask.cli import AppGroup

from webapp.areas.models import LEVELS
from webapp.extensions import db
from webapp.figures.actions import BusyError, compute
from webapp.figures.exposure import BATCH, expose_waiting
from webapp.figures.exposure_requests import request_all
from webapp.figures.kinds import KINDS, kinds_of
from webapp.figures.presentation import command_for

group = AppGroup("figures", help="Computed figures per area and the exposure of wishes.")


@group.command("list")
def list_command() -> None:
    """Show every figure with what it needs."""
    for kind in KINDS:
        click.echo(f"{kind.key}: {kind.definition}, from {', '.join(kind.needs)}")


@group.command("compute")
@click.argument("definitions", nargs=-1, metavar="[DEFINITION]…")
@click.option("--level", type=click.Choice(LEVELS), default="neighbourhood", show_default=True)
@click.option("--year", type=click.IntRange(1900, 2999), help="of the areas; else the newest")
def compute_command(definitions: tuple[str, ...], level: str, year: int | None) -> None:
    """Compute figures (HEAT-1, access-1-network-residents…; none: all) from the newest editions."""
    try:
        chosen = kinds_of(definitions)
    except KeyError as unknown:
        raise click.ClickException(f"There is no figure {unknown}: see figures list.") from None
    with click.progressbar(length=1, label="figures") as bar:

        def show(_current: str, done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        try:
            outcome = compute(chosen, level, year, show)
        except BusyError:
            raise click.ClickException("Figures are being computed at this moment.") from None
    for run in outcome.made:
        synthetic = " SYNTHETIC" if run.is_synthetic else ""
        click.echo(f"{run.figure}: {run.level} {run.year}{synthetic}")
    for key, lacking in outcome.missing.items():
        click.echo(f"{key}: not made, missing: {', '.join(lacking)}")
        for name in lacking:
            click.echo(f"  {command_for(name)}")
    for key, why in outcome.failed.items():
        click.echo(f"{key}: not made, {why}")


@group.command("expose")
def expose_command() -> None:
    """Measure what layers and figures say at the place of every wish."""
    count = request_all()
    db.session.commit()
    total = 0
    with click.progressbar(length=max(count, 1), label="wishes") as bar:
        while taken := expose_waiting(BATCH):
            total += taken
            bar.update(taken)
    click.echo(f"{total} wishes measured")
