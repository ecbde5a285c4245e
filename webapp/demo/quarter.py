"""Draws the invented quarter: the same seed gives the same streets, dwellings and trees."""

import math
import random
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from webapp.demo import quarter_plan as plan
from webapp.demo.features import BaseFeature, Place

SEED = 2024
ORIGIN = (104_992.0, 486_082.0)
TURN = math.radians(3)
DWELLING_WIDTH = 5.6
DWELLING_DEPTH = 9.0
FLATS_DEPTH = 12.0
GARDEN_DEPTH = 13.0
WIDER_PAVEMENT = 2.2
QUARTER_ZOOM = 13
STREET_ZOOM = 14
DETAIL_ZOOM = 15
TREE_ZOOM = 16
STRAIGHTENED = 1.5


def draw_quarter(seed: int = SEED) -> tuple[list[BaseFeature], list[Place]]:
    """The base map and the searchable places of the quarter, in EPSG:28992."""
    dice = random.Random(seed)  # noqa: S311  # trees, not secrets
    ground = [*_ground(), *_gardens()]
    ways, water = [*_ways(), *_walking_network()], list(_water())
    buildings, addresses = _dwellings()
    buildings += _public_buildings()
    trees = _trees(dice, [feature.geometry for feature in [*buildings, *water, *_surfaces(1.0)]])
    features = [*ground, *_surfaces_drawn(), *water, *_bridges(), *ways, *buildings, *trees]
    return features, [*_named_places(), *_street_places(), *addresses]


def to_rd(corners: np.ndarray) -> np.ndarray:
    """Corners of the plan (n × 2) in EPSG:28992, metres; long straight lines get a slight bend."""
    east = corners[:, 0] + 5 * np.sin(corners[:, 1] / 95)
    north = corners[:, 1] + 5 * np.sin(corners[:, 0] / 115)
    return np.column_stack(
        [
            ORIGIN[0] + east * math.cos(TURN) - north * math.sin(TURN),
            ORIGIN[1] + east * math.sin(TURN) + north * math.cos(TURN),
        ]
    ).round(3)


def _placed(geometry: BaseGeometry) -> BaseGeometry:
    return shapely.transform(geometry.segmentize(12), to_rd)


def _polygon(corners: tuple[plan.Corner, ...]) -> Polygon:
    return _placed(Polygon(corners))


def _ways() -> Iterator[BaseFeature]:
    """Whole streets and paths to draw and to write names along; gentle bends become straight."""
    for way in plan.WAYS:
        line = _placed(LineString(way.corners)).simplify(STRAIGHTENED)
        zoom = STREET_ZOOM if way.kind == "street" else DETAIL_ZOOM
        yield BaseFeature(way.kind, line, way.name, zoom, {"width_m": way.width})


def _walking_network() -> Iterator[BaseFeature]:
    """The same streets and paths cut at every junction; their ends are the nodes."""
    lines = [LineString(way.corners) for way in plan.WAYS]
    for piece in unary_union(lines).geoms:
        middle = piece.interpolate(0.5, normalized=True)
        way = plan.WAYS[min(range(len(lines)), key=lambda number: lines[number].distance(middle))]
        attributes = {"of": way.kind, "width_m": way.width, "car": way.kind == "street"}
        yield BaseFeature("walk", _placed(piece), way.name, DETAIL_ZOOM, attributes)


def _surfaces(wider: float) -> list[BaseFeature]:
    return [
        BaseFeature(
            "surface",
            _placed(LineString(way.corners).segmentize(12).buffer(way.width / 2 + wider)),
            attributes={"of": way.kind},
        )
        for way in plan.WAYS
    ]


def _surfaces_drawn() -> Iterator[BaseFeature]:
    """Pavement under carriageway, each as one piece, so that junctions show no seams."""
    for kind, of, wider, zoom in (
        ("pavement", "street", WIDER_PAVEMENT, DETAIL_ZOOM),
        ("path_surface", "path", 0.0, DETAIL_ZOOM),
        ("carriageway", "street", 0.0, QUARTER_ZOOM),
    ):
        pieces = [f.geometry for f in _surfaces(wider) if f.attributes["of"] == of]
        yield BaseFeature(kind, unary_union(pieces), min_zoom=zoom)


def _canal(wider: float = 0.0) -> Polygon:
    return LineString(plan.CANAL).buffer(plan.CANAL_WIDTH / 2 + wider, cap_style="flat")


def _ditch(wider: float = 0.0) -> Polygon:
    return LineString(plan.DITCH).buffer(plan.DITCH_WIDTH / 2 + wider, cap_style="flat")


