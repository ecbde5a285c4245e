"""Which wishes of a case are shown; stands in the address."""

from flask_babel import lazy_gettext as _l
from wtforms.fields import SelectChoice

from webapp.chain.answers import STATES
from webapp.chain.forms import Filters
from webapp.fields import Choice
from webapp.wishes.models import KINDS, THEMES


def _choices(prefix: str, values: tuple[str, ...]) -> list[SelectChoice]:
    named = [SelectChoice(value, _l(f"{prefix}.{value}")) for value in values]
    return [SelectChoice("", _l("common.all")), *named]


class CaseFilters(Filters):
    """Wishes of a theme and kind, and by what happened with them."""

    theme = Choice(_l("pages.case.theme"), choices=_choices("common.theme", THEMES), default="")
    kind = Choice(_l("pages.case.kind"), choices=_choices("common.kind", KINDS), default="")
    answer = Choice(_l("pages.case.answer"), choices=_choices("chain.state", STATES), default="")

    @property
    def chosen(self) -> dict[str, str]:
        """The filters that are set."""
        values = {name: self[name].data for name in ("theme", "kind", "answer")}
        return {name: value for name, value in values.items() if value}
