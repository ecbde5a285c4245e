"""Forms of accounts: Flask-Security's with our words, and those of the staff pages."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_security.forms import (
    ChangePasswordForm,
    LoginForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.recovery_codes import MfRecoveryForm
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from webapp.languages import LANGUAGES


class InOurWords:
    """Labels from our catalogue instead of Flask-Security's."""

    labels: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, key in self.labels.items():
            self[name].label.text = gettext(key)  # type: ignore[index]


class SignInForm(InOurWords, LoginForm):
    """E-mail address and password."""

    labels = {"email": "accounts.email", "password": "accounts.password"}  # noqa: RUF012


class NewPasswordForm(InOurWords, ChangePasswordForm):
    """The present password, and the new one twice."""

    labels = {  # noqa: RUF012
        "password": "accounts.password.present",
        "new_password": "accounts.password.new",
        "new_password_confirm": "accounts.password.again",
    }


class PasswordAgainForm(InOurWords, VerifyForm):
    """The password, asked once more before something that matters."""

    labels = {"password": "accounts.password"}  # noqa: RUF012


class CodeForm(InOurWords, TwoFactorVerifyCodeForm):
    """Six digits of the authenticator app."""

    labels = {"code": "accounts.second.code"}  # noqa: RUF012


class SecondFactorForm(TwoFactorSetupForm):
    """Set up the authenticator app, or turn the second factor off."""

    setup = RadioField(choices=["authenticator", "disable"], validate_choice=False)


class RecoveryForm(InOurWords, MfRecoveryForm):
    """One of the recovery codes."""

    labels = {"code": "accounts.recovery.code"}  # noqa: RUF012


class RescueForm(TwoFactorRescueForm):
    """Only recovery codes rescue: no mail to an administrator."""

    help_setup = RadioField(choices=[])


class LanguageForm(FlaskForm):
    """The language of the workbench."""

    language = SelectField(
        lazy_gettext("accounts.language"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGES.items()],
    )


class GrantForm(FlaskForm):
    """A role and where it holds; the route fills in what the administrator may give."""

    role = SelectField(
        lazy_gettext("accounts.role"),
        validators=[DataRequired(lazy_gettext("common.form.choose"))],
    )
    place = SelectField(
        lazy_gettext("accounts.place"),
        validators=[DataRequired(lazy_gettext("common.form.choose"))],
    )

    def validate_place(self, field: SelectField) -> None:
        """Only an administrator may be one everywhere."""
        if field.data == "everywhere" and self.role.data != "admin":
            raise ValidationError(gettext("accounts.place.needed"))


class ActiveForm(FlaskForm):
    """Whether someone may sign in."""

    active = SelectField(choices=["0", "1"])
