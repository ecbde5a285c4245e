"""Placing a wish in two statements: one that looks, one that writes.

Everything that a wish is checked against comes from the first, and the second writes the wish, its
event and, where given, its photo, address and receipt: all or nothing. Both are kept prepared.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import shapely
from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Integer, Text, Uuid, bindparam, cast, func, select, type_coerce

from gis.crs import RD
from webapp import fast_sql
from webapp.areas.models import Area, Place
from webapp.areas.queries import (
    Nearby,
    area_around,
    inside_case,
    middle_of,
    place_near,
    place_words,
)
from webapp.deals.models import Case
from webapp.deals.queries import open_rounds
from webapp.wishes.models import Wish
from webapp.wishes.photos import Photo


@dataclass(frozen=True)
class Looked:
    """What the database knows about a place and a key: a wish that came with it before, the case,
    the round that is open, whether the place lies within the case, and what it is near."""

    known_id: int | None
    case_id: int | None
    round_id: int | None
    is_inside: bool
    about: Nearby


@dataclass(frozen=True)
class Contact:
    """Where a resident wants to hear what happens, until when."""

    email: str
    retain_until: date


def is_known(key: UUID) -> bool:
    """Whether a wish came in with this key before."""
    known = "SELECT id FROM wishes WHERE idempotency_key = %(key)s::uuid"
    return fast_sql.value(known, {"key": str(key)}) is not None


def look(case: int | str, geometry: BaseGeometry, key: UUID) -> Looked:
    """All that a wish at this geometry (EPSG:28992) is checked against; the case by its number or
    its slug."""
    is_point = geometry.geom_type == "Point"
    geom = _hex(geometry)
    middle = geom if is_point else _hex(middle_of(geometry))
    given = {"case": case, "key": str(key), "geom": geom, "middle": middle}
    (found,) = fast_sql.executor().rows(_look_text(isinstance(case, str)), given)
    known_id, case_id, round_id, is_inside, area, place = found
    area_id, area_name = area or (None, None)
    about = Nearby(place_words(place), area_id, area_name)
    return Looked(known_id, case_id, round_id, bool(is_inside), about)


@cache
def _look_text(by_slug: bool) -> str:
    geom, middle = _shape("geom"), _shape("middle")
    given: Any = bindparam("case", type_=Text if by_slug else Integer, required=False)
    case_id = select(Case.id).where(Case.slug == given).scalar_subquery() if by_slug else given
    key = cast(bindparam("key", type_=Text, required=False), Uuid)
    area = area_around(middle).with_only_columns(func.json_build_array(Area.id, Area.name))
    near = func.json_build_array(Place.street, Place.number, Place.label)
    statement = select(
        select(Wish.id).where(Wish.idempotency_key == key).scalar_subquery(),
        case_id,
        open_rounds(case_id, func.clock_timestamp()).scalar_subquery(),
        inside_case(case_id, geom),
        area.scalar_subquery(),
        place_near(middle).with_only_columns(near).scalar_subquery(),
    )
    return fast_sql.prepared(statement, "case", "key", "geom", "middle")


def _shape(name: str) -> Any:
    """A geometry that is given as hexadecimal WKB, read once for the whole statement."""
    read = func.geometry(bindparam(name, type_=Text, required=False))
    return type_coerce(select(read).scalar_subquery(), Geometry("GEOMETRY", srid=RD))


def _hex(geometry: BaseGeometry) -> str:
    return str(shapely.to_wkb(shapely.set_srid(geometry, RD), hex=True, include_srid=True))


_WISH = """
    INSERT INTO wishes (case_id, round_id, area_id, kind, theme, text, language, door, zoom,
        place_words, geom, channel, flags, idempotency_key, request_hash, code_hash, retain_until)
    VALUES (%(case_id)s, %(round_id)s::int, %(area_id)s::int, %(kind)s, %(theme)s, %(text)s,
        %(language)s, %(door)s, %(zoom)s::int, %(place_words)s, %(geom)s::geometry, %(channel)s,
        %(flags)s::jsonb, %(key)s::uuid, %(request_hash)s::bytea, %(code_hash)s::bytea,
        %(retain_until)s::date)
    ON CONFLICT (idempotency_key) DO NOTHING RETURNING id"""
_EVENT = """
    INSERT INTO events (actor_id, subject, subject_id, action, details)
    SELECT %(actor_id)s::int, 'wish', id, 'placed', jsonb_build_object('channel', %(channel)s::text,
        'door', %(door)s::text, 'kind', %(kind)s::text) FROM wish"""
_PHOTO = """
    INSERT INTO wish_photos (wish_id, name, width, height, jpeg)
    SELECT id, gen_random_uuid(), %(width)s::int, %(height)s::int, %(jpeg)s::bytea FROM wish"""
_CONTACT = """
    INSERT INTO wish_contacts (wish_id, email, language, retain_until)
    SELECT id, %(email)s, %(language)s, %(contact_until)s::date FROM wish"""
_RECEIPT = """
    INSERT INTO messages (wish_id, kind, language) SELECT id, 'receipt', %(language)s FROM wish"""


def store(
    values: dict[str, Any], geometry: BaseGeometry | None, photo: Photo | None, contact: Contact | None
) -> int | None:  # fmt: skip
    """Write a wish with all that belongs to it; returns its number, None when its key is taken."""
    parts = [f"wish AS ({_WISH})", f"event AS ({_EVENT})"]
    given = values | {
        "geom": None if geometry is None else _hex(geometry),
        "flags": json.dumps(values["flags"]),
        "key": str(values["key"]),
    }
    if photo:
        parts.append(f"photo AS ({_PHOTO})")
        given |= {"width": photo.width, "height": photo.height, "jpeg": photo.jpeg}
    if contact:
        parts += [f"contact AS ({_CONTACT})", f"receipt AS ({_RECEIPT})"]
        given |= {"email": contact.email, "contact_until": contact.retain_until}
    whole = ", ".join(parts)
    number = fast_sql.value(f"WITH {whole} SELECT id FROM wish", given)  # noqa: S608
    return None if number is None else int(number)
