"""Forms of moderation: what to show of the queue, and what is decided about a wish."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from webapp.deals.models import Case, text_in
from webapp.languages import LANGUAGES, current_language
from webapp.moderation.passages import masked, passages
from webapp.wishes.checks import FLAGS
from webapp.wishes.models import PRECISIONS, REASONS, STATUS_TYPES, TEXT_MAXIMUM, Wish

DECISIONS = ("published", "private", "merged", "referred", "refused")
NEEDS_REASON = ("referred", "refused")
SHORTEST_EXPLANATION = 20
LARGEST_NUMBER = 2**31 - 1


def is_version(text: str) -> bool:
    """Whether a text is the number of a version."""
    return text.isascii() and text.isdigit() and len(text) < 10


def _choices(prefix: str, values: Iterable[str]) -> list[SelectChoice]:
    return [SelectChoice(value, gettext(prefix + value)) for value in values]


def _chosen(_form: FlaskForm, field: Any) -> None:
    if not field.data:
        raise StopValidation(gettext("common.form.choose"))


class Filter(FlaskForm):
    """What to show: read from the address, a wrong value counts as all."""

    class Meta:
        csrf = False

    case = SelectField(lazy_gettext("moderation.case"), default="", validate_choice=False)
    language = SelectField(lazy_gettext("moderation.language"), default="", validate_choice=False)

    def offer(self, cases: Iterable[Case]) -> None:
        """Offer these cases, and every language."""
        everything = SelectChoice("", gettext("common.all"))
        named = [SelectChoice(case.slug, text_in(case.title, current_language())) for case in cases]
        spoken = [SelectChoice(code, name) for code, name in LANGUAGES.items()]
        self.case.choices = [everything, *named]
        self.language.choices = [everything, *spoken]

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set, as they stand in the address."""
        return {field.name: field.data for field in self if field.data}


class QueueFilter(Filter):
    """What to show of the queue."""

    flag = SelectField(lazy_gettext("moderation.flag"), default="", validate_choice=False)

    def offer(self, cases: Iterable[Case]) -> None:
        """Also whether and why a text was flagged."""
        super().offer(cases)
        everything = SelectChoice("", gettext("common.all"))
        self.flag.choices = [everything, *_choices("moderation.flag.", ("any", *FLAGS))]


class DecidedFilter(Filter):
    """What to show of the decided wishes."""

    status = SelectField(lazy_gettext("moderation.status"), default="", validate_choice=False)
    q = StringField(lazy_gettext("moderation.words"), default="")

    def offer(self, cases: Iterable[Case]) -> None:
        """Also what was decided."""
        super().offer(cases)
        everything = SelectChoice("", gettext("common.all"))
        decided = (status for status, kind in STATUS_TYPES.items() if kind in {"public", "closed"})
        self.status.choices = [everything, *_choices("common.status.", decided)]


class DecisionForm(FlaskForm):
    """What is decided about one wish, and what its resident will read."""

    version = HiddenField()
    decision = RadioField(
        lazy_gettext("moderation.decision"), validators=[_chosen], validate_choice=True
    )
    precision = RadioField(lazy_gettext("moderation.precision"), validators=[Optional()])
    merge_into = IntegerField(lazy_gettext("moderation.merge_into"))
    reason = SelectField(lazy_gettext("moderation.reason"), default="")
    explanation = TextAreaField(
        lazy_gettext("moderation.explanation"), validators=[Length(max=TEXT_MAXIMUM)]
    )
    mask = SelectMultipleField(lazy_gettext("moderation.mask"))
    mask_words = TextAreaField(
        lazy_gettext("moderation.mask_words"), validators=[Length(max=TEXT_MAXIMUM)]
    )

    def offer(self, wish: Wish) -> None:
        """Offer what can be decided about this wish."""
        self.decision.choices = _choices("moderation.decide.", DECISIONS)
        self.precision.choices = _choices("common.precision.", PRECISIONS)
        nothing = SelectChoice("", gettext("moderation.reason.choose"))
        self.reason.choices = [nothing, *_choices("common.reason.", REASONS)]
        flagged = [piece for piece in passages(wish.text) if piece.flag]
        self.mask.choices = [SelectChoice(str(piece.number), piece.text) for piece in flagged]
        self._wish = wish

    def validate_version(self, field: HiddenField) -> None:
        """The version that the moderator saw."""
        if not is_version(field.data or ""):
            raise ValidationError(gettext("common.error.invalid.title"))

    def validate_merge_into(self, field: IntegerField) -> None:
        """Merging names the other wish; any other decision needs no number."""
        field.errors = []
        if self.decision.data != "merged":
            raise StopValidation
        if field.data is None or not 0 < field.data <= LARGEST_NUMBER:
            raise StopValidation(gettext("moderation.merge_into.needed"))

    def validate_reason(self, field: SelectField) -> None:
        """Refusing and referring need a reason."""
        if self.needs_reason and not field.data:
            raise ValidationError(gettext("moderation.reason.needed"))

    def validate_explanation(self, field: TextAreaField) -> None:
        """Refusing and referring need a text that says something."""
        short = len((field.data or "").strip()) < SHORTEST_EXPLANATION
        if self.needs_reason and short:
            raise ValidationError(
                gettext("moderation.explanation.needed", count=SHORTEST_EXPLANATION)
            )

    def validate_mask_words(self, field: TextAreaField) -> None:
        """Words to take out stand in the text; something stays."""
        missing = [word for word in self.words_to_mask if word not in self._wish.text]
        if missing:
            raise ValidationError(gettext("moderation.mask_words.missing", words=missing[0]))

    @property
    def needs_reason(self) -> bool:
        """Whether the decision says no, or sends elsewhere."""
        return self.decision.data in NEEDS_REASON

    @property
    def words_to_mask(self) -> list[str]:
        """One piece of text per line."""
        lines = (self.mask_words.data or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    @property
    def masked_text(self) -> str:
        """The text as it stays after masking."""
        numbers = {int(number) for number in self.mask.data or []}
        return masked(self._wish.text, numbers, self.words_to_mask)
