"""Which rows behind a figure are asked for; stands in the address."""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from webapp.chain.coverage import LACKS, WISH_STATES
from webapp.errors import Invalid
from webapp.fields import Choice, Words
from webapp.wishes.models import THEMES


class Filters(FlaskForm):
    """Base: only read, so it carries no token. An unknown value is refused, never ignored."""

    class Meta:
        """No token."""

        csrf = False

    page = IntegerField(validators=[Optional(), NumberRange(1, 1_000_000)])

    def __init__(self, **options: Any) -> None:
        super().__init__(formdata=request.args, **options)

    def check(self) -> None:
        """Raise `Invalid` with the fields that hold something unknown."""
        if not self.validate():
            wrong = self.errors.items()
            raise Invalid(problems=[{"path": name, "reason": str(told[0])} for name, told in wrong])

    @property
    def page_number(self) -> int:
        """The page asked for; the first when none is."""
        return self.page.data or 1


def any_of(values: tuple[str, ...]) -> Choice:
    """One of these values, or none."""
    return Choice(choices=[SelectChoice(value) for value in ("", *values)], default="")


class WishRows(Filters):
    """The wishes of a case, theme and state."""

    case = Words("", 100)
    theme = any_of(THEMES)
    state = any_of(WISH_STATES)


class InterventionRows(Filters):
    """The interventions of a case that lack something."""

    case = Words("", 100)
    lack = any_of(LACKS)


class BookingRows(Filters):
    """The bookings of a deal or case without intervention."""

    deal = Words("", 100)
    case = Words("", 100)