def _water() -> Iterator[BaseFeature]:
    canal = unary_union([_canal(), _ditch()])
    yield BaseFeature("water", _placed(canal), plan.CANAL_NAME, QUARTER_ZOOM)
    pond = Polygon(plan.POND).buffer(-6).buffer(6)
    yield BaseFeature("water", _placed(pond), plan.POND_NAME, QUARTER_ZOOM)


def _bridges() -> Iterator[BaseFeature]:
    """Where a street or path crosses the canal, its deck lies over the water."""
    canal = _canal(1.0)
    for way in plan.WAYS:
        deck = LineString(way.corners).buffer(way.width / 2, cap_style="flat").intersection(canal)
        if not deck.is_empty and deck.area > 20:
            yield BaseFeature("bridge", _placed(deck), min_zoom=DETAIL_ZOOM)


def _ground() -> Iterator[BaseFeature]:
    banks = unary_union([_canal(7.0), _ditch(6.0)])
    yield BaseFeature("built_up", _polygon(((0, 2), (450, 2), (450, 428), (0, 428))), min_zoom=13)
    yield BaseFeature("grass", _placed(banks), min_zoom=DETAIL_ZOOM)
    east = Polygon(((390, 16), (450, 16), (450, 392), (372, 392), (384, 300), (394, 222)))
    yield BaseFeature("grass", _placed(east), min_zoom=DETAIL_ZOOM)
    avenue = ((28, 226), (180, 226), (180, 237), (28, 237))
    yield BaseFeature("grass", _polygon(avenue), min_zoom=DETAIL_ZOOM)
    yield BaseFeature("park", _polygon(plan.PARK), plan.PARK_NAME, QUARTER_ZOOM)
    yield BaseFeature("schoolyard", _polygon(plan.SCHOOLYARD), min_zoom=DETAIL_ZOOM)
    yield BaseFeature("playground", _polygon(plan.PLAYGROUND), plan.PLAYGROUND_NAME, DETAIL_ZOOM)


def _block(start: plan.Corner, end: plan.Corner, near: float, far: float) -> Polygon:
    """The rectangle left of a front line, between two distances from it; plan metres."""
    length = math.dist(start, end)
    across = ((start[1] - end[1]) / length, (end[0] - start[0]) / length)

    def moved(corner: plan.Corner, by: float) -> plan.Corner:
        return corner[0] + across[0] * by, corner[1] + across[1] * by

    return Polygon([moved(start, near), moved(end, near), moved(end, far), moved(start, far)])


def _gardens() -> Iterator[BaseFeature]:
    """Behind every row its gardens, in front of it a strip of front gardens."""
    streets = unary_union([feature.geometry for feature in _surfaces(WIDER_PAVEMENT)])
    for row in plan.ROWS:
        back = _block(row.start, row.end, DWELLING_DEPTH, DWELLING_DEPTH + GARDEN_DEPTH)
        front = _block(row.start, row.end, -2.5, 0)
        for strip in (back, front):
            garden = _placed(strip).difference(streets)
            yield BaseFeature("garden", garden, min_zoom=DETAIL_ZOOM)


def _pieces(
    start: plan.Corner, end: plan.Corner, count: int
) -> Iterator[tuple[plan.Corner, plan.Corner]]:
    """The front line in equal pieces."""
    step = ((end[0] - start[0]) / count, (end[1] - start[1]) / count)
    for number in range(count):
        first = (start[0] + number * step[0], start[1] + number * step[1])
        yield first, (first[0] + step[0], first[1] + step[1])


def _dwellings() -> tuple[list[BaseFeature], list[Place]]:
    """Every dwelling's footprint and address; numbers run on per street and side."""
    buildings: list[BaseFeature] = []
    addresses: list[Place] = []
    last: dict[tuple[str, int], int] = defaultdict(int)
    for row in plan.ROWS:
        count = round(math.dist(row.start, row.end) / DWELLING_WIDTH)
        for start, end in _pieces(row.start, row.end, count):
            footprint = _placed(_block(start, end, 0, DWELLING_DEPTH))
            number = _next_number(last, row.street, row.parity)
            buildings.append(_building(footprint, "dwelling", floors=2))
            addresses.append(_address(row.street, number, footprint.centroid))
    for flats in plan.FLATS:
        block = _placed(_block(flats.start, flats.end, 0, FLATS_DEPTH))
        buildings.append(_building(block, "flats", floors=flats.floors))
        addresses += _flat_addresses(flats, last)
    return buildings, addresses


