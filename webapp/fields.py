"""Form fields that answer in the reader's language and take nothing the database cannot hold."""

import re
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2100, 12, 31)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")


def cleaned(text: Any) -> str:
    """Text without control characters and outer spaces; line ends as one newline."""
    return _CONTROLS.sub("", str(text or "").replace("\r\n", "\n")).strip()


class Required(InputRequired):
    """Something must be filled in; spaces are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse what is empty."""
        super().__call__(form, field)
        if isinstance(field.data, str) and not field.data.strip():
            raise StopValidation(gettext("common.form.required"))


def required() -> Required:
    """Something must be filled in."""
    return Required(message=_l("common.form.required"))


def at_most(maximum: int) -> Length:
    """No longer than this many characters."""
    return Length(max=maximum, message=_l("common.form.too_long", max=maximum))


class Words(StringField):
    """One line of text."""

    def __init__(self, label: Any, maximum: int, *validators: Any, **options: Any) -> None:
        rules = [*validators, at_most(maximum)]
        super().__init__(label, rules, filters=[cleaned], **options)


class Paragraph(TextAreaField):
    """Several lines of text."""

    def __init__(self, label: Any, maximum: int, *validators: Any, **options: Any) -> None:
        rules = [*validators, at_most(maximum)]
        super().__init__(label, rules, filters=[cleaned], **options)


class Day(DateField):
    """A date in this century."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the date, or say how to write one; empty is no date."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            found = date.fromisoformat(valuelist[0].strip())
        except ValueError:
            raise ValueError(gettext("common.form.date")) from None
        if not FIRST_DAY <= found <= LAST_DAY:
            raise ValueError(gettext("common.form.date"))
        self.data = found


class Choice(SelectField):
    """One of a list; what is not sent is the empty choice."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the first value."""
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        """Refuse what was not offered."""
        if not any(match for _, _, match, *_ in self.iter_choices()):
            raise ValidationError(gettext("common.form.choose"))


class Choices(SelectMultipleField):
    """Any of a list."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.type = "SelectMultipleField"  # by which templates know to draw checkboxes

    def pre_validate(self, form: Any) -> None:
        """Refuse what was not offered."""
        offered = {value for value, *_ in self.iter_choices()}
        if not set(self.data or ()) <= offered:
            raise ValidationError(gettext("common.form.choose"))


def optional_number(text: str) -> int | None:
    """The number of a choice, None when nothing was chosen."""
    return int(text) if text else None
