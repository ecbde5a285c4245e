"""HTTP of following a wish with its receipt code: read, change, take back; and photos."""

from uuid import UUID

import segno
from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from webapp.errors import Conflict, Gone, NotFound
from webapp.extensions import limiter
from webapp.languages import current_language
from webapp.permissions import may, public, scope_of
from webapp.wishes import drafts
from webapp.wishes.actions import withdraw_wish
from webapp.wishes.forms import KIND_ICONS, THEME_ICONS, ChangeForm, CodeForm, WithdrawForm
from webapp.wishes.messages import follow_address
from webapp.wishes.queries import published_id, published_photo, staff_photo, wish_by_code
from webapp.wishes.receipts import code_for, read_code

blueprint = Blueprint("wishes", __name__)
Answer = str | BaseResponse | tuple[str, int]

ATTEMPTS = "60 per minute; 600 per hour"
PHOTO_SECONDS = 600


@blueprint.route("/follow", methods=["GET", "POST"])
@public
@limiter.limit(ATTEMPTS)
def find() -> Answer:
    """Type a receipt code by hand."""
    form = CodeForm()
    if form.validate_on_submit():
        try:
            wish_by_code(form.code.data)
        except NotFound:
            form.code.errors = [gettext("wishes.find.unknown")]
        except Gone:
            return _withdrawn()
        else:
            return redirect(url_for("wishes.follow", code=read_code(form.code.data)))
    html = render_template("wishes/find.html", form=form)
    return (html, 400) if form.errors else html


@blueprint.get("/follow/<code>")
@public
@limiter.limit(ATTEMPTS)
def follow(code: str) -> Answer:
    """The receipt, and later what became of the wish."""
    try:
        wish = wish_by_code(code)
    except Gone:
        return _withdrawn()
    address = follow_address(wish, current_language())
    return render_template(
        "wishes/follow.html",
        wish=wish,
        code=wish.idempotency_key and code_for(wish.idempotency_key),
        address=address,
        picture=segno.make(address, error="m").svg_data_uri(scale=4, border=3),
        public_id=published_id(wish),
        change=ChangeForm(),
        icons=KIND_ICONS | THEME_ICONS,
    )


@blueprint.post("/follow/<code>/change")
@public
@limiter.limit(ATTEMPTS)
def change(code: str) -> Answer:
    """Open the form again with what the wish says now."""
    wish = wish_by_code(code)
    if not ChangeForm().validate_on_submit() or wish.status != "submitted":
        raise Conflict
    draft = drafts.draft_of_wish(wish)
    return redirect(url_for("wishes.step", key=draft.key, step="check"))


@blueprint.route("/follow/<code>/withdraw", methods=["GET", "POST"])
@public
@limiter.limit(ATTEMPTS)
def withdraw(code: str) -> Answer:
    """Ask once more, then erase."""
    try:
        wish = wish_by_code(code)
    except Gone:
        return _withdrawn()
    form = WithdrawForm()
    if form.validate_on_submit():
        withdraw_wish(wish.id)
        return redirect(url_for("wishes.follow", code=code))
    return render_template("wishes/withdraw.html", wish=wish, code=code, form=form)


def _withdrawn() -> tuple[str, int]:
    return render_template("wishes/withdrawn.html"), 410


@public
def photo(name: UUID) -> Response:
    """A photo: to everyone when its wish shows its exact place, else to staff of the case."""
    if jpeg := published_photo(name):
        return _photo(jpeg, f"public, max-age={PHOTO_SECONDS}")
    if may(current_user, "see_wishes") and (
        jpeg := staff_photo(name, scope_of(current_user, "see_wishes"))
    ):
        return _photo(jpeg, "private, no-store")
    raise NotFound


def _photo(jpeg: bytes, keep: str) -> Response:
    answer = Response(jpeg, content_type="image/jpeg")
    answer.headers["Cache-Control"] = keep
    answer.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """Addresses with a key or code: not stored, not passed on, not found by search engines."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