def _flat_addresses(flats: plan.Flats, last: dict[tuple[str, int], int]) -> Iterator[Place]:
    """One address per flat; flats above each other stand a little apart, so that each shows."""
    for floor in range(flats.floors):
        depth = FLATS_DEPTH * (floor + 1) / (flats.floors + 1)
        for start, end in _pieces(flats.start, flats.end, flats.per_floor):
            point = _placed(_block(start, end, depth - 0.1, depth + 0.1)).centroid
            number = _next_number(last, flats.street, flats.parity)
            yield _address(flats.street, number, point)


def _next_number(last: dict[tuple[str, int], int], street: str, parity: int) -> int:
    side = (street, parity)
    last[side] = last[side] + 2 if side in last else 2 - parity
    return last[side]


def _building(
    footprint: BaseGeometry, use: str, floors: int, name: str | None = None
) -> BaseFeature:
    attributes = {"use": use, "floors": floors, "height_m": 3 * floors + 2}
    return BaseFeature("building", footprint, name, DETAIL_ZOOM, attributes)


def _public_buildings() -> list[BaseFeature]:
    return [
        _building(_polygon(plan.SCHOOL), "school", 2, plan.SCHOOL_NAME),
        _building(
            _polygon(plan.COMMUNITY_CENTRE), "community_centre", 1, plan.COMMUNITY_CENTRE_NAME
        ),
    ]


def _streets() -> list[str]:
    return list(dict.fromkeys(way.name for way in plan.WAYS if way.kind == "street"))


def postcode_of(street: str) -> str:
    """The invented postcode of a street; it starts with 0, as no Dutch postcode does."""
    return f"{plan.POSTCODE_DIGITS} Z{chr(ord('A') + _streets().index(street))}"


def _address(street: str, number: int, point: Point) -> Place:
    postcode = postcode_of(street)
    label = f"{street} {number}, {postcode} {plan.QUARTER}"
    rounded = Point(round(point.x, 3), round(point.y, 3))
    return Place("address", label, rounded, plan.MUNICIPALITY_CODE, street, str(number), postcode)


def _street_places() -> Iterator[Place]:
    for street in _streets():
        way = next(way for way in plan.WAYS if way.name == street)
        middle = _placed(LineString(way.corners)).interpolate(0.5, normalized=True)
        label = f"{street}, {plan.QUARTER}"
        yield Place("street", label, middle, plan.MUNICIPALITY_CODE, street)


def _named_places() -> Iterator[Place]:
    for name, corners in (
        (plan.SCHOOL_NAME, plan.SCHOOL),
        (plan.COMMUNITY_CENTRE_NAME, plan.COMMUNITY_CENTRE),
        (plan.PLAYGROUND_NAME, plan.PLAYGROUND),
        (plan.PARK_NAME, plan.PARK),
    ):
        point = _polygon(corners).representative_point()
        yield Place("landmark", f"{name}, {plan.QUARTER}", point, plan.MUNICIPALITY_CODE)


def _trees(dice: random.Random, obstacles: list[BaseGeometry]) -> list[BaseFeature]:
    """Trees along the avenue, the quays and some streets, and loosely in park and grass."""
    blocked = unary_union(obstacles)
    spots = [*_avenue_spots(), *_park_spots(dice)]
    trees = []
    for spot in spots:
        point = _placed(Point(spot))
        if blocked.distance(point) > 0.3:
            crown = round(dice.uniform(4, 9), 1)
            trees.append(BaseFeature("tree", point, None, TREE_ZOOM, {"crown_m": crown}))
    return trees


def _avenue_spots() -> Iterator[plan.Corner]:
    planted = {
        "Zilverlindelaan": (6.3, 13),
        "Waterspiegelkade": (-4.6, 12),
        "Lisdoddekade": (4.6, 12),
        "Zonnewijzerlaan": (5.0, 17),
        "Regendropstraat": (4.6, 19),
        "Noorderlichtstraat": (4.6, 21),
    }
    for way in plan.WAYS:
        beside, apart = planted.get(way.name, (0.0, 0.0))
        sides = (beside, -beside) if way.name == "Zilverlindelaan" else (beside,)
        for side in sides if beside else ():
            line = LineString(way.corners).offset_curve(side)
            for number in range(1, int(line.length / apart)):
                spot = line.interpolate(number * apart)
                yield spot.x, spot.y


def _park_spots(dice: random.Random) -> Iterator[plan.Corner]:
    """Loose planting: a jittered grid, so that trees keep their distance."""
    for west, east, south, north, apart in ((198, 322, 236, 368, 12), (392, 444, 24, 388, 15)):
        for u in range(west, east, apart):
            for v in range(south, north, apart):
                if dice.random() < 0.62:
                    yield u + dice.uniform(-4, 4), v + dice.uniform(-4, 4)
