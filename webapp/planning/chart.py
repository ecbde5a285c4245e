"""The areas of the table as bars: the same rows in the same order, and what they say in a sentence."""

from dataclasses import dataclass

from flask_babel import gettext

from webapp.planning.view import View
from webapp.templating import number


@dataclass(frozen=True)
class Bar:
    """One area; `start` and `width` in per cent of the chart, None without a figure."""

    key: str
    name: str
    value: float | None
    start: float
    width: float | None
    is_selected: bool


@dataclass(frozen=True)
class Chart:
    """The bars of the page of the table that is shown; `zero` is where the axis stands."""

    bars: list[Bar]
    zero: float
    sentence: str


def chart(view: View) -> Chart | None:
    """The shown figure as bars; None when the table shows no areas with a figure."""
    if view.table != "areas" or view.choropleth is None or view.form.compare.data:
        return None
    known = [row.value for row in view.areas if row.value is not None]
    if not known:
        return None
    lowest, highest = min(0.0, *known), max(0.0, *known)
    span = (highest - lowest) or 1.0
    zero = -lowest / span * 100
    chosen = str(view.form.selected.data or "")
    bars = []
    for row in view.rows:
        width = None if row.value is None else round(abs(row.value) / span * 100, 2)
        start = zero if row.value is None or row.value >= 0 else zero - (width or 0.0)
        key = f"area:{row.code}"
        bars.append(Bar(key, row.name, row.value, round(start, 2), width, key == chosen))
    return Chart(bars, round(zero, 2), _sentence(view, chosen))


def _sentence(view: View, chosen: str) -> str:
    """The lowest, the highest, and where the selected area stands among them."""
    figure = view.choropleth
    assert figure is not None  # noqa: S101 - `chart` asked
    rows = sorted(
        (row for row in view.areas if row.value is not None),
        key=lambda row: row.value,
        reverse=True,
    )
    first, last = rows[0], rows[-1]
    words = [
        gettext(
            "planning.chart.sentence",
            figure=figure.title,
            lowest=number(last.value, figure.layer.decimals),
            lowest_area=last.name,
            highest=number(first.value, figure.layer.decimals),
            highest_area=first.name,
            unit=figure.unit,
        )
    ]
    here = next((row for row in rows if f"area:{row.code}" == chosen), None)
    if here is not None:
        rank = 1 + sum(row.value > here.value for row in rows)
        words.append(
            gettext(
                "planning.chart.selected",
                area=here.name,
                rank=number(rank),
                count=number(len(rows)),
            )
        )
    return " ".join(words)
