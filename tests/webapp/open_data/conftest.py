"""A case in Haarlem that takes wishes, and a program that sends and reads them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tests.webapp.open_data.program import Program
from webapp.deals.models import Case


@pytest.fixture
def case(app: Flask) -> Case:
    """A case with an open round."""
    case = factories.make_case(slug="haarlem")
    factories.make_round(case)
    return case


@pytest.fixture
def program(client: FlaskClient) -> Program:
    """A program."""
    return Program(client)
