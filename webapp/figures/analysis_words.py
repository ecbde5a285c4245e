"""The outcomes in sentences, in the reader's language, and the numbers of their drawings."""

from dataclasses import dataclass

from flask_babel import gettext

from gis.benefits import Group, Lorenz
from gis.priority import Reason
from webapp.figures.benefits import Benefits
from webapp.figures.clusters import NamedCluster
from webapp.figures.priority import PARTS, Outcome, Row
from webapp.templating import number


@dataclass(frozen=True)
class Bar:
    """One bar: where it starts and how wide it is, in per cent of the chart; None without value."""

    key: str
    start: float
    width: float | None


def amount(value: float | None, unit: str, digits: int) -> str:
    """A value with its unit; `–` without one."""
    if value is None:
        return "–"
    return f"{number(value, digits)} {unit}".strip()


def why(found: Outcome, row: Row) -> str:
    """Why an area has its rank."""
    told = row.explanation
    if told.rank is None or told.score is None:
        return gettext("figures.why.no_score", area=row.zone.name)
    words = [
        gettext(
            "figures.why.rank",
            area=row.zone.name,
            rank=number(told.rank),
            of=number(told.of),
            score=number(told.score * 100),
        )
    ]
    for key, reasons in (("raised", told.raised_by), ("lowered", told.lowered_by)):
        listed = "; ".join(_reason(found, row, each) for each in reasons if _counts(found, each))
        if listed and key == "raised":
            words.append(gettext("figures.why.raised", reasons=listed))
        elif listed:
            words.append(gettext("figures.why.lowered", reasons=listed))
    unknown = [_part(each.key) for each in told.unknown if _counts(found, each)]
    if unknown:
        words.append(
            gettext(
                "figures.why.unknown",
                parts="; ".join(unknown),
                confidence=number(told.confidence * 100),
            )
        )
    return " ".join(words)


def _counts(found: Outcome, reason: Reason) -> bool:
    """A part without weight is no reason."""
    return found.chosen[PARTS.index(reason.key)].weight > 0


def _part(key: str) -> str:
    return gettext(f"figures.part.{key}")


def _reason(found: Outcome, row: Row, reason: Reason) -> str:
    part = PARTS.index(reason.key)
    measure = found.chosen[part].measure
    value, _ = found.values(part, row)
    unit, digits = (measure.unit, measure.digits) if measure else ("", 1)
    return gettext(
        "figures.why.reason",
        part=_part(reason.key),
        value=amount(value, unit, digits),
        place=number(reason.place or 0),
        of=number(reason.of),
    )


def stack(found: Outcome, row: Row) -> list[Bar]:
    """What each part adds to a score, as pieces of one bar of 100."""
    bars, start = [], 0.0
    for part, key in enumerate(PARTS):
        width = found.contribution(part, row) * 100
        bars.append(Bar(key, round(start, 2), round(width, 2)))
        start += width
    return bars


def group_bars(groups: tuple[Group, ...]) -> list[Bar]:
    """The means of groups as bars from zero."""
    known = [group.mean for group in groups if group.mean is not None]
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    span = (high - low) or 1.0
    bars = []
    for group in groups:
        if group.mean is None:
            bars.append(Bar(group.key, 0.0, None))
            continue
        start, end = sorted(((min(group.mean, 0.0) - low), (max(group.mean, 0.0) - low)))
        bars.append(
            Bar(group.key, round(start / span * 100, 2), round((end - start) / span * 100, 2))
        )
    return bars


def lorenz_points(curve: Lorenz) -> str:
    """The curve in a drawing of 100 by 100, up being the good."""
    pairs = zip(curve.residents.tolist(), curve.good.tolist(), strict=True)
    return " ".join(f"{x * 100:.2f},{100 - y * 100:.2f}" for x, y in pairs)


def gap_sentence(found: Benefits) -> str:
    """How the most and the least vulnerable fifth differ, or why that can't be said."""
    spread, measure = found.distribution, found.figure.measure
    if spread is None or spread.gap is None:
        return gettext("figures.benefits.no_gap")
    unit, digits = measure.unit, max(1, measure.digits)
    return gettext(
        "figures.benefits.gap",
        figure=measure.title,
        most=amount(spread.fifths[-1].mean, unit, digits),
        least=amount(spread.fifths[0].mean, unit, digits),
        gap=amount(spread.gap, unit, digits),
    )


def gini_sentence(found: Benefits) -> str:
    """How unequally the figure is spread, or why that can't be said."""
    if found.lorenz is None or found.lorenz.gini is None:
        return gettext("figures.benefits.no_gini")
    return gettext("figures.benefits.gini", gini=number(found.lorenz.gini, 3))


def map_words(clusters: list[NamedCluster]) -> str:
    """What the map of clusters shows, for who doesn't see it."""
    names = "; ".join(
        gettext("figures.clusters.numbered", place=place, name=each.name, size=number(each.size))
        for place, each in enumerate(clusters, 1)
    )
    return gettext("figures.clusters.map_words", names=names)
