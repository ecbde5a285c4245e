"""Which input for the ledger is valid."""

from datetime import UTC, date, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from gis.money import MoneyError, parse_euros
from webapp.budgets.figures import SOURCES
from webapp.budgets.models import STAGES
from webapp.deals.models import Case, Deal, text_in
from webapp.fields import Choice, Day, Paragraph, Words, optional_number, required
from webapp.interventions.forms import FormKey
from webapp.interventions.models import Intervention
from webapp.languages import current_language

FIRST_YEAR, LAST_YEAR = 2020, 2100
MONEY_REASONS = {
    "ambiguous": "budgets.money.ambiguous",
    "empty": "common.form.required",
    "not_a_number": "budgets.money.not_a_number",
    "too_large": "budgets.money.too_large",
    "too_many_decimals": "budgets.money.too_many_decimals",
}
CHOOSABLE = tuple(source for source in SOURCES if source != "state_money")


def source_name(source: str) -> str:
    """What a source of money is called."""
    plain = source in {"state", "regional_public", "regional_private"}
    return gettext(f"common.funder.{source}" if plain else f"budgets.source.{source}")


class Euros(StringField):
    """An amount above nothing, written in euros; `cents` holds it exactly."""

    cents: int | None = None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Read the amount, or say what is unclear about it."""
        if validation_stopped:
            return
        try:
            self.cents = parse_euros(self.data or "")
        except MoneyError as error:
            raise ValidationError(gettext(MONEY_REASONS[error.reason])) from None
        if self.cents <= 0:
            raise ValidationError(gettext("budgets.money.not_positive"))


class Year(Words):
    """A year of the deal."""

    def __init__(self, label: Any, **options: Any) -> None:
        super().__init__(label, 4, required(), **options)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Refuse what is no year."""
        text = self.data or ""
        written = len(text) == 4 and text.isascii() and text.isdecimal()
        if not (written and FIRST_YEAR <= int(text) <= LAST_YEAR):
            raise ValidationError(gettext("budgets.form.year"))


class BookForm(FlaskForm):
    """An amount as a controller or case manager books it."""

    form_key = FormKey()
    line = Choice(_l("budgets.field.line"), [required()])
    source = RadioField(_l("budgets.field.source"), [required()], validate_choice=False)
    is_state_money = BooleanField(_l("budgets.field.is_state_money"))
    stage = RadioField(_l("budgets.field.stage"), [required()], validate_choice=False)
    amount = Euros(_l("budgets.field.amount"), [required()])
    booked_on = Day(_l("budgets.field.booked_on"), [required()], default=date.today)
    year = Year(_l("budgets.field.year"), default=lambda: str(datetime.now(UTC).year))
    document_ref = Words(_l("budgets.field.document_ref"), 200, required())
    case = Choice(_l("interventions.field.case"))
    intervention = Choice(_l("budgets.field.intervention"))
    party = Choice(_l("budgets.field.party"))
    note = Paragraph(_l("budgets.field.note"), 1000)
    valuation_note = Paragraph(_l("budgets.field.valuation_note"), 1000)

    def __init__(
        self,
        deal: Deal,
        cases: list[Case],
        interventions: list[Intervention],
        *,
        whole_deal: bool,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        language = current_language()
        self.interventions = {one.id: one for one in interventions}
        self.line.choices = [SelectChoice("", "–")] + [
            SelectChoice(str(line.id), f"{line.code} · {text_in(line.title, language)}")
            for line in deal.budget_lines
        ]
        self.source.choices = [SelectChoice(source, source_name(source)) for source in CHOOSABLE]
        self.stage.choices = [
            SelectChoice(stage, gettext(f"common.stage.{stage}")) for stage in STAGES
        ]
        none = gettext("budgets.form.whole_deal") if whole_deal else "–"
        self.case.choices = [SelectChoice("", none)] + [
            SelectChoice(str(one.id), text_in(one.title, language)) for one in cases
        ]
        self.intervention.choices = [SelectChoice("", gettext("common.none"))] + [
            SelectChoice(str(one.id), text_in(one.title, language)) for one in interventions
        ]
        self.party.choices = [SelectChoice("", gettext("common.unknown"))] + [
            SelectChoice(str(party.id), party.name) for party in deal.parties
        ]
        self.whole_deal = whole_deal

    def validate_source(self, field: Field) -> None:
        """One of the five sources."""
        if field.data not in CHOOSABLE:
            raise ValidationError(gettext("common.form.choose"))

    def validate_stage(self, field: Field) -> None:
        """One of the three stages."""
        if field.data not in STAGES:
            raise ValidationError(gettext("common.form.choose"))

    def validate_is_state_money(self, field: Field) -> None:
        """Only regional public money can come from the state by another way."""
        if field.data and self.source.data != "regional_public":
            raise ValidationError(gettext("budgets.form.state_money"))

    def validate_valuation_note(self, field: Field) -> None:
        """What is not money needs a valuation."""
        if (self.source.data or "").startswith("in_kind") and not field.data:
            raise ValidationError(gettext("budgets.form.valuation"))

    def validate_case(self, field: Field) -> None:
        """A booking without a case is one of the whole deal."""
        if not field.data and not self.whole_deal and not self._intervention():
            raise ValidationError(gettext("budgets.form.case"))

    def validate_intervention(self, field: Field) -> None:
        """The intervention is one of the chosen case."""
        found = self._intervention()
        if found and self.case.data and str(found.case_id) != self.case.data:
            raise ValidationError(gettext("budgets.form.intervention"))

    def _intervention(self) -> Intervention | None:
        text = self.intervention.data or ""
        return next((one for key, one in self.interventions.items() if str(key) == text), None)

    def values(self) -> dict[str, Any]:
        """The checked values, as the action takes them."""
        intervention = self._intervention()
        case_id = optional_number(self.case.data)
        source = self.source.data
        in_kind = source.startswith("in_kind")
        return {
            "budget_line_id": int(self.line.data),
            "case_id": intervention.case_id if intervention else case_id,
            "intervention_id": intervention.id if intervention else None,
            "party_id": optional_number(self.party.data),
            "funder": source.replace("in_kind", "regional") if in_kind else source,
            "in_kind": in_kind,
            "is_state_money": bool(self.is_state_money.data),
            "stage": self.stage.data,
            "amount_cents": self.amount.cents,
            "year": int(self.year.data),
            "booked_on": self.booked_on.data,
            "document_ref": self.document_ref.data,
            "note": self.note.data,
            "valuation_note": self.valuation_note.data,
        }


class ReverseForm(FlaskForm):
    """Why an entry is taken back, and on which document."""

    form_key = FormKey()
    reason = Paragraph(_l("budgets.field.reason"), 1000, required())
    document_ref = Words(_l("budgets.field.document_ref"), 200, required())
    booked_on = Day(_l("budgets.field.booked_on"), [required()], default=date.today)
    year = Year(_l("budgets.field.year"))
