"""A program that talks with the API and checks every answer."""

import copy
import json
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from webapp.extensions import db
from webapp.open_data.schemas import EXAMPLE_WISH
from webapp.wishes.models import Wish


def wish_count() -> int:
    """How many wishes there are."""
    return db.session.scalar(select(func.count(Wish.id))) or 0


def example(**properties: Any) -> dict[str, Any]:
    """The example of the documentation, with other properties; None leaves one out."""
    body = copy.deepcopy(EXAMPLE_WISH)
    body["properties"] |= properties
    for name in [name for name, value in properties.items() if value is None]:
        del body["properties"][name]
    return body


class Program:
    """A client that speaks JSON and checks what every answer must have."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, status: int = 200, **options: Any) -> TestResponse:
        """The answer to a question."""
        return self._checked(self.client.get(f"/api/v1{path}", **options), status)

    def place(self, body: Any, status: int = 201, key: Any = None, **headers: str) -> TestResponse:
        """The answer to a wish; a body that is no text is written as JSON."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        sent = {"Content-Type": "application/geo+json", "Idempotency-Key": str(key or uuid4())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._checked(self.client.post("/api/v1/wishes", data=body, headers=sent), status)

    def problems(self, body: Any, status: int = 400, **headers: str) -> set[tuple[str, str]]:
        """What is wrong with a wish, after checking that nothing was stored."""
        before = wish_count()
        answer = self.place(body, status, **headers)
        assert wish_count() == before
        return errors_of(answer)

    @staticmethod
    def _checked(answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, answer.text
        assert answer.headers["API-Version"] == "1.0.0"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        if status >= 400:
            assert answer.mimetype == "application/problem+json"
            assert answer.json["status"] == status
            assert answer.json["title"]
            assert answer.json["detail"]
        return answer


def errors_of(answer: TestResponse) -> set[tuple[str, str]]:
    """Path and reason of each problem; each has a sentence too."""
    assert all(each["detail"] != f"open_data.problem.{each['reason']}" for each in answer.json.get("errors", []))  # fmt: skip
    return {(each["path"], each["reason"]) for each in answer.json.get("errors", [])}
