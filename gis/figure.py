"""The record that every figure comes in: its value, and what is needed to trace and repeat it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

Parameter = bool | int | float | str | None
"""What a parameter of a definition can be: whatever JSON can write as one value."""

SHARE: Final = "share"
"""Unit of a part of a whole, from 0 to 1."""
CELSIUS: Final = "celsius"
SQUARE_METRES: Final = "m2"
SQUARE_METRES_PER_DWELLING: Final = "m2_per_dwelling"
COUNT: Final = "count"
RATIO: Final = "ratio"
"""Unit of a quotient that can be more than 1."""

NOTES: Final = (
    "canopy_from_tree_map",
    "crowns_of_some_trees_unknown",
    "green_capped_at_100",
    "input_partly_without_data",
    "nothing_to_measure",
    "residents_spread_over_dwellings",
    "roads_not_known",
    "straight_line_distance",
)
"""Every remark that a figure can carry, so that a test can ask for its text in each language."""


@dataclass(frozen=True)
class Input:
    """One layer that a figure was computed from, in the edition that was used.

    ``sha256`` is that of the imported file in hexadecimal, empty when there was no file.
    """

    layer: str
    edition: str
    sha256: str = ""


@dataclass(frozen=True)
class Figure:
    """One value with its definition, parameters, sources and gaps.

    ``value`` is ``None`` when nothing could be measured, never a silent zero. ``numerator`` and
    ``denominator`` are what was divided, in the units that the definition names. ``no_data_share``
    (0 to 1) is the part of what had to be measured that had no data. ``n`` counts the measured
    things (cells, dwellings, buildings…). ``notes`` are keys of texts, not prose. ``inputs`` and
    ``software_version`` are filled in by who knows where the values came from.

    Raises:
        ValueError: a number is NaN or infinite, ``no_data_share`` is not from 0 to 1, or a note is
            not one of ``NOTES``.
    """

    definition: str
    version: str
    parameters: Mapping[str, Parameter]
    value: float | None
    unit: str
    numerator: float | None = None
    denominator: float | None = None
    no_data_share: float | None = None
    n: int | None = None
    notes: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = field(default=())
    software_version: str = ""

    def __post_init__(self) -> None:
        numbers = (self.value, self.numerator, self.denominator, self.no_data_share)
        of_parameters = (each for each in self.parameters.values() if isinstance(each, float))
        if not all(math.isfinite(each) for each in (*numbers, *of_parameters) if each is not None):
            raise ValueError("a figure with a number that is not finite")
        if self.no_data_share is not None and not 0 <= self.no_data_share <= 1:
            raise ValueError("the share without data is not from 0 to 1")
        if not set(self.notes) <= set(NOTES):
            raise ValueError("a note that has no text")
        object.__setattr__(self, "parameters", dict(self.parameters))

    def traced(self, inputs: tuple[Input, ...], software_version: str) -> "Figure":
        """Return the same figure with the layers it was computed from and the software's version."""
        return replace(self, inputs=inputs, software_version=software_version)

    def as_dict(self) -> dict[str, Any]:
        """Return the figure in what JSON can write; ``figure_from_dict`` reads it back."""
        return {
            "definition": self.definition,
            "version": self.version,
            "parameters": dict(self.parameters),
            "value": self.value,
            "unit": self.unit,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "no_data_share": self.no_data_share,
            "n": self.n,
            "notes": list(self.notes),
            "inputs": [
                {"layer": each.layer, "edition": each.edition, "sha256": each.sha256}
                for each in self.inputs
            ],
            "software_version": self.software_version,
        }


def figure_from_dict(stored: Mapping[str, Any]) -> Figure:
    """Read back what ``Figure.as_dict`` wrote.

    Raises:
        KeyError: a part is missing.
        TypeError: a part is unknown.
        ValueError: a number is not finite.
    """
    return Figure(
        **{
            **stored,
            "notes": tuple(stored["notes"]),
            "inputs": tuple(Input(**each) for each in stored["inputs"]),
        }
    )


def quotient(numerator: float, denominator: float) -> float | None:
    """Return the quotient, or ``None`` when there is nothing to divide by."""
    return numerator / denominator if denominator > 0 else None
