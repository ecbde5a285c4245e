"""The form that takes a file for a layer."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField
from wtforms.validators import ValidationError

from layers.catalogue import CATALOGUE
from webapp.deals.models import text_in
from webapp.fields import Choice, Words, required
from webapp.languages import current_language

SUFFIXES = (".tif", ".tiff", ".gpkg", ".geojson", ".json", ".zip", ".csv")
LONGEST_EDITION = 40


class UploadForm(FlaskForm):  # type: ignore[misc]
    """A file, the layer that it is an edition of, and what the file may not say itself."""

    layer = Choice(_l("map_layers.form.layer"), [required()])
    file = FileField(_l("map_layers.form.file"))
    edition = Words(_l("map_layers.form.edition"), LONGEST_EDITION)
    crs = Choice(_l("map_layers.form.crs"))
    is_synthetic = BooleanField(_l("map_layers.form.synthetic"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        named = [
            (layer.id, text_in(dict(layer.title), current_language()))
            for layer in CATALOGUE.values()
            if layer.reader not in ("areas", "picture")
        ]
        by_name = sorted(named, key=lambda choice: choice[1])
        self.layer.choices = [("", gettext("map_layers.form.choose")), *by_name]
        self.crs.choices = [
            ("", gettext("map_layers.form.crs_in_file")),
            ("EPSG:28992", gettext("map_layers.form.crs_rd")),
        ]

    def validate_file(self, field: FileField) -> None:
        """There is a file, of a kind that can be read."""
        name = (getattr(field.data, "filename", "") or "").lower()
        if not name:
            raise ValidationError(gettext("map_layers.form.no_file"))
        if not name.endswith(SUFFIXES):
            raise ValidationError(gettext("map_layers.form.kind"))
