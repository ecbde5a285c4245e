"""What nobody let through is on no public page, tile, feed or download."""

import pytest

from tests import factories
from webapp.permissions import PUBLIC, declared

MARKER = "zwartepeterselie"


def public_addresses(app, known):
    """Every public address that can be made from the known values."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            fits = rule.arguments <= set(known)
            if fits and "GET" in (rule.methods or ()) and declared(app, rule.endpoint) == PUBLIC:
                values = {name: known[name] for name in rule.arguments}
                yield app.url_for(rule.endpoint, _external=False, **values)


@pytest.mark.parametrize(
    ("status", "shows"),
    [
        ("submitted", False),
        ("private", False),
        ("merged", False),
        ("referred", False),
        ("refused", False),
        ("published", True),
    ],
)
def test_only_a_published_wish_is_public(app, client, status, shows):
    case = factories.make_case()
    area = factories.make_area()
    wish = factories.make_wish(case, text=MARKER, status=status, area_id=area.id)
    known = {
        "lang": "nl",
        "case_slug": case.slug,
        "deal_slug": case.deal.slug,
        "wish_id": wish.id,
        "z": 14,
        "x": 8402,
        "y": 5384,
    }
    addresses = list(public_addresses(app, known))
    assert len(addresses) > 10
    seen = [address for address in addresses if MARKER.encode() in client.get(address).data]
    assert bool(seen) is shows, seen
