"""The deals we ship are what their source documents say, complete in every language."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from webapp import deals
from webapp.languages import LANGUAGES

FOLDER = Path(deals.__file__).parent / "data"
FILES = sorted(FOLDER.glob("*.toml"))
MILLION = 100_000_000
MINISTER_OR_TITLE = re.compile(
    r"\b(de heer|mevrouw|drs|dr|ir|mr|wethouder|burgemeester|gedeputeerde|minister)\b", re.I
)
INITIALS_AND_NAME = re.compile(r"\b(?:[A-Z]\. ?)+(?:van |de |der )*[A-Z][a-z]+")
SCRIPTS = {"ar": re.compile("[\u0600-\u06ff]"), "uk": re.compile("[\u0400-\u04ff]")}


def read(slug: str) -> dict[str, Any]:
    with (FOLDER / f"{slug}.toml").open("rb") as file:
        return tomllib.load(file)


@pytest.fixture(params=[path.stem for path in FILES])
def deal(request: pytest.FixtureRequest) -> dict[str, Any]:
    return read(request.param)


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every table of translations, with its path in the file."""
    if isinstance(value, dict) and "nl" in value:
        yield path, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from texts(below, f"{path}.{key}")
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from texts(below, f"{path}[{place}]")


def sums(deal: dict[str, Any]) -> tuple[int, int]:
    lines = deal["budget_lines"]
    return sum(line["state_max_cents"] for line in lines), sum(
        line["region_min_cents"] for line in lines
    )


def rules(slug: str) -> dict[str, dict[str, Any]]:
    return {rule["code"]: rule for rule in read(slug)["rules"]}


def vat_cents(slug: str) -> int:
    (line,) = [line for line in read(slug)["budget_lines"] if line["is_vat_costs"]]
    return int(line["state_max_cents"])


def test_three_deals_are_shipped() -> None:
    assert {read(path.stem)["slug"] for path in FILES} == {"mra-west", "utrecht", "waterwegregio"}


def test_a_deal_is_named_after_its_file() -> None:
    assert all(read(path.stem)["slug"] == path.stem for path in FILES)


def test_every_text_is_there_in_every_language(deal: dict[str, Any]) -> None:
    incomplete = [
        path
        for path, text in texts(deal)
        if set(text) != set(LANGUAGES) or any(not word.strip() for word in text.values())
    ]
    assert incomplete == []


def test_no_text_has_loose_spaces(deal: dict[str, Any]) -> None:
    words = [(path, word) for path, text in texts(deal) for word in text.values()]
    assert [path for path, word in words if word != " ".join(word.split())] == []


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_translation_is_in_its_own_script(deal: dict[str, Any], language: str) -> None:
    script = SCRIPTS[language]
    assert [
        path
        for path, text in texts(deal)
        if not path.endswith("short_title") and not script.search(text[language])
    ] == []


def test_a_translation_is_not_the_dutch_text(deal: dict[str, Any]) -> None:
    same = [
        (path, language)
        for path, text in texts(deal)
        for language in LANGUAGES
        if language != "nl" and text[language] == text["nl"] and len(text["nl"].split()) > 3
    ]
    assert same == []


def test_what_residents_read_in_dutch_has_short_sentences(deal: dict[str, Any]) -> None:
    own_words = [
        text["nl"]
        for path, text in texts(deal)
        if not path.startswith(".intended_results") and not path.endswith("title")
    ]
    sentences = [part for text in own_words for part in re.split(r"(?<=[.?!:;]) ", text)]
    assert [sentence for sentence in sentences if len(sentence.split()) > 24] == []


def test_parties_are_organisations_and_never_persons(deal: dict[str, Any]) -> None:
    names = [party["name"] for party in deal["parties"]]
    assert [name for name in names if MINISTER_OR_TITLE.search(name)] == []
    assert [name for name in names if INITIALS_AND_NAME.search(name)] == []


def test_no_text_names_a_person_by_initials(deal: dict[str, Any]) -> None:
    words = [word for _path, text in texts(deal) for word in text.values()]
    assert [word for word in words if INITIALS_AND_NAME.search(word)] == []


def test_every_deal_has_one_cashier_in_the_region(deal: dict[str, Any]) -> None:
    assert [party["role"] for party in deal["parties"] if party["cashier"]] == ["region"]


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        ("parties", "slug"),
        ("programme_lines", "code"),
        ("budget_lines", "code"),
        ("rules", "code"),
        ("cases", "slug"),
    ],
)
def test_every_row_has_its_own_key(deal: dict[str, Any], rows: str, key: str) -> None:
    counts = Counter(row[key] for row in deal.get(rows, []))
    assert [code for code, count in counts.items() if count > 1] == []


def test_budget_lines_and_results_point_at_programme_lines_of_the_deal(
    deal: dict[str, Any],
) -> None:
    codes = {line["code"] for line in deal["programme_lines"]}
    named = {code for line in deal["budget_lines"] for code in line["programme_lines"]}
    assert named == codes
    assert {result["programme_line"] for result in deal["intended_results"]} == codes


def test_every_amount_is_a_whole_number_of_cents(deal: dict[str, Any]) -> None:
    amounts = [
        amount
        for row in [
            deal,
            *deal["budget_lines"],
            *(rule.get("parameters", {}) for rule in deal["rules"]),
        ]
        for key, amount in row.items()
        if key.endswith("_cents")
    ]
    assert amounts
    assert all(type(amount) is int for amount in amounts)


