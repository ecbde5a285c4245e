"""What is asked of the pages with clusters, priorities and benefits; it all stands in the address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField

from gis.priority import RULES
from webapp.budgets.figures import STAGES
from webapp.fields import Choice
from webapp.figures.clusters import DISTANCES_M
from webapp.figures.measures import LEVELS, RESIDENTS, Measure
from webapp.figures.priority import DEFAULT_WEIGHT, NONE, PARTS, choices_for
from webapp.wishes.models import THEMES

HEAVIEST = 100
DEFAULT_DISTANCE = "100"


class Weight(IntegerField):
    """How much a part counts: a whole number from 0 to 100; what is not sent is the usual one."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number, or say what is meant."""
        text = valuelist[0].strip() if valuelist else ""
        if text.isascii() and text.isdecimal() and len(text) <= 3 and int(text) <= HEAVIEST:
            self.data = int(text)
            return
        self.data = None
        raise ValueError(gettext("figures.priority.wrong_weight", most=HEAVIEST))


class Asked(FlaskForm):
    """Base: only read, so it carries no token. An unknown value is refused, never ignored."""

    class Meta:
        """No token."""

        csrf = False

    case = Choice(_l("figures.form.case"), default="")

    def __init__(self, cases: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(formdata=request.args or None, **options)
        self.case.choices = [*self.no_case(), *cases]

    @staticmethod
    def no_case() -> list[tuple[str, str]]:
        """The choice of all cases, where there is one."""
        return [("", gettext("common.all"))]


class ClusterForm(Asked):
    """Which wishes, and how near one another."""

    theme = Choice(_l("figures.form.theme"), default="")
    distance = Choice(_l("figures.clusters.distance"), default=DEFAULT_DISTANCE)

    def __init__(self, cases: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(cases, **options)
        themes = [(theme, gettext(f"common.theme.{theme}")) for theme in THEMES]
        self.theme.choices = [("", gettext("common.all")), *themes]
        metres = [(str(each), gettext("figures.metres", number=each)) for each in DISTANCES_M]
        self.distance.choices = metres
        self.distance.data = self.distance.data or DEFAULT_DISTANCE

    @staticmethod
    def no_case() -> list[tuple[str, str]]:
        """Clusters are of one case; without one it is the first."""
        return []


class LevelForm(Asked):
    """Which areas."""

    level = Choice(_l("figures.form.level"), default="")

    def __init__(self, cases: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(cases, **options)
        self.level.choices = [
            ("", gettext("figures.form.level_auto")),
            *((level, gettext(f"common.level.{level}")) for level in LEVELS),
        ]


class PriorityForm(LevelForm):
    """What stands for each part, how much it counts, and how parts are made comparable."""

    heat = Choice(_l("common.source"), default="")
    green = Choice(_l("common.source"), default="")
    vulnerability = Choice(_l("common.source"), default="")
    rule = Choice(_l("figures.priority.rule"), default="")
    weight_heat = Weight(_l("figures.weight.heat"), default=DEFAULT_WEIGHT)
    weight_green = Weight(_l("figures.weight.green"), default=DEFAULT_WEIGHT)
    weight_vulnerability = Weight(_l("figures.weight.vulnerability"), default=DEFAULT_WEIGHT)
    weight_wishes = Weight(_l("figures.weight.wishes"), default=DEFAULT_WEIGHT)

    def __init__(self, cases: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(cases, **options)
        self.rule.choices = [(rule, gettext(f"figures.rule.{rule}")) for rule in RULES]
        self.rule.data = self.rule.data or RULES[0]
        for part in PARTS:
            field = self[f"weight_{part}"]
            if field.name not in request.args:
                field.data, field.process_errors = DEFAULT_WEIGHT, []

    def offer(self, measures: Mapping[str, Measure]) -> None:
        """Set the sources that are there; without a choice it is the first."""
        for part in PARTS[:-1]:
            found = [(each.key, each.title) for each in choices_for(part, measures)]
            self[part].choices = [*found, (NONE, gettext("figures.priority.no_source"))]
            self[part].data = self[part].data or self[part].choices[0][0]

    @property
    def weights(self) -> dict[str, int]:
        """The weights by part."""
        return {part: self[f"weight_{part}"].data for part in PARTS}

    @property
    def sources(self) -> dict[str, str]:
        """The keys of the measures by part."""
        return {part: self[part].data for part in PARTS[:-1]}

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one part must count."""
        if not super().validate(extra_validators):
            return False
        if not any(self.weights.values()):
            wrong = self["weight_heat"]
            wrong.errors = [*wrong.errors, gettext("figures.priority.all_zero")]
            return False
        return True


class BenefitForm(LevelForm):
    """Which figure, over residents by which vulnerability, and which stage of the money."""

    figure = Choice(_l("figures.benefits.figure"), default="")
    vulnerability = Choice(_l("figures.part.vulnerability"), default="")
    stage = Choice(_l("figures.benefits.stage"), default="")

    def __init__(self, cases: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(cases, **options)
        self.stage.choices = [(stage, gettext(f"common.stage.{stage}")) for stage in STAGES]
        self.stage.data = self.stage.data or STAGES[0]

    def offer(self, measures: Mapping[str, Measure]) -> None:
        """Set the figures that are there; without a choice it is the first."""
        figures = [(each.key, each.title) for each in measures.values() if each.key != RESIDENTS]
        self.figure.choices = figures or [("", gettext("common.none"))]
        self.figure.data = self.figure.data or self.figure.choices[0][0]
        found = [(each.key, each.title) for each in choices_for("vulnerability", measures)]
        self.vulnerability.choices = found or [("", gettext("common.none"))]
        self.vulnerability.data = self.vulnerability.data or self.vulnerability.choices[0][0]
