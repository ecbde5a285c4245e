from tests import factories
from webapp.extensions import db
from webapp.wishes.actions import withdraw_wish
from webapp.wishes.models import Wish


def test_a_wish_merged_into_a_withdrawn_one_is_looked_at_again(app):
    case = factories.make_case()
    kept = factories.make_wish(case, status="published")
    other = factories.make_wish(case, status="merged", merged_into_id=kept.id)
    withdraw_wish(kept.id)
    db.session.expire_all()
    again = db.session.get(Wish, other.id)
    assert (again.status, again.merged_into_id) == ("submitted", None)
