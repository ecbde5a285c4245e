"""`balanskaart deals …`: the deals of this installation from the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.deals.actions import load_deal
from webapp.deals.deal_file import shipped_deals
from webapp.deals.models import Deal
from webapp.errors import DomainError

group = AppGroup("deals", help="Regio Deals: parties, budget lines, rules and cases.")


@group.command("load")
@click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
)
def load(paths: tuple[Path, ...]) -> None:
    """Load deal files; without PATHS, the deals that come with Balanskaart.

    Loading a file again brings the deal up to date and makes no doubles.
    """
    for path in paths or shipped_deals():
        try:
            deal = load_deal(path)
        except DomainError as error:
            raise click.ClickException(_refusal(path, error)) from error
        click.echo(_account(deal))


def _refusal(path: Path, error: DomainError) -> str:
    problems = [f"  {problem['path']}: {problem['reason']}" for problem in error.problems]
    return "\n".join([f"{path.name} was not loaded:", *problems])


def _account(deal: Deal) -> str:
    return (
        f"{deal.slug}: {len(deal.parties)} parties, {len(deal.budget_lines)} budget lines, "
        f"{len(deal.rules)} rules, {len(deal.cases)} cases"
    )
