"""HTTP of computed figures: exposure, clusters, priority and who benefits."""

from flask import Flask

from webapp.figures import analysis_routes, commands, exposure, figure_routes, presentation


def init_app(app: Flask) -> None:
    """Bind the routes; pages of other features show what was measured for a wish."""
    app.register_blueprint(figure_routes.blueprint, url_prefix="/<lang:lang>")
    app.cli.add_command(commands.group)
    app.jinja_env.globals.update(
        wish_exposures=exposure.exposures_of,
        figure_title=presentation.title_of,
        figure_about=presentation.about,
        figure_value=presentation.shown,
        figure_is_unsure=presentation.is_unsure,
        figure_counted=presentation.counted,
        figure_input=presentation.input_title,
        figure_command=presentation.command_for,
    )
    analysis_routes.init_app(app)
