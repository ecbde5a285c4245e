"""What is wrong with a deal file is said, all at once and with its place."""

from pathlib import Path

import pytest

from webapp.deals.deal_file import FOLDER, read_deal_file, shipped_deals
from webapp.errors import Invalid

MRA_WEST = (FOLDER / "mra-west.toml").read_text(encoding="utf-8")
UTRECHT = (FOLDER / "utrecht.toml").read_text(encoding="utf-8")


def problems(folder: Path, text: str | bytes) -> list[tuple[str, str]]:
    path = folder / "deal.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Invalid) as refusal:
        read_deal_file(path)
    return [(problem["path"], problem["reason"]) for problem in refusal.value.problems]


def swap(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize("path", shipped_deals(), ids=lambda path: path.stem)
def test_a_shipped_deal_is_valid(path: Path) -> None:
    assert read_deal_file(path)["slug"] == path.stem


def test_a_file_that_is_not_toml_says_where(tmp_path: Path) -> None:
    ((path, reason),) = problems(tmp_path, 'slug = "a"\nkind = ?\n')
    assert path == "deal.toml"
    assert "line 2" in reason


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    ((path, _reason),) = problems(tmp_path, b'slug = "\xff"')
    assert path == "deal.toml"


def test_an_empty_file_names_all_that_is_missing(tmp_path: Path) -> None:
    found = problems(tmp_path, "")
    assert ("the file", "'budget_lines' is a required property") in found
    assert len(found) == 11


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    ((path, reason),) = problems(tmp_path, "buget = 1\n" + MRA_WEST)
    assert path == "the file"
    assert "'buget'" in reason


def test_a_missing_language_is_named(tmp_path: Path) -> None:
    text = swap(MRA_WEST, 'mention.ar = "', 'mention.fr = "')
    assert ("mention", "'ar' is a required property") in problems(tmp_path, text)


@pytest.mark.parametrize("amount", ["2_000_000_000.0", "-1", "true", '"20 mln"', "inf"])
def test_an_amount_is_a_whole_number_of_cents(tmp_path: Path, amount: str) -> None:
    text = swap(MRA_WEST, "state_total_cents = 2_000_000_000", f"state_total_cents = {amount}")
    assert {path for path, _ in problems(tmp_path, text)} == {"state_total_cents"}


def test_a_budget_line_has_amounts_or_shares_and_not_both(tmp_path: Path) -> None:
    text = swap(UTRECHT, "of_cents = 3_000_000_000", "of_cents = 1\nstate_max_cents = 1")
    ((path, reason),) = problems(tmp_path, text)
    assert path == "budget_lines[0]"
    assert reason.startswith("a budget line has either")


@pytest.mark.parametrize("share", ["nan", "inf", "101", "-0.5", "true"])
def test_a_share_is_a_percentage(tmp_path: Path, share: str) -> None:
    text = swap(UTRECHT, "share_max_percent = 35", f"share_max_percent = {share}")
    assert {path for path, _ in problems(tmp_path, text)} == {"budget_lines[0].share_max_percent"}


@pytest.mark.parametrize("value", ["nan", "2028-12-31", '"\\u0000"', "[1]"])
def test_a_parameter_of_a_rule_is_a_word_a_number_or_a_yes(tmp_path: Path, value: str) -> None:
    text = swap(UTRECHT, "at_least_state = true", f"at_least_state = {value}")
    assert {path for path, _ in problems(tmp_path, text)} == {"rules[1].parameters.at_least_state"}


@pytest.mark.parametrize("slug", ['"Met Hoofdletter"', '"a/b"', '"a\\n"', '""'])
def test_a_slug_fits_in_an_address(tmp_path: Path, slug: str) -> None:
    text = swap(UTRECHT, 'slug = "utrecht"', f"slug = {slug}")
    assert [path for path, _ in problems(tmp_path, text)] == ["slug"]


def test_a_share_range_runs_upwards(tmp_path: Path) -> None:
    text = swap(UTRECHT, "share_min_percent = 30", "share_min_percent = 36")
    assert problems(tmp_path, text) == [
        ("budget_lines.S1", "share_min_percent is above share_max_percent")
    ]


def test_a_budget_line_names_programme_lines_that_exist(tmp_path: Path) -> None:
    text = swap(MRA_WEST, 'programme_lines = ["PL1", "PL2"', 'programme_lines = ["PL1", "PL9"')
    assert problems(tmp_path, text) == [
        ("budget_lines", "'PL9' is not the code of a programme line")
    ]


def test_an_intended_result_names_a_programme_line_that_exists(tmp_path: Path) -> None:
    text = swap(MRA_WEST, 'programme_line = "A"', 'programme_line = "C"')
    assert problems(tmp_path, text) == [
        ("intended_results", "'C' is not the code of a programme line")
    ]


def test_a_code_stands_in_the_file_once(tmp_path: Path) -> None:
    text = swap(MRA_WEST, 'code = "BUD-2"', 'code = "BUD-1"')
    assert problems(tmp_path, text) == [("rules.code", "'BUD-1' is there twice")]


def test_a_result_has_its_own_position(tmp_path: Path) -> None:
    text = swap(MRA_WEST, "position = 2", "position = 1")
    assert problems(tmp_path, text) == [("intended_results", "'PL1' has position 1 twice")]


@pytest.mark.parametrize("end", ['"2028-12-31"', "2028-12-31T00:00:00", "2028"])
def test_a_date_is_written_as_a_date(tmp_path: Path, end: str) -> None:
    found = problems(tmp_path, f"end_date = {end}\n{MRA_WEST}")
    assert found == [("end_date", "is not a date such as 2028-12-31")]


def test_a_deal_ends_after_it_starts(tmp_path: Path) -> None:
    dates = "start_date = 2025-01-01\nend_date = 2024-12-31\n"
    assert problems(tmp_path, dates + MRA_WEST) == [("end_date", "is not after start_date")]
