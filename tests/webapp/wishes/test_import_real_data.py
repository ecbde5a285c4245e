"""394 drawings by residents around Amsterdam, as published. They are not part of the project."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests import factories
from webapp.deals.models import CasePart
from webapp.extensions import db
from webapp.geodata import stored
from webapp.wishes.commands import group
from webapp.wishes.models import Wish

pytestmark = pytest.mark.real_data

MAPPING = """
text = "Beschr"
reference = "IID"
language = "nl"
[theme]
column = "Thema"
[theme.values]
Fietsen = { theme = "facilities_layout", kind = "threat" }
Vuil = { theme = "safe_clean", kind = "threat" }
Drukte = { theme = "active_social", kind = "threat" }
"Drank drugs" = { theme = "safe_clean", kind = "threat" }
Horeca = { theme = "air_noise", kind = "threat" }
Wegbeheer = { theme = "facilities_layout", kind = "threat" }
"""
AMSTERDAM = (121_500.0, 487_000.0)


@pytest.fixture
def drawings() -> Path:
    folder = os.environ.get("BALANSKAART_REAL_DATA")
    if not folder:
        pytest.skip("BALANSKAART_REAL_DATA does not name the folder with the published files")
    return Path(folder) / "amsterdam" / "tekensessies_2015_input.js"


def load(app, drawings: Path, folder: Path) -> dict:
    mapping, report = folder / "mapping.toml", folder / "report.json"
    mapping.write_text(MAPPING)
    options = ["--case", "amsterdam", "--mapping", str(mapping), "--report", str(report)]
    done = app.test_cli_runner().invoke(group, ["import", str(drawings), *options])
    assert done.exit_code == 0, done.output
    return json.loads(report.read_text())


def test_every_drawing_is_stored_and_every_refused_part_is_named(app, drawings, tmp_path):
    case = factories.make_case(slug="amsterdam")
    for part in db.session.scalars(select(CasePart).filter_by(case_id=case.id)):
        part.geom = stored(factories.square(*AMSTERDAM, 20_000))
    db.session.flush()

    account = load(app, drawings, tmp_path)
    assert (account["drawings"], account["stored"], account["refused"]) == (394, 394, 0)
    assert (account["parts"], account["parts_stored"], account["parts_refused"]) == (582, 573, 9)
    assert {note["reason"] for note in account["left_out"]} == {"degenerate"}
    assert len({(note["row"], note["part"]) for note in account["left_out"]}) == 9
    assert [note["reason"] for note in account["changed"]] == ["text_from_theme"] * 3
    assert db.session.scalar(select(func.count(Wish.id))) == 394
    assert db.session.scalars(select(Wish.status).distinct()).all() == ["submitted"]
    assert db.session.scalar(select(func.count()).where(~func.ST_IsValid(Wish.geom))) == 0
    themes = dict(db.session.execute(select(Wish.theme, func.count()).group_by(Wish.theme)).all())
    assert themes == {
        "facilities_layout": 129,
        "safe_clean": 137,
        "active_social": 85,
        "air_noise": 43,
    }

    again = load(app, drawings, tmp_path)
    assert (again["stored"], again["known"], again["refused"]) == (0, 394, 0)
    assert db.session.scalar(select(func.count(Wish.id))) == 394
