import email
import smtplib
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.policy import default
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from webapp.extensions import db
from webapp.wishes import messages
from webapp.wishes.messages import deliver_waiting_messages
from webapp.wishes.models import Message, Wish, WishContact, WishDraft
from webapp.wishes.receipts import code_for, code_hash
from webapp.wishes.retention import forget_expired


@dataclass
class PostOffice:
    """What the stand-in mail server got, and how it behaves."""

    address: str = ""
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    refuses: bool = False


class Counter(socketserver.StreamRequestHandler):
    """The part of SMTP that smtplib needs."""

    def handle(self) -> None:
        self.say("220 stand-in")
        addressee = ""
        for line in self.rfile:
            command = line.decode().strip()
            verb = command[:4].upper()
            if verb == "RCPT":
                addressee = command.partition("<")[2].rstrip(">")
                self.say("550 no such box" if self.office.refuses else "250 ok")
            elif verb == "DATA":
                self.say("354 go on")
                self.office.letters.append((addressee, self.letter()))
                self.say("250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    @property
    def office(self) -> PostOffice:
        return self.server.office  # type: ignore[attr-defined]

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def letter(self) -> bytes:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line)
        return b"".join(lines)


@pytest.fixture
def office(app) -> Iterator[PostOffice]:
    """A mail server on this machine."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Counter) as server:
        server.office = PostOffice(f"smtp://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        app.config["SMTP_URL"] = server.office.address
        yield server.office
        app.config["SMTP_URL"] = ""
        server.shutdown()
        thread.join()


def waiting(language: str = "nl", kind: str = "receipt", **values) -> Message:
    key = uuid4()
    wish = factories.make_wish(idempotency_key=key, code_hash=code_hash(code_for(key)))
    factories.add(
        WishContact(
            wish_id=wish.id,
            email="bewoner@voorbeeld.nl",
            language=language,
            retain_until=values.pop("retain_until", wish.retain_until),
        )
    )
    return factories.add(Message(wish_id=wish.id, kind=kind, language=language, **values))


@pytest.mark.parametrize("language", factories.LANGUAGES)
@pytest.mark.parametrize("kind", ["receipt", "decision", "answer"])
def test_a_message_holds_the_link_and_nothing_of_the_wish(office, app, language, kind):
    message = waiting(language, kind)
    assert deliver_waiting_messages() == 1
    addressee, content = office.letters[0]
    letter = email.message_from_bytes(content, policy=default)
    assert addressee == "bewoner@voorbeeld.nl"
    assert letter["Content-Language"] == language
    body = letter.get_content()
    code = code_for(message.wish.idempotency_key)
    assert f"{app.config['BASE_URL']}/{language}/follow/{code}" in body
    assert "Meer schaduw" not in body + letter["Subject"]
    assert "wishes.mail" not in body + letter["Subject"]
    assert message.sent_at is not None


def test_a_message_is_sent_once(office):
    waiting()
    assert (deliver_waiting_messages(), deliver_waiting_messages()) == (1, 0)
    assert len(office.letters) == 1


def test_without_a_mail_server_messages_wait(app):
    message = waiting()
    assert deliver_waiting_messages() == 0
    assert (message.sent_at, message.attempts) == (None, 0)


def test_a_mail_server_that_is_away_loses_nothing(app):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        app.config["SMTP_URL"] = f"smtp://127.0.0.1:{taken.getsockname()[1]}"
        message = waiting()
        assert deliver_waiting_messages() == 0
    app.config["SMTP_URL"] = ""
    assert (message.sent_at, message.attempts) == (None, 0)


def test_a_refused_message_is_tried_later_and_names_no_address(office):
    office.refuses = True
    message = waiting()
    assert deliver_waiting_messages() == 0
    assert (message.sent_at, message.attempts) == (None, 1)
    assert message.failure == "SMTPRecipientsRefused"
    assert deliver_waiting_messages() == 0
    assert message.attempts == 1
    message.created_at -= timedelta(minutes=3)
    office.refuses = False
    db.session.commit()
    assert deliver_waiting_messages() == 1
    assert message.failure is None


def test_a_message_without_an_address_fails_plainly(office):
    message = waiting()
    db.session.delete(message.wish.contact)
    db.session.commit()
    db.session.expire_all()
    assert deliver_waiting_messages() == 0
    assert message.failure == "no_address"


def test_a_server_elsewhere_must_offer_encryption():
    class Plain:
        def ehlo_or_helo_if_needed(self):
            pass

        def has_extn(self, _name):
            return False

    with pytest.raises(smtplib.SMTPException):
        messages._encrypt(Plain(), "mail.example.org", None)
    messages._encrypt(Plain(), "localhost", None)


def test_what_is_past_its_date_is_forgotten(app):
    kept, old, address = waiting(), waiting(), waiting()
    old.wish.retain_until -= timedelta(days=5000)
    address.wish.contact.retain_until -= timedelta(days=5000)
    kept.wish.merged_into_id = old.wish_id
    case_id = kept.wish.case_id
    draft = factories.add(WishDraft(case_id=case_id, expires_at=kept.created_at))
    later = factories.add(
        WishDraft(case_id=case_id, expires_at=kept.created_at + timedelta(days=1))
    )
    old_id, draft_key, address_id = old.wish_id, draft.key, address.wish_id
    db.session.commit()
    forget_expired()
    db.session.expire_all()
    assert db.session.get(Wish, old_id) is None
    assert kept.wish.merged_into_id is None
    assert db.session.get(WishContact, address_id) is None
    assert db.session.get(WishContact, kept.wish_id) is not None
    assert db.session.get(WishDraft, draft_key) is None
    assert db.session.get(WishDraft, later.key) is not None
    assert set(db.session.scalars(select(Message.wish_id))) == {kept.wish_id}
