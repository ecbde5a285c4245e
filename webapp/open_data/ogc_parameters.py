"""What OGC API Features may be asked: checked here, in front of pygeoapi."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Date, Float, Integer
from werkzeug.datastructures import MultiDict

from gis.crs import CRS84_URI, NETHERLANDS_LONLAT, NETHERLANDS_RD, RD_URI, Bounds
from webapp.open_data.datasets import Dataset
from webapp.open_data.forms import Parameter, read_parameters, whole_number
from webapp.open_data.views import selections

MOST_FEATURES = 1000
USUAL_FEATURES = 100
LARGEST_OFFSET = 10_000_000
LONGEST_VALUE = 200
EVERYWHERE: dict[str, Bounds] = {CRS84_URI: NETHERLANDS_LONLAT, RD_URI: NETHERLANDS_RD}
MOMENT = r"(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?|\.\.|)"
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?")


def _one_of(*words: str) -> Callable[[str], str]:
    def read(given: str) -> str:
        if given not in words:
            raise ValueError("not_one_of")
        return given

    return read


def _moment(given: str) -> str:
    if not re.fullmatch(f"{MOMENT}(/{MOMENT})?", given):
        raise ValueError("not_a_date")
    return given


def _box(given: str) -> tuple[float, ...]:
    """Four numbers, or six with heights, which are left out."""
    parts = given.split(",")
    if len(parts) not in {4, 6} or not all(map(NUMBER.fullmatch, parts)):
        raise ValueError("not_a_box")
    numbers = tuple(map(float, parts))
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    if west >= east or south >= north:
        raise ValueError("box_upside_down")
    return west, south, east, north


def _text(given: str) -> str:
    if len(given) > LONGEST_VALUE or not given.isprintable():
        raise ValueError("not_one_of")
    return given


def _real(given: str) -> float:
    if not NUMBER.fullmatch(given):
        raise ValueError("not_a_number")
    return float(given)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError("not_a_date") from None


def _truth(given: str) -> bool:
    return _one_of("true", "false")(given) == "true"


def _reader(column: Any) -> Callable[[str], Any]:
    readers: tuple[tuple[type, Callable[[str], Any]], ...] = (
        (Boolean, _truth),
        (Integer, whole_number(0, 2**31 - 1)),
        (Float, _real),
        (Date, _day),
    )
    return next((read for kind, read in readers if isinstance(column.type, kind)), _text)


def _columns(dataset: Dataset) -> Mapping[str, Any]:
    columns = selections()[dataset.view].selected_columns
    return {column.key: column for column in columns if column.key != "geom"}


def _names(known: Mapping[str, Any], marks: str = "") -> Callable[[str], str]:
    def read(given: str) -> str:
        if any(name.lstrip(marks) not in known for name in given.split(",")):
            raise ValueError("not_one_of")
        return given

    return read


def _parameter(name: str, read: Callable[[str], Any]) -> Parameter:
    return Parameter(name, "", {}, read)


FORMAT = _parameter("f", _one_of("json", "html"))
CRS = _parameter("crs", _one_of(CRS84_URI, RD_URI))


def document_question(given: MultiDict[str, str]) -> None:
    """A document has no parameters but its format. Raises `Invalid`."""
    read_parameters(given, (FORMAT,))


def feature_question(given: MultiDict[str, str]) -> dict[str, str]:
    """What one feature is asked for. Raises `Invalid`."""
    read_parameters(given, (FORMAT, CRS))
    return {name: value for name, value in given.items() if name != "f"}


def items_question(given: MultiDict[str, str], dataset: Dataset) -> dict[str, Any]:
    """What features are asked for, as pygeoapi takes it. Raises `Invalid`, naming every mistake.

    A box is cut to the Netherlands, because RD has no place for the rest of the world. Features
    here have no moments, so `datetime` leaves none out.
    """
    columns = _columns(dataset)
    values = read_parameters(
        given,
        (
            FORMAT,
            CRS,
            _parameter("limit", whole_number(1, MOST_FEATURES)),
            _parameter("offset", whole_number(0, LARGEST_OFFSET)),
            _parameter("bbox", _box),
            _parameter("bbox-crs", _one_of(CRS84_URI, RD_URI)),
            _parameter("datetime", _moment),
            _parameter("resulttype", _one_of("results", "hits")),
            _parameter("skipGeometry", _one_of("true", "false")),
            _parameter("properties", _names(columns)),
            _parameter("sortby", _names(columns, "+-")),
            *(_parameter(name, _reader(column)) for name, column in columns.items()),
        ),
    )
    question = {name: str(value) for name, value in given.items() if name not in {"f", "datetime"}}
    question.setdefault("limit", str(USUAL_FEATURES))
    if values["bbox"]:
        cut = _cut(values["bbox"], EVERYWHERE[values["bbox-crs"] or CRS84_URI])
        question["bbox"] = ",".join(map(repr, cut))
    return question


def _cut(box: Bounds, limits: Bounds) -> Bounds:
    """The part of a box within limits; a box elsewhere becomes a speck on their border."""
    west, east = (min(max(x, limits[0]), limits[2]) for x in (box[0], box[2]))
    south, north = (min(max(y, limits[1]), limits[3]) for y in (box[1], box[3]))
    return west, south, east, north
