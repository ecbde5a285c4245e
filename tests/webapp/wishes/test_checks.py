import pytest

from webapp.wishes.checks import flags_for


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("Meer schaduw bij de school", []),
        ("Bel mij op 06-12345678", ["phone_number"]),
        ("+31 (0)20 123 45 67 is het nummer", ["phone_number"]),
        ("023 531 2345", ["phone_number"]),
        ("In 2024 waren er 12.345.678 bomen", []),
        ("Tussen 2024 en 2026 op nummer 12-14", []),
        ("mail naam.achter@voorbeeld.nl", ["email_address"]),
        ("naam (at) voorbeeld.nl", ["email_address"]),
        ("Mevrouw Jansen heeft geen bank", ["person_name"]),
        ("de heer van der Berg rijdt te hard", ["person_name"]),
        ("mevrouw wil een bank", []),
        ("Mijn naam is Fatma", ["person_name"]),
        ("Pan Kowalski parkuje tutaj", ["person_name"]),
        ("السيد Ahmed", ["person_name"]),
        ("Bel dhr. Bakker: 0612345678, a@b.nl", ["phone_number", "email_address", "person_name"]),
    ],
)
def test_what_a_first_look_notices(text, flags):
    assert flags_for(text) == flags


def test_a_long_text_is_looked_through_quickly():
    assert flags_for("0 " * 500) in ([], ["phone_number"])
    assert flags_for("a@" * 500) == []