@pytest.mark.parametrize(
    ("slug", "counts"),
    [
        ("mra-west", {"PL1": 5, "PL2": 6, "PL3": 5, "A": 2, "B": 3}),
        ("waterwegregio", {"P1": 4, "P2": 5, "P3": 6}),
        ("utrecht", {"S1": 2, "S2": 3, "VW": 1, "VT": 1}),
    ],
)
def test_all_intended_results_are_there_in_order(slug: str, counts: dict[str, int]) -> None:
    results = read(slug)["intended_results"]
    places = {code: list(range(1, count + 1)) for code, count in counts.items()}
    assert {
        code: [row["position"] for row in results if row["programme_line"] == code]
        for code in counts
    } == places


def test_mra_west_adds_up_to_20_million_each_side() -> None:
    amounts = [line["state_max_cents"] for line in read("mra-west")["budget_lines"]]
    assert amounts == [1_860_000_000, 40_000_000, 40_000_000, 60_000_000]
    assert sums(read("mra-west")) == (20 * MILLION, 20 * MILLION)
    assert sum(sums(read("mra-west"))) == 40 * MILLION


def test_waterwegregio_adds_up_to_17_7_million_each_side() -> None:
    lines = read("waterwegregio")["budget_lines"]
    rows = [line["state_max_cents"] + line["region_min_cents"] for line in lines]
    assert rows == [1_680_000_000, 1_340_000_000, 414_000_000, 106_000_000]
    assert sums(read("waterwegregio")) == (1_770_000_000, 1_770_000_000)


@pytest.mark.parametrize("slug", ["mra-west", "waterwegregio"])
def test_the_lines_of_a_covenant_add_up_to_its_totals(slug: str) -> None:
    covenant = read(slug)
    assert sums(covenant) == (covenant["state_total_cents"], covenant["region_total_cents"])
    assert rules(slug)["BUD-1"]["parameters"]["maximum_cents"] == covenant["state_total_cents"]
    assert rules(slug)["BUD-2"]["parameters"]["minimum_cents"] == covenant["region_total_cents"]


def test_the_vat_costs_of_mra_west_are_exactly_three_percent_of_the_state_money() -> None:
    rule = rules("mra-west")["BUD-3"]["parameters"]
    base = read("mra-west")["state_total_cents"]
    assert rule["base"] == "state_contribution"
    assert vat_cents("mra-west") * 100 == rule["percent"] * base


def test_the_vat_costs_of_waterwegregio_stay_under_three_percent() -> None:
    percent = rules("waterwegregio")["BUD-3"]["parameters"]["percent"]
    assert vat_cents("waterwegregio") == 53_000_000
    assert vat_cents("waterwegregio") * 100 < percent * 1_770_000_000


def test_the_minimum_of_five_cases_is_a_fifth_of_the_programme_money() -> None:
    rule = rules("mra-west")["BUD-4"]["parameters"]
    minimum = rule["minimum_cents"] * len(read("mra-west")["cases"])
    assert rule["basis"] == "total"
    assert minimum == 750_000_000
    assert round(100 * minimum / 3_720_000_000, 2) == 20.16


def test_one_budget_line_covers_three_programme_lines() -> None:
    first = read("mra-west")["budget_lines"][0]
    assert first["programme_lines"] == ["PL1", "PL2", "PL3"]


def test_the_shares_of_utrecht_are_ranges_that_do_not_add_up_to_a_hundred() -> None:
    shares = [
        (line["share_min_percent"], line["share_max_percent"])
        for line in read("utrecht")["budget_lines"]
    ]
    assert shares == [(30, 35), (30, 35), (20, 25), (10, 10)]
    assert sum(low + high for low, high in shares) / 2 == 97.5


def test_the_shares_of_utrecht_are_of_30_million() -> None:
    proposal = read("utrecht")
    assert proposal["kind"] == "proposal"
    assert {line["of_cents"] for line in proposal["budget_lines"]} == {30 * MILLION}
    assert not any("state_max_cents" in line for line in proposal["budget_lines"])


@pytest.mark.parametrize(
    ("slug", "codes"),
    [
        ("mra-west", ["BUD-1", "BUD-2", "BUD-3", "BUD-4", "BUD-6", "COM-1", "WISH-1"]),
        ("waterwegregio", ["BUD-1", "BUD-2", "BUD-3", "BUD-6", "BUD-9", "COM-1"]),
        ("utrecht", ["BUD-1", "BUD-2"]),
    ],
)
def test_a_deal_has_the_rules_of_its_document_and_no_others(slug: str, codes: list[str]) -> None:
    assert sorted(rules(slug)) == codes


def test_the_numbers_of_mra_west_skip_five_as_the_covenant_does() -> None:
    numbers = [party["number"] for party in read("mra-west")["parties"]]
    assert numbers == [1, 2, 3, 4, *range(6, 26)]


def test_the_end_of_mra_west_is_unknown_and_that_is_said() -> None:
    covenant = read("mra-west")
    assert "end_date" not in covenant
    assert covenant["end_date_note"]["nl"].startswith("De einddatum is nog niet bekend.")


def test_waterwegregio_ends_with_2028() -> None:
    assert read("waterwegregio")["end_date"] == date(2028, 12, 31)


def test_mra_west_has_five_cases_and_the_other_deals_none() -> None:
    codes = {case["slug"]: case["municipality_code"] for case in read("mra-west")["cases"]}
    assert codes == {
        "beverwijk": "GM0375",
        "haarlem": "GM0392",
        "haarlemmermeer": "GM0394",
        "velsen": "GM0453",
        "zandvoort": "GM0473",
    }
    assert "cases" not in read("waterwegregio") | read("utrecht")


def test_a_case_has_the_four_main_steps_of_the_covenant() -> None:
    steps = read("mra-west")["case_steps"]
    assert [(step["number"], step["title"]["nl"]) for step in steps] == [
        (1, "Analyse"),
        (2, "Toekomstperspectief ontwikkelen"),
        (3, "Projectportfolio opbouwen"),
        (4, "Integrale financiering"),
    ]
