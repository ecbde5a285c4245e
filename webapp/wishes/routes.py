"""HTTP of placing a wish: one screen, one question, and after each post a redirect."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import shapely
from flask import Flask, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from gis.crs import rd_point, to_lonlat
from webapp.areas.queries import RESULTS, is_inside_case, nearby, search_places
from webapp.deals.models import Case
from webapp.deals.queries import current_round
from webapp.errors import DomainError, Gone, Invalid, NotFound, answer
from webapp.extensions import db, limiter
from webapp.languages import current_language
from webapp.permissions import public
from webapp.wishes import commands, drafts
from webapp.wishes.actions import change_wish, place_wish
from webapp.wishes.following import blueprint, photo
from webapp.wishes.forms import (
    KIND_ICONS,
    THEME_ICONS,
    AreaForm,
    CheckForm,
    DoorForm,
    FoundForm,
    KindForm,
    MapForm,
    NearForm,
    SearchForm,
    ThemeForm,
    WordsForm,
)
from webapp.wishes.models import KINDS, THEMES, WishDraft
from webapp.wishes.queries import (
    areas_of,
    case_by_slug,
    draft_by_key,
    last_closed_round,
    next_round,
    outline_of,
    wish_by_key,
)
from webapp.wishes.receipts import code_for
from webapp.wishes.wording import place_in_words

Answer = str | BaseResponse | tuple[str, int]
STEPS = ", ".join(drafts.STEPS)
SHAPES = ("line", "area")
# Per wish that a network may send: forms begun and answers given, so that nobody fills the
# database with drafts and photos while a shared connection still has room to change its mind.
FORMS_PER_WISH, ANSWERS_PER_WISH = 10, 40
# More than a photo may be: the answer to a photo that is too large must keep what was typed.
MOST_BYTES_WITH_PHOTO = 64 * 1024 * 1024


@blueprint.url_value_preprocessor
def _read_large_photos(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Set the limit before the check of the form token reads the body."""
    if endpoint == "wishes.step" and values and values["step"] == "words":
        request.max_content_length = MOST_BYTES_WITH_PHOTO


@blueprint.errorhandler(CSRFError)
def _ask_again(error: CSRFError) -> Any:
    """A page that was open too long: the same screen, with what was typed and a new token."""
    g.pop("csrf_token", None)
    if request.endpoint != "wishes.step" or request.view_args is None:
        return answer(400, "stale_form")
    return step(request.view_args["key"], request.view_args["step"])


@blueprint.route("/cases/<case_slug>/wishes/new", methods=["GET", "POST"])
@public
@limiter.limit(lambda: _times_the_allowance(FORMS_PER_WISH), methods=["POST"])
def begin(case_slug: str) -> Answer:
    """The first screen: three doors. Closed cases say when they open and what came of it."""
    case = case_by_slug(case_slug)
    current = current_round(case.id, datetime.now(UTC))
    if current is None:
        rounds = {"next": next_round(case.id), "last": last_closed_round(case.id)}
        return render_template("wishes/closed.html", case=case, rounds=rounds)
    form = DoorForm()
    if form.validate_on_submit():
        return _go_on(drafts.begin_draft(case.id, form.door.data))
    return _screen("door", form, None, case, round=current)


@blueprint.route(f"/wishes/new/<uuid:key>/<any({STEPS}):step>", methods=["GET", "POST"])
@public
@limiter.limit(lambda: _times_the_allowance(ANSWERS_PER_WISH), methods=["POST"])
def step(key: UUID, step: str) -> Answer:
    """One screen of the form; a form that was sent leads to its receipt."""
    draft = draft_by_key(key)
    if draft is None:
        return _already_sent(key)
    if done := draft.answers.get("done"):
        return redirect(url_for("wishes.follow", code=code_for(UUID(done))))
    case = db.session.get_one(Case, draft.case_id)
    return SCREENS[step](draft, case)


@blueprint.post("/wishes/new/<uuid:key>/near")
@public
def near(key: UUID) -> Answer:
    """What the crosshair is near, in words, while the map moves."""
    draft = _draft(key)
    form = NearForm()
    if not form.validate_on_submit():
        raise Invalid
    point = rd_point(form.lon.data, form.lat.data)
    inside = is_inside_case(draft.case_id, point)
    words = place_in_words(nearby(point)) if inside else gettext("wishes.map.outside")
    return Response(words, content_type="text/plain; charset=utf-8")


@blueprint.get("/wishes/new/<uuid:key>/photo")
@public
def draft_photo(key: UUID) -> Response:
    """The photo of a form that has not been sent."""
    photo = drafts.photo_of(_draft(key))
    if photo is None:
        raise NotFound
    return Response(photo.jpeg, content_type="image/jpeg")


