"""The ledger: every amount booked on a budget line. Entries are never changed, only reversed."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.deals.models import BudgetLine, Case, Party
from webapp.extensions import Cents, Key, Model, Now
from webapp.interventions.models import Intervention

FUNDERS = ("state", "regional_public", "regional_private")
STAGES = ("allocated", "committed", "spent")


class Booking(Model):
    """One entry of the ledger, in whole eurocents including VAT (BTW).

    `in_kind` marks a contribution that is not money and then needs a note on its valuation.
    `is_state_money` marks regional public money that comes from the state by another way and
    so never counts as regional (rule BUD-6). A correction is an entry with the opposite amount
    that names the entry it `reverses`.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint(f"funder IN {FUNDERS}", name="funder"),
        CheckConstraint(f"stage IN {STAGES}", name="stage"),
        CheckConstraint("amount_cents <> 0", name="amount"),
        CheckConstraint("(reverses_id IS NULL) = (amount_cents > 0)", name="reversal"),
        CheckConstraint("NOT in_kind OR valuation_note <> ''", name="valuation"),
        CheckConstraint("NOT (in_kind AND funder = 'state')", name="state_pays_money"),
        CheckConstraint("year BETWEEN 2020 AND 2100", name="year"),
        Index("ix_bookings_line_funder_stage", "budget_line_id", "funder", "stage"),
    )

    id: Mapped[Key]
    budget_line_id: Mapped[int] = mapped_column(ForeignKey("budget_lines.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    intervention_id: Mapped[int | None] = mapped_column(ForeignKey("interventions.id"), index=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("parties.id"))
    funder: Mapped[str]
    in_kind: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_state_money: Mapped[bool] = mapped_column(default=False, server_default="false")
    stage: Mapped[str]
    amount_cents: Mapped[Cents]
    year: Mapped[int]
    booked_on: Mapped[date]
    document_ref: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    valuation_note: Mapped[str] = mapped_column(default="", server_default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("bookings.id"), unique=True)
    form_key: Mapped[UUID | None] = mapped_column(unique=True)
    is_demo: Mapped[bool] = mapped_column(default=False, server_default="false")
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Now]

    budget_line: Mapped[BudgetLine] = relationship()
    case: Mapped[Case | None] = relationship()
    intervention: Mapped[Intervention | None] = relationship()
    party: Mapped[Party | None] = relationship()
