"""What planners keep: views of the map, saved per case."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.extensions import Key, Model, Now


class SavedView(Model):
    """A look at the map under a name; `state` is the query of its address, checked when saved."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("case_id", "title"),)

    id: Mapped[Key]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    title: Mapped[str]
    state: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[Now]