def _draft(key: UUID) -> WishDraft:
    draft = draft_by_key(key)
    if draft is None:
        raise Gone
    return draft


def _already_sent(key: UUID) -> Answer:
    if wish_by_key(key):
        return redirect(url_for("wishes.follow", code=code_for(key)))
    return render_template("wishes/expired.html"), 410


def _go_on(draft: WishDraft) -> BaseResponse:
    return redirect(url_for("wishes.step", key=draft.key, step=drafts.next_step(draft)))


def _screen(
    name: str, form: Any, draft: WishDraft | None, case: Case, template: str = "", **values: Any
) -> Answer:
    if "csrf_token" in form.errors:
        form.csrf_token.errors = [gettext("wishes.stale")]
    number = drafts.STEPS.index(name) + 1
    progress = gettext("wishes.progress", number=number, total=len(drafts.STEPS))
    html = render_template(
        f"wishes/{template or name}.html",
        form=form,
        draft=draft,
        case=case,
        progress=progress,
        near=draft and drafts.near_of(draft),
        place_in_words=place_in_words,
        back=draft and _step_before(draft, name),
        **values,
    )
    return (html, 400) if form.errors else html


def _step_before(draft: WishDraft, name: str) -> str | None:
    if drafts.next_step(draft) == "check" and name != "check":
        return "check"
    at = drafts.STEPS.index(name)
    return drafts.STEPS[at - 1] if at else None


def _door(draft: WishDraft, case: Case) -> Answer:
    form = DoorForm(data=draft.answers)
    if form.validate_on_submit():
        drafts.remember(draft, door=form.door.data)
        return redirect(url_for("wishes.step", key=draft.key, step="place"))
    return _screen("door", form, draft, case)


def _place(draft: WishDraft, case: Case) -> Answer:
    """The place through the chosen door; a route or area is always drawn on the map."""
    if request.args.get("draw") in SHAPES:
        return _place_on_map(draft, case)
    return DOORS[draft.answers["door"]](draft, case)


def _place_on_map(draft: WishDraft, case: Case) -> Answer:
    form = MapForm(case.id)
    if form.validate_on_submit() and form.shape is not None:
        near = drafts.near_answers(nearby(form.shape))
        written = drafts.written_shape(form.shape)
        drafts.remember(draft, door="map", wkt=written, zoom=form.level, near=near, area_id=None)
        return _go_on(draft)
    known = drafts.shape_of(draft)
    marks = {
        "outline": outline_of(case.id),
        "given": form.geometry.data or (known and shapely.to_geojson(to_lonlat(known))) or "",
        "shape": request.args.get("draw", ""),
    }
    return _screen("place", form, draft, case, "place_map", **marks)


def _place_by_address(draft: WishDraft, case: Case) -> Answer:
    search = SearchForm(data=draft.answers)
    found = draft.answers.get("found") or []
    if "typed" in request.form:
        return _search(draft, case, search)
    form = FoundForm(found)
    if found and form.validate_on_submit():
        _choose_found(draft, case, found[int(form.place.data)])
        return _go_on(draft)
    return _screen("place", form, draft, case, "place_address", search=search, found=found)


def _search(draft: WishDraft, case: Case, search: SearchForm) -> Answer:
    """Look and come back: the words stay out of the address, the results in the draft."""
    if not search.validate_on_submit():
        return _screen("place", search, draft, case, "place_address", search=search, found=[])
    results = search_places(case, search.typed.data)
    inside = [each for each in results.found if each.inside][:RESULTS]
    drafts.remember(
        draft,
        typed=search.typed.data,
        found=drafts.found_as_answers(inside),
        fell_back=results.fell_back,
        only_outside=bool(results.found) and not inside,
    )
    return redirect(url_for("wishes.step", key=draft.key, step="place"))


def _choose_found(draft: WishDraft, case: Case, found: dict[str, Any]) -> None:
    """Keep what was chosen; the name of a neighbourhood means all of it."""
    point = shapely.Point(found["x"], found["y"])
    near = nearby(point)
    whole = found["kind"] == "neighbourhood" and near.area_id in dict(areas_of(case.id))
    place = {"place": None if whole else near.place, "area": near.area}
    drafts.remember(
        draft,
        wkt=None if whole else drafts.written_shape(point),
        area_id=near.area_id if whole else None,
        near=place,
    )


def _place_by_area(draft: WishDraft, case: Case) -> Answer:
    areas = areas_of(case.id)
    form = AreaForm(areas, data={"area": str(draft.answers.get("area_id") or "")})
    if form.validate_on_submit():
        chosen = int(form.area.data)
        near = {"place": None, "area": dict(areas)[chosen]}
        drafts.remember(draft, area_id=chosen, near=near, wkt=None, zoom=None)
        return _go_on(draft)
    return _screen("place", form, draft, case, "place_area")


