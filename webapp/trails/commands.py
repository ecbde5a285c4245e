"""`balanskaart trails …`: the walking network from the command line."""

from typing import get_args

import click
from flask.cli import AppGroup

from gis.junctions import Split
from webapp.errors import Invalid, NotFound
from webapp.extensions import db
from webapp.trails.actions import Built, Joining, build_drawn_network, build_network_of_edition

COMPONENTS_SHOWN = 5

group = AppGroup("trails", help="The walking network, from which walking distances follow.")


@group.command("build-network")
@click.option("--edition", type=int, help="number of an imported layer of lines")
@click.option(
    "--tolerance",
    type=click.FloatRange(0, 10),
    default=0.1,
    show_default=True,
    help="how far ends may lie apart and still meet, in metres",
)
@click.option(
    "--split",
    type=click.Choice(get_args(Split)),
    default="vertices",
    show_default=True,
    help="where lines meet: at their ends; at shared vertices (OpenStreetMap); where an end touches "
    "a line; also where lines cross",
)
def build(edition: int | None, tolerance: float, split: Split) -> None:
    """Build the walking network of an imported layer; without --edition, of the drawn demo map.

    Doing it again with the same lines changes nothing. A network that is no demo goes before one
    that is.
    """
    try:
        if edition is None:
            built = build_drawn_network()
        else:
            built = build_network_of_edition(edition, Joining(tolerance, split))
    except NotFound as error:
        raise click.ClickException(f"There is no edition {edition}.") from error
    except Invalid as error:
        raise click.ClickException("There are no lines to walk on.") from error
    db.session.commit()
    click.echo("\n".join(account(built)))


def account(built: Built) -> list[str]:
    """What was built, in a few lines."""
    row, parts = built.network, built.network.components
    lines = [
        f"Network {row.id} of {row.source} ({row.edition}): "
        + ("built." if built.is_new else "already there."),
        f"  connected parts: {len(parts)}" + (" or more" if len(parts) == 100 else ""),
    ]
    lines += [
        f"  {part['share']:.1%} of the length: {part['nodes']} nodes, {part['edges']} edges, "
        f"{part['length_m'] / 1000:.1f} km"
        for part in parts[:COMPONENTS_SHOWN]
    ]
    if built.dropped:
        lines.append(f"  left out because they are too short: {built.dropped}")
    return lines
