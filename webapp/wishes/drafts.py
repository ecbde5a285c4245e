"""The form between its screens: answers live in a draft for a day, under a key nobody can guess."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete

from webapp.areas.queries import Found, Nearby, nearby
from webapp.extensions import db
from webapp.geodata import shape
from webapp.wishes.actions import Submission
from webapp.wishes.models import Wish, WishDraft
from webapp.wishes.photos import Photo

KEPT = timedelta(hours=24)
STEPS = ("door", "place", "kind", "theme", "words", "check")
PLACE = ("wkt", "zoom", "area_id", "near")
SEARCH = ("typed", "found", "fell_back", "only_outside")


def begin_draft(case_id: int, door: str) -> WishDraft:
    """A new form, opened through one of the doors."""
    draft = WishDraft(case_id=case_id, answers={"door": door}, expires_at=_tomorrow())
    db.session.add(draft)
    db.session.commit()
    return draft


def draft_of_wish(wish: Wish) -> WishDraft:
    """A form filled with what a wish says now, to change it."""
    answers = {
        "door": wish.door,
        "kind": wish.kind,
        "theme": wish.theme,
        "text": wish.text,
        "zoom": wish.zoom,
        **_place_answers(wish),
        "changes": wish.id,
    }
    draft = WishDraft(case_id=wish.case_id, answers=answers, expires_at=_tomorrow())
    if wish.photo:
        _hold(draft, Photo(wish.photo.jpeg, wish.photo.width, wish.photo.height))
    db.session.add(draft)
    db.session.commit()
    return draft


def _place_answers(wish: Wish) -> dict[str, Any]:
    if wish.geom is None:
        return {"area_id": wish.area_id, "near": {"place": None, "area": wish.place_words}}
    geometry = shape(wish.geom)
    return {"wkt": written_shape(geometry), "near": near_answers(nearby(geometry))}


def near_answers(near: Nearby) -> dict[str, str | None]:
    """A place in words as a draft keeps it."""
    return {"place": near.place, "area": near.area}


def remember(draft: WishDraft, **answers: Any) -> None:
    """Keep answers; another door forgets the place that was found through the first."""
    if answers.get("door", draft.answers.get("door")) != draft.answers.get("door"):
        answers = dict.fromkeys((*PLACE, *SEARCH)) | answers
    draft.answers = {**draft.answers, **answers}
    db.session.commit()


def keep_photo(draft: WishDraft, photo: Photo | None) -> None:
    """Keep a photo with the form, or take it out."""
    _hold(draft, photo)
    db.session.commit()


def forget_draft(key: UUID) -> None:
    """The form has been sent: its answers live on in the wish alone."""
    db.session.execute(delete(WishDraft).where(WishDraft.key == key))
    db.session.commit()


def finish(draft: WishDraft, key: str) -> None:
    """The change has been sent: keep only which wish it was, for whoever presses twice."""
    draft.answers = {"done": key}
    _hold(draft, None)
    db.session.commit()


def next_step(draft: WishDraft) -> str:
    """The first screen without an answer; the check page when there is none."""
    answers = draft.answers
    given = {
        "door": answers.get("door"),
        "place": answers.get("wkt") or answers.get("area_id"),
        "kind": answers.get("kind"),
        "theme": answers.get("theme"),
        "words": answers.get("text"),
    }
    return next((step for step in STEPS if step in given and not given[step]), "check")


def found_as_answers(found: list[Found]) -> list[dict[str, Any]]:
    """Search results as a draft keeps them; coordinates are EPSG:28992."""
    return [
        {"kind": each.kind, "label": each.label, "x": each.point.x, "y": each.point.y}
        for each in found
    ]


def written_shape(geometry: BaseGeometry) -> str:
    """A geometry in EPSG:28992 as text, to the millimetre."""
    return shapely.to_wkt(geometry, rounding_precision=3)


def shape_of(draft: WishDraft) -> BaseGeometry | None:
    """The place of a draft in EPSG:28992."""
    written = draft.answers.get("wkt")
    return shapely.from_wkt(written) if written else None


def near_of(draft: WishDraft) -> Nearby | None:
    """The place of a draft in words."""
    near: Mapping[str, Any] | None = draft.answers.get("near")
    return Nearby(near["place"], None, near["area"]) if near else None


def photo_of(draft: WishDraft) -> Photo | None:
    """The photo of a draft."""
    if draft.photo is None:
        return None
    return Photo(draft.photo, draft.photo_width or 0, draft.photo_height or 0)


def submission_of(draft: WishDraft, language: str, email: str | None) -> Submission:
    """The draft as it is sent."""
    answers, geometry = draft.answers, shape_of(draft)
    return Submission(
        case_id=draft.case_id,
        kind=answers["kind"],
        theme=answers["theme"],
        text=answers["text"],
        language=language,
        door=answers["door"],
        geometry=geometry,
        area_id=answers.get("area_id") if geometry is None else None,
        zoom=answers.get("zoom"),
        email=email,
        photo=photo_of(draft),
    )


def _hold(draft: WishDraft, photo: Photo | None) -> None:
    draft.photo = photo and photo.jpeg
    draft.photo_width = photo and photo.width
    draft.photo_height = photo and photo.height


def _tomorrow() -> datetime:
    return datetime.now(UTC) + KEPT
