"""Who may sign in, and what each may do where."""

from flask_security import AsaList, RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym

from webapp.extensions import Key, Model, Moment, Now


class User(Model, UserMixin):
    """A member of staff. Residents have no account."""

    __tablename__ = "users"

    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True, server_default="true")
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(default="nl", server_default="nl")
    created_at: Mapped[Now]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    confirmed_at: Mapped[Moment | None]

    # Flask-Security loads `roles`; ours are roles within a deal or case, so we say grants.
    roles: Mapped[list["Grant"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan"
    )
    grants = synonym("roles")


class Grant(Model, RoleMixin):
    """A role for one user: in one case, in one deal with its cases, or (admin) everywhere."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint(
            "user_id", "role", "deal_id", "case_id", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("deal_id IS NULL OR case_id IS NULL", name="one_scope"),
        CheckConstraint(
            "role = 'admin' OR deal_id IS NOT NULL OR case_id IS NOT NULL", name="scope_named"
        ),
    )

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    created_at: Mapped[Now]

    user: Mapped[User] = relationship(back_populates="roles")

    @property
    def name(self) -> str:
        """The role's name, where Flask-Security asks for it."""
        return self.role
