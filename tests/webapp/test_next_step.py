from tests import factories
from webapp.serve import has_real_areas


def test_drawn_areas_are_not_real(app):
    factories.make_area(is_schematic=True)
    assert not has_real_areas()


def test_imported_areas_are_real(app):
    factories.make_area()
    assert has_real_areas()
