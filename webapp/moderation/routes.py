"""HTTP of moderation: the queue, one wish, decided wishes, the outbox."""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from webapp.errors import Conflict, Invalid, NotFound
from webapp.moderation import actions, queries
from webapp.moderation.actions import Decision
from webapp.moderation.forms import DecidedFilter, DecisionForm, Filter, QueueFilter, is_version
from webapp.moderation.passages import passages
from webapp.permissions import requires
from webapp.wishes.models import STATUS_TYPES, Wish, WishContact
from webapp.wishes.publication import publishable_precision

blueprint = Blueprint("moderation", __name__)
Answer = str | Response | tuple[str, int]

FAILURES = {
    "no_address": "moderation.failure.no_address",
    "SMTPRecipientsRefused": "moderation.failure.refused",
    "SMTPSenderRefused": "moderation.failure.refused",
    "SMTPDataError": "moderation.failure.refused",
    "NotSafe": "moderation.failure.not_safe",
    "SMTPAuthenticationError": "moderation.failure.sign_in",
}


@blueprint.get("/moderation")
@requires("moderate_wishes")
def queue() -> str:
    """The wishes that nobody has looked at, oldest first."""
    form = _filter(QueueFilter)
    return render_template(
        "moderation/queue.html",
        form=form,
        wishes=queries.waiting(g.scope, form.chosen),
        counts=queries.counts(g.scope, form.chosen),
    )


@blueprint.get("/moderation/decided")
@requires("moderate_wishes")
def decided() -> str:
    """The wishes that were decided about, with search."""
    form = _filter(DecidedFilter)
    return render_template(
        "moderation/decided.html", form=form, wishes=queries.decided(g.scope, form.chosen)
    )


@blueprint.route("/moderation/<int:wish_id>", methods=["GET", "POST"])
@requires("moderate_wishes")
def wish(wish_id: int) -> Answer:
    """One wish with what is near, and the decision."""
    found = queries.wish_in(g.scope, wish_id)
    if found.status != "submitted" and request.method == "GET":
        return render_template("moderation/decision.html", wish=found, form=FlaskForm())
    form = DecisionForm()
    form.offer(found)
    if form.validate_on_submit():
        try:
            return _decide(found, form)
        except Conflict:
            return _conflict(wish_id)
        except Invalid as error:
            _explain(form, error)
    if form.is_submitted() and found.status != "submitted":
        return _conflict(wish_id)
    page = _wish_page(found, form)
    return (page, 400) if form.errors else page


@blueprint.post("/moderation/<int:wish_id>/reopen")
@requires("moderate_wishes")
def reopen(wish_id: int) -> Answer:
    """Put a decided wish back into the queue."""
    found = queries.wish_in(g.scope, wish_id)
    version = request.form.get("version", "")
    if not FlaskForm().validate_on_submit() or not is_version(version):
        raise Invalid
    try:
        actions.reopen(found.id, int(version))
    except Conflict:
        return _conflict(wish_id)
    flash(gettext("moderation.reopened"), "success")
    return redirect(url_for("moderation.wish", wish_id=found.id))


@blueprint.get("/moderation/outbox")
@requires("see_outbox")
def outbox() -> str:
    """The messages to residents, what waits first."""
    return render_template(
        "moderation/outbox.html", messages=queries.messages(g.scope), form=FlaskForm()
    )


@blueprint.post("/moderation/outbox/<int:message_id>")
@requires("see_outbox")
def try_again(message_id: int) -> Response:
    """Send a message once more."""
    message = queries.message_in(g.scope, message_id)
    if not FlaskForm().validate_on_submit() or not current_app.config["SMTP_URL"]:
        raise Invalid
    actions.try_again(message)
    flash(gettext("moderation.outbox.soon"), "success")
    return redirect(url_for("moderation.outbox"))


def _filter(kind: type[Filter]) -> Any:
    form = kind(request.args)
    form.offer(queries.cases_in(g.scope))
    return form


def _decide(found: Wish, form: DecisionForm) -> Response:
    if not form.masked_text.strip():
        raise Invalid(problems=[{"path": "mask_words", "reason": "nothing_left"}])
    decision = Decision(
        status=form.decision.data,
        version=int(form.version.data),
        text=form.masked_text,
        precision=form.precision.data or "exact",
        merge_into=form.merge_into.data if form.decision.data == "merged" else None,
        reason=form.reason.data or None if form.needs_reason else None,
        explanation=(form.explanation.data or "").strip(),
    )
    actions.decide(found.id, decision)
    status = gettext(f"common.status.{found.status}")
    flash(gettext("moderation.done", number=found.id, status=status), "success")
    chosen = _filter(QueueFilter).chosen
    following = queries.next_waiting(g.scope, chosen, found)
    if following is None:
        return redirect(url_for("moderation.queue", **chosen))
    return redirect(url_for("moderation.wish", wish_id=following, **chosen))


def _wish_page(found: Wish, form: DecisionForm) -> str:
    others = queries.near(found)
    chosen = _filter(QueueFilter).chosen
    forced = publishable_precision(found.kind, found.door, "exact")
    form.version.data = str(found.version)
    form.precision.data = form.precision.data or found.precision or forced
    return render_template(
        "moderation/wish.html",
        wish=found,
        form=form,
        others=others,
        place=queries.place_on_map(found, others),
        forced=None if forced == "exact" else forced,
        chosen=chosen,
        skip_to=queries.next_waiting(g.scope, chosen, found),
        waiting=queries.counts(g.scope, chosen).waiting,
    )


def _conflict(wish_id: int) -> tuple[str, int]:
    """What the other moderator decided, or that the resident changed or took back the wish."""
    try:
        found = queries.wish_in(g.scope, wish_id)
    except NotFound:
        found = None
    return render_template("moderation/conflict.html", wish=found), 409


def _explain(form: DecisionForm, error: Invalid) -> None:
    for problem in error.problems:
        words = gettext(f"moderation.problem.{problem['reason']}")
        form[problem["path"]].errors = [words]


def _hidden_address(contact: WishContact | None) -> str:
    """An address that says nothing but that there is one."""
    return f"{contact.email[:1]}…@…" if contact else "–"


def _failure(code: str | None) -> str:
    return gettext(FAILURES.get(code or "", "moderation.failure.other"))


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.jinja_env.filters.update(
        passages=passages, hidden_address=_hidden_address, failure_words=_failure
    )
    app.jinja_env.globals["status_type"] = STATUS_TYPES.get
