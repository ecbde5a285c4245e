"""Forms of deals: a round of wishes, in every language, with times as a clock in Amsterdam shows."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, ValidationError

from webapp.deals.models import Case, Round, text_in
from webapp.languages import DEFAULT, LANGUAGES, current_language

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NEEDED = ("title", "about", "who", "decides")
TEXTS = (*NEEDED, "outcome")
LONGEST = {"title": 200}
YEARS = range(2020, 2101)


def _moment(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(lazy_gettext(label), format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


class RoundForm(FlaskForm):
    """A round; each text has one field per language, named such as `title_nl`."""

    version = HiddenField()
    case = SelectField(lazy_gettext("deals.round.case"), default="")
    opens_at = _moment("deals.round.opens_at")
    closes_at = _moment("deals.round.closes_at")
    more_info_url = StringField(
        lazy_gettext("deals.round.more_info_url"), validators=[Length(max=500)]
    )

    def offer(self, cases: Iterable[Case]) -> None:
        """The cases where a round can be held."""
        language = current_language()
        named = [SelectChoice(case.slug, text_in(case.title, language)) for case in cases]
        self.case.choices = [SelectChoice("", gettext("deals.round.case.choose")), *named]

    def fill(self, held: Round) -> None:
        """Start from a round as it is stored."""
        self.version.data = str(held.version)
        self.case.data = held.case.slug
        self.opens_at.data = held.opens_at.astimezone(AMSTERDAM)
        self.closes_at.data = held.closes_at.astimezone(AMSTERDAM)
        self.more_info_url.data = held.more_info_url
        for name in TEXTS:
            for language in LANGUAGES:
                self[f"{name}_{language}"].data = getattr(held, name).get(language, "")

    def texts(self, language: str) -> Iterator[Field]:
        """The text fields of one language."""
        return (self[f"{name}_{language}"] for name in TEXTS)

    def has_text(self, language: str) -> bool:
        """Whether anything was written in a language."""
        return any((field.data or "").strip() for field in self.texts(language))

    @property
    def values(self) -> dict[str, Any]:
        """The checked values as columns of a round, times in UTC."""
        return {
            **{name: self._text(name) for name in TEXTS},
            "opens_at": in_utc(self.opens_at.data),
            "closes_at": in_utc(self.closes_at.data),
            "more_info_url": (self.more_info_url.data or "").strip() or None,
        }

    def validate_version(self, field: HiddenField) -> None:
        """The version that was on the screen; a new round has none."""
        text = field.data or ""
        if text and not (text.isascii() and text.isdigit() and len(text) < 10):
            raise ValidationError(gettext("common.error.invalid.title"))

    def validate_case(self, field: SelectField) -> None:
        """A round is held in a case."""
        if not field.data:
            raise ValidationError(gettext("common.form.choose"))

    def validate_opens_at(self, field: DateTimeLocalField) -> None:
        """A moment that exists."""
        _check_moment(field)

    def validate_closes_at(self, field: DateTimeLocalField) -> None:
        """A moment that exists, after the opening."""
        _check_moment(field)
        opens = self.opens_at.data
        if field.data and opens and field.data <= opens:
            raise ValidationError(gettext("deals.round.period"))

    def validate_more_info_url(self, field: StringField) -> None:
        """A page on the web and nothing else."""
        text = (field.data or "").strip()
        if text and not _is_web_address(text):
            raise ValidationError(gettext("deals.round.more_info_url.wrong"))

    def validate_outcome_nl(self, field: TextAreaField) -> None:
        """What was done is told in Dutch when it is told at all."""
        if not (field.data or "").strip() and self._text("outcome"):
            raise ValidationError(gettext("common.form.required"))

    def _text(self, name: str) -> dict[str, str]:
        typed = {
            language: (self[f"{name}_{language}"].data or "").strip() for language in LANGUAGES
        }
        return {language: text for language, text in typed.items() if text}


def _needed(_form: FlaskForm, field: Field) -> None:
    if not (field.data or "").strip():
        raise ValidationError(gettext("common.form.required"))


def _add_text_fields() -> None:
    for name in TEXTS:
        for language in LANGUAGES:
            needed = [_needed] if name in NEEDED and language == DEFAULT else []
            kind = StringField if name == "title" else TextAreaField
            longest = LONGEST.get(name, 3000)
            label = lazy_gettext(f"deals.round.{name}")
            field = kind(label, validators=[*needed, Length(max=longest)])
            setattr(RoundForm, f"{name}_{language}", field)


_add_text_fields()


def in_utc(local: datetime) -> datetime:
    """A time on a clock in Amsterdam as a moment in UTC."""
    return local.replace(tzinfo=AMSTERDAM).astimezone(UTC)


def _check_moment(field: DateTimeLocalField) -> None:
    if field.data is None or field.data.year not in YEARS:
        field.errors = []
        raise ValidationError(gettext("deals.round.moment"))
    back = in_utc(field.data).astimezone(AMSTERDAM).replace(tzinfo=None)
    if back != field.data.replace(tzinfo=None):  # the hour that is skipped in spring
        raise ValidationError(gettext("deals.round.moment.skipped"))


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)
