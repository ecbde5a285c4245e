"""Which input for an intervention is valid."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from shapely.geometry import mapping
from wtforms import Field, HiddenField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from gis.refusal import GeometryError
from webapp.deals.models import Deal, text_in
from webapp.fields import (
    Choice,
    Choices,
    Day,
    Paragraph,
    Words,
    optional_number,
    required,
)
from webapp.interventions.models import RELATIONS, WARES, Intervention
from webapp.interventions.phases import possible_phases, wrong_dates
from webapp.interventions.place import Place, as_text, read_drawn, read_file
from webapp.languages import LANGUAGES, current_language

TITLE_MAXIMUM, SUMMARY_MAXIMUM, REASON_MAXIMUM = 120, 1200, 600
MOST_METRES = 2000
DATES = ("planned_start", "planned_end", "actual_start", "actual_end")
DATE_REASONS = {
    "missing": "interventions.date.missing",
    "before_start": "interventions.date.before_start",
    "in_future": "interventions.date.in_future",
    "not_finished": "interventions.date.not_finished",
}


class FormKey(HiddenField):
    """The key that makes a form that is sent twice count once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default=lambda: str(uuid4()), **options)

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no key."""
        try:
            UUID(self.data or "")
        except ValueError:
            raise ValidationError(gettext("interventions.form.key")) from None


class InterventionForm(FlaskForm):
    """An intervention as a case manager writes it. Texts per language: Dutch is required."""

    form_key = FormKey()
    version = HiddenField(default="0")
    wares = Choices(
        _l("interventions.field.wares"),
        choices=[SelectChoice(ware, _l(f"common.ware.{ware}")) for ware in WARES],
    )
    programme_lines = Choices(_l("interventions.field.programme_lines"))
    phase = Choice(_l("interventions.field.phase"))
    planned_start = Day(_l("interventions.field.planned_start"))
    planned_end = Day(_l("interventions.field.planned_end"))
    actual_start = Day(_l("interventions.field.actual_start"))
    actual_end = Day(_l("interventions.field.actual_end"))
    responsible_party = Choice(_l("interventions.field.responsible_party"))
    stop_reason = Paragraph(_l("interventions.field.stop_reason"), REASON_MAXIMUM)
    round_override_reason = Paragraph(_l("interventions.field.override"), REASON_MAXIMUM)
    geometry = TextAreaField(_l("interventions.field.geometry"))
    geometry_file = FileField(_l("interventions.field.geometry_file"))

    def __init__(self, deal: Deal, phase: str | None, **options: Any) -> None:
        super().__init__(**options)
        self.place: Place | None = None
        language = current_language()
        self.programme_lines.choices = [
            SelectChoice(str(line.id), f"{line.code} · {text_in(line.title, language)}")
            for line in deal.programme_lines
        ]
        self.responsible_party.choices = [SelectChoice("", gettext("interventions.party.none"))] + [
            SelectChoice(str(party.id), party.name) for party in deal.parties
        ]
        self.phase.choices = [
            SelectChoice(name, gettext(f"common.phase.{name}")) for name in possible_phases(phase)
        ]

    def words(self, name: str) -> list[Field]:
        """The fields of `title` or `summary`, one per language."""
        return [self[f"{name}_{language}"] for language in LANGUAGES]

    def validate_geometry(self, field: Field) -> None:
        """Read the file when there is one, else what was drawn; say what is wrong and where."""
        upload = self.geometry_file.data
        try:
            if upload:
                self.place = read_file(upload.read())
                field.data = as_text(mapping(self.place.geometry))
            elif field.data and field.data.strip():
                self.place = read_drawn(field.data)
        except GeometryError as error:
            raise ValidationError(refusal(error.reason, error.path)) from None

    def validate_stop_reason(self, field: Field) -> None:
        """Who stops says why."""
        if self.phase.data == "stopped" and not field.data:
            raise ValidationError(gettext("interventions.form.stop_reason"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Every field by itself, then the dates against each other and the phase."""
        if not super().validate(extra_validators):
            return False
        dates = {name: self[name].data for name in DATES}
        wrong = wrong_dates(self.phase.data, dates, datetime.now(UTC).date())
        for name, reason in wrong.items():
            self[name].errors = [gettext(DATE_REASONS[reason])]
        return not wrong

    def values(self) -> dict[str, Any]:
        """The checked values, as the actions take them."""
        return {
            "title": self._texts("title"),
            "summary": self._texts("summary"),
            "wares": [ware for ware in WARES if ware in (self.wares.data or ())],
            "phase": self.phase.data,
            **{name: self[name].data for name in DATES},
            "responsible_party_id": optional_number(self.responsible_party.data),
            "stop_reason": self.stop_reason.data if self.phase.data == "stopped" else "",
            "round_override_reason": self.round_override_reason.data,
        }

    def line_ids(self) -> set[int]:
        """The chosen programme lines."""
        return {int(line) for line in self.programme_lines.data or ()}

    def version_number(self) -> int:
        """The version this form was made from; 0 when it says nothing sensible."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def _texts(self, name: str) -> dict[str, str]:
        given = {language: self[f"{name}_{language}"].data for language in LANGUAGES}
        return {language: text for language, text in given.items() if text}


for _language, _own_name in LANGUAGES.items():
    _rules = [required()] if _language == "nl" else []
    setattr(
        InterventionForm,
        f"title_{_language}",
        Words(_l("interventions.field.title", language=_own_name), TITLE_MAXIMUM, *_rules),
    )
    setattr(
        InterventionForm,
        f"summary_{_language}",
        Paragraph(_l("interventions.field.summary", language=_own_name), SUMMARY_MAXIMUM, *_rules),
    )


def filled(intervention: Intervention, geometry: dict[str, Any] | None) -> InterventionForm:
    """The form with what stands now."""
    known = {
        **{f"title_{language}": text for language, text in intervention.title.items()},
        **{f"summary_{language}": text for language, text in intervention.summary.items()},
        **{name: getattr(intervention, name) for name in DATES},
        "wares": intervention.wares,
        "programme_lines": [str(line.id) for line in intervention.programme_lines],
        "phase": intervention.phase,
        "responsible_party": str(intervention.responsible_party_id or ""),
        "stop_reason": intervention.stop_reason,
        "round_override_reason": intervention.round_override_reason,
        "geometry": as_text(geometry),
        "version": str(intervention.version),
    }
    return InterventionForm(intervention.case.deal, intervention.phase, data=known)


def refusal(reason: str, path: str) -> str:
    """Why a geometry was refused and where, in the reader's language."""
    words = gettext(f"interventions.geometry.{reason}")
    return gettext("interventions.geometry.at", words=words, path=path) if path else words