def _kind(draft: WishDraft, case: Case) -> Answer:
    form = KindForm(data=draft.answers)
    if form.validate_on_submit():
        drafts.remember(draft, kind=form.kind.data)
        return _go_on(draft)
    examples = {kind: gettext(f"wishes.kind.example.{kind}") for kind in KINDS}
    return _screen("kind", form, draft, case, icons=KIND_ICONS, examples=examples)


def _theme(draft: WishDraft, case: Case) -> Answer:
    form = ThemeForm(data=draft.answers)
    if form.validate_on_submit():
        drafts.remember(draft, theme=form.theme.data)
        return _go_on(draft)
    examples = {theme: gettext(f"wishes.theme.example.{theme}") for theme in THEMES}
    return _screen("theme", form, draft, case, icons=THEME_ICONS, examples=examples)


def _words(draft: WishDraft, case: Case) -> Answer:
    form = WordsForm(data=draft.answers)
    valid = form.validate_on_submit()
    if form.picture or (valid and form.without_photo.data):
        drafts.keep_photo(draft, form.picture)
    if valid:
        drafts.remember(draft, text=form.text.data)
        return _go_on(draft)
    return _screen("words", form, draft, case)


def _check(draft: WishDraft, case: Case) -> Answer:
    if (missing := drafts.next_step(draft)) != "check":
        return redirect(url_for("wishes.step", key=draft.key, step=missing))
    form = CheckForm(data=draft.answers)
    if not form.validate_on_submit():
        return _check_screen(form, draft, case)
    if _looks_automatic(form, draft):
        return _check_screen(form, draft, case, "wishes.check.again")
    try:
        with limiter.limit(_allowance):
            code = _send(draft, form.email.data or None)
    except RateLimitExceeded:
        html = _check_screen(form, draft, case, "wishes.check.too_many")
        return html[0] if isinstance(html, tuple) else html, 429
    except DomainError as error:
        db.session.rollback()
        key = _reason(error)
        return _check_screen(form, draft, case, f"wishes.check.problem.{key}"), error.status
    return redirect(url_for("wishes.follow", code=code))


def _check_screen(form: CheckForm, draft: WishDraft, case: Case, notice: str = "") -> Any:
    shape = drafts.shape_of(draft)
    return _screen(
        "check",
        form,
        draft,
        case,
        notice=notice and gettext(notice),
        shape=shape,
        icons=KIND_ICONS | THEME_ICONS,
    )


def _allowance() -> str:
    return _times_the_allowance(1)


def _times_the_allowance(times: int) -> str:
    return f"{times * current_app.config['SUBMISSIONS_PER_HOUR']} per hour"


def _looks_automatic(form: CheckForm, draft: WishDraft) -> bool:
    """Whether a machine may have filled this in; a person just presses the button once more."""
    least = timedelta(seconds=current_app.config["MINIMUM_FILL_SECONDS"])
    hasty = datetime.now(UTC) - draft.created_at < least and "changes" not in draft.answers
    return bool(form.website.data) or hasty


def _reason(error: DomainError) -> str:
    known = {"no_open_round", "outside_case", "zoom_too_low"}
    reasons = [each["reason"] for each in error.problems if each["reason"] in known]
    return reasons[0] if reasons else "changed_meanwhile"


def _send(draft: WishDraft, email: str | None) -> str:
    """Send the form once; its answers then live in the wish alone."""
    submission = drafts.submission_of(draft, current_language(), email)
    if changes := draft.answers.get("changes"):
        key = change_wish(changes, submission).idempotency_key
        drafts.finish(draft, str(key))
        return code_for(key)
    placed = place_wish(submission, draft.key)
    drafts.forget_draft(draft.key)
    return placed.code


SCREENS: dict[str, Callable[[WishDraft, Case], Answer]] = {
    "door": _door,
    "place": _place,
    "kind": _kind,
    "theme": _theme,
    "words": _words,
    "check": _check,
}
DOORS: dict[str, Callable[[WishDraft, Case], Answer]] = {
    "map": _place_on_map,
    "address": _place_by_address,
    "neighbourhood": _place_by_area,
}


def init_app(app: Flask) -> None:
    """Bind the routes."""
    app.config.setdefault("MINIMUM_FILL_SECONDS", 4)
    app.register_blueprint(blueprint, url_prefix="/<lang:lang>")
    app.add_url_rule("/photos/<uuid:name>", "wishes.photo", photo)
    app.cli.add_command(commands.group)
