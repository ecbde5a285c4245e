"""The `balanskaart` command. Each feature adds its own group."""

import os

import click
from flask import Flask
from flask.cli import FlaskGroup


def _make_app() -> Flask:
    """The app on the configured database, or on the embedded one, which runs as long as needed."""
    from webapp import create_app
    from webapp.database import open_database, secret_key

    url = click.get_current_context().find_root().with_resource(open_database())
    os.environ["DATABASE_URL"] = url
    os.environ["SECRET_KEY"] = secret_key()
    return create_app()


class Commands(FlaskGroup):
    """Flask's command group without its own development commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Our commands only."""
        return [
            name for name in super().list_commands(ctx) if name not in {"run", "shell", "routes"}
        ]


@click.group(
    cls=Commands, create_app=_make_app, add_default_commands=False, add_version_option=False
)
def main() -> None:
    """Balanskaart on the command line."""


@main.command("serve", with_appcontext=False)
def serve() -> None:
    """Start the database, the worker and the web server; Ctrl-C stops them all."""
    from webapp.serve import serve as start

    raise SystemExit(start())


@main.command("migrate", with_appcontext=False)
def migrate() -> None:
    """Bring the database up to date, and check that it transforms coordinates as we do."""
    from webapp.database import bring_up_to_date, open_database

    with open_database() as url:
        bring_up_to_date(url)


@main.command("worker", with_appcontext=False)
def worker() -> None:
    """Do background work: messages go out, what is past its date is forgotten."""
    from webapp.jobs import run_worker

    run_worker()


if __name__ == "__main__":
    main()