class FindWishesForm(FlaskForm):
    """Which wishes to propose for linking; stands in the address."""

    class Meta:
        """Only read, so it carries no token."""

        csrf = False

    how = Choice(
        _l("interventions.find.how"),
        choices=[
            SelectChoice("search", _l("interventions.find.search")),
            SelectChoice("within", _l("interventions.find.within")),
            SelectChoice("near", _l("interventions.find.near")),
        ],
        default="search",
    )
    metres = Words(_l("interventions.find.metres"), 10, default="100")
    text = Words(_l("interventions.find.text"), 200)

    def validate_metres(self, field: Field) -> None:
        """A distance only matters for what is near."""
        if self.how.data == "near" and not 1 <= self.distance() <= MOST_METRES:
            raise ValidationError(gettext("interventions.find.metres_range"))

    def distance(self) -> int:
        """The metres around the intervention; 0 when the wish must touch it."""
        text = self.metres.data or ""
        near = self.how.data == "near" and text.isascii() and text.isdecimal()
        return int(text) if near else 0


class LinkForm(FlaskForm):
    """Which of the proposed wishes are linked, and how they relate."""

    wishes = Choices(_l("interventions.link.wishes"), [required()])
    relation = Choice(
        _l("interventions.link.relation"),
        choices=[
            SelectChoice(relation, _l(f"common.relation.{relation}")) for relation in RELATIONS
        ],
        default="answers",
    )

    def pick(self, wish_ids: list[int]) -> None:
        """Offer exactly these wishes."""
        self.wishes.choices = [SelectChoice(str(number)) for number in wish_ids]
