"""The moments of an intervention in order: what was planned and what has happened."""

from dataclasses import dataclass
from datetime import date

from webapp.interventions.models import Intervention

MOMENTS = ("planned_start", "actual_start", "planned_end", "actual_end")


@dataclass(frozen=True)
class Moment:
    """A date with what it is; `happened` tells what was done from what is planned."""

    name: str
    on: date
    happened: bool


def timeline(intervention: Intervention) -> list[Moment]:
    """The known dates, the earliest first."""
    known = ((name, getattr(intervention, name)) for name in MOMENTS)
    moments = [Moment(name, day, name.startswith("actual")) for name, day in known if day]
    return sorted(moments, key=lambda moment: (moment.on, MOMENTS.index(moment.name)))
