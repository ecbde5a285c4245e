"""Where a case lies, said on the command line with CBS areas."""

import shapely
from sqlalchemy import delete, select

from tests import factories
from webapp.areas.queries import is_inside_case
from webapp.deals.models import CaseArea, CasePart
from webapp.extensions import db

X, Y = factories.HAARLEM


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["areas", "case", *arguments])


def test_a_case_of_areas_takes_wishes_there_and_nowhere_else(app):
    case = factories.make_case()
    for place, code in enumerate(("WK039201", "WK039202")):
        factories.make_area(code=code, at=(X + 1000 * place, Y), side=500)
    db.session.execute(delete(CasePart).where(CasePart.case_id == case.id))
    assert not is_inside_case(case.id, shapely.Point(X, Y))
    result = run(app, case.slug, "vulnerable_neighbourhoods", "WK039201")
    assert result.exit_code == 0, result.output
    assert is_inside_case(case.id, shapely.Point(X, Y))
    assert not is_inside_case(case.id, shapely.Point(X + 1000, Y))
    run(app, case.slug, "vulnerable_neighbourhoods", "WK039202")
    assert not is_inside_case(case.id, shapely.Point(X, Y))
    assert db.session.scalars(select(CasePart).filter_by(case_id=case.id)).one().source
    assert db.session.scalars(select(CaseArea.share).filter_by(case_id=case.id)).all()


def test_what_is_not_known_is_said(app):
    case = factories.make_case()
    result = run(app, case.slug, "outer_area", "WK999999")
    assert result.exit_code == 1
    assert "Not loaded, or without a shape: WK999999." in result.output
    result = run(app, "nowhere", "outer_area", "WK999999")
    assert result.exit_code == 1
    assert "There is no case 'nowhere'." in result.output
    assert run(app, case.slug, "the moon", "WK999999").exit_code == 2
