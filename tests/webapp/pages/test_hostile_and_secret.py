"""Whatever is typed shows as text, and what is not public shows nowhere: every public page is read."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import event

from tests import factories
from tests.webapp.chain.world import CODE, EMAIL, NOW, SECRETS, make_world
from webapp.extensions import db
from webapp.wishes.receipts import code_hash

POISON = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% if x %}",
    "%(name)s %s 100% %%",
    "</blockquote></main><h1>x</h1>",
    "javascript:alert(1)",
    "\u202eomgekeerd\u202c \u0645\u0631\u062d\u0628\u0627 \U0001f333",
    "'; DROP TABLE wishes; --",
    "a" * 1000,
)
SKIPPED = ("/account", "/workbench", "/static", "/wishes/new", "mailto:", "#", "/follow")


def crawl(pages, start: str) -> dict[str, str]:
    """Every public page that can be reached by links within one language, by path."""
    language, found, waiting = start.split("/")[1], {}, [start]
    while waiting:
        path = waiting.pop()
        if path in found or not path.startswith(f"/{language}/"):
            continue
        found[path] = pages.get(path).html
        links = [urlsplit(link)._replace(fragment="").geturl() for link in page_links(found[path])]
        waiting += [link for link in links if not any(part in link for part in SKIPPED)]
    return found


def page_links(html: str) -> list[str]:
    from tests.page_client import Page

    page = Page(html)
    maps = [one["data-source"] for _, one in page.elements if "data-source" in one]
    assert all(urlsplit(link).path.endswith("map.json") for link in maps)
    return page.links()


@pytest.mark.parametrize("language", ["nl", "ar"])
def test_nothing_secret_is_on_any_public_page(pages, client, language):
    world = make_world()
    world.wish.code_hash = code_hash(CODE)
    db.session.flush()
    found = crawl(pages, f"/{language}/")
    for wish in world.hidden.values():
        found[f"wish {wish.status}"] = client.get(f"/{language}/chain/wishes/{wish.id}").text
    for address in ("cases/haarlem", f"chain/interventions/{world.plan.id}"):
        found[address] = client.get(f"/{language}/{address}/map.json").text
    assert len(found) > 15
    assert any(world.wish.text in html for html in found.values())
    secrets = (*SECRETS.values(), EMAIL, CODE, "geheim-besluit", "geheim-concept", "plek-")
    for path, html in found.items():
        assert not [secret for secret in secrets if secret in html], path


@pytest.mark.parametrize("poison", POISON)
def test_hostile_text_shows_as_text_on_every_page(pages, client, poison):
    words = dict.fromkeys(factories.LANGUAGES, poison)
    world = make_world(poison, title=words, short_title=words, summary=words, mention=words)
    world.case.title = world.case.summary = world.plan.title = world.plan.summary = words
    world.line.title = world.programme_line.title = world.programme_line.description = words
    world.case.areas_named, world.case.municipality_name = [poison], poison
    world.plan.round_override_reason = world.wish.place_words = poison
    world.plan.responsible_party_id = factories.make_party(world.deal, name=poison).id
    stopped = factories.make_intervention(
        world.case, title=words, phase="stopped", stop_reason=poison, published_at=NOW
    )
    factories.link(stopped, world.wish)
    factories.make_rule(world.deal, "BUD-1", title=words, explanation=words, basis=poison)
    factories.make_round(
        world.case, -90, 30, title=words, about=words, who=words, decides=words, outcome=words
    )
    db.session.flush()
    found = crawl(pages, "/nl/")
    assert len(found) > 8
    for path, html in found.items():
        assert "<script>alert" not in html, path
        assert "<img src=x" not in html, path
        assert "<h1>x" not in html, path
        assert 'href="javascript:' not in html, path
    shown = pages.get(f"/nl/chain/wishes/{world.wish.id}")
    assert " ".join(poison.split()) in shown.text
    map_of_case = client.get("/nl/cases/haarlem/map.json").json["features"]
    assert poison[:160] in {one["properties"]["title"] for one in map_of_case}


@pytest.mark.parametrize(
    ("path", "most"),
    [("/nl/", 10), ("/nl/cases/haarlem", 12), ("/nl/deals/mra-west", 12)],
)
def test_a_page_asks_as_many_questions_for_many_rows_as_for_one(client, path, most):
    world = make_world()
    few = questions(client, path)
    for number in range(6):
        case = factories.make_case(world.deal, slug=f"case-{number}", position=number)
        factories.make_round(case)
        plan = factories.make_intervention(world.case, published_at=NOW)
        wish = factories.make_wish(world.case, status="published")
        factories.link(plan, wish)
        factories.make_programme_line(world.deal, f"X{number}", position=number + 2)
    db.session.expire_all()
    many = questions(client, path)
    assert few <= many + 1 <= most + 1, f"{few} → {many}"


@pytest.mark.parametrize("kind", ["wishes", "interventions", "budget-lines", "programme-lines"])
def test_a_chain_asks_as_many_questions_for_many_links_as_for_one(client, kind):
    world = make_world()
    number = {
        "wishes": world.wish.id,
        "interventions": world.plan.id,
        "budget-lines": world.line.id,
        "programme-lines": world.programme_line.id,
    }[kind]
    path = f"/nl/chain/{kind}/{number}"
    for _ in range(8):
        plan = factories.make_intervention(
            world.case, published_at=NOW, programme_lines=[world.programme_line]
        )
        factories.link(plan, world.wish)
        factories.make_booking(world.line, intervention=plan)
        factories.link(world.plan, factories.make_wish(world.case, status="published"))
    db.session.commit()
    db.session.expunge_all()
    assert questions(client, path) <= 12


def questions(client, path: str) -> int:
    count: list[int] = []
    connection = db.session.connection()

    def listen(_connection, _cursor, statement, *_rest):
        if statement.lstrip().upper().startswith("SELECT"):
            count.append(1)

    event.listen(connection, "before_cursor_execute", listen)
    assert client.get(path).status_code == 200
    event.remove(connection, "before_cursor_execute", listen)
    return len(count)
