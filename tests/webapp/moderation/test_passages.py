"""Flagged pieces of a text, and taking them out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.moderation.passages import MASK, masked, passages

TEXT = "Bel mevrouw Jansen op 06-12345678 of mail a.jansen@example.org, graag."


def test_each_flagged_piece_is_told_apart():
    found = [(piece.flag, piece.text) for piece in passages(TEXT) if piece.flag]
    assert found == [
        ("person_name", "mevrouw Jansen"),
        ("phone_number", "06-12345678"),
        ("email_address", "a.jansen@example.org"),
    ]


@given(st.text())
def test_the_pieces_together_are_the_text(text):
    assert "".join(piece.text for piece in passages(text)) == text


def test_only_the_chosen_pieces_disappear():
    assert masked(TEXT, {0, 2}, []) == f"Bel {MASK} op 06-12345678 of mail {MASK}, graag."


def test_words_of_the_moderator_disappear_too():
    assert masked("Piet van nummer 9", set(), ["Piet", "nummer 9"]) == f"{MASK} van {MASK}"


@pytest.mark.parametrize("text", ["", "Meer bomen"])
def test_a_harmless_text_stays_as_it_is(text):
    assert masked(text, {0, 1}, []) == text
