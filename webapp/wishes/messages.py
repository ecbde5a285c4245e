"""Messages to residents: written in their language, sent over SMTP, else waiting in the outbox.

A message holds the link with the receipt code and nothing else about the wish.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from flask import current_app, render_template
from flask_babel import force_locale, gettext
from sqlalchemy import Integer, cast, func, select

from webapp.extensions import db
from webapp.wishes.models import Message, Wish
from webapp.wishes.receipts import code_for

SECONDS = 20
ATTEMPTS = 8
LOCAL = {"localhost", "127.0.0.1", "::1"}


class NotSafe(smtplib.SMTPException):
    """The mail server elsewhere offers no encryption."""


def deliver_waiting_messages() -> int:
    """Send what waits; return how many went out. Without SMTP_URL everything keeps waiting."""
    address = current_app.config["SMTP_URL"]
    waiting = _waiting() if address else []
    if not waiting:
        return 0
    try:
        with _mail_server(urlsplit(address)) as server:
            return sum(_deliver(server, message_id) for message_id in waiting)
    except (OSError, smtplib.SMTPException) as error:
        current_app.logger.error("the mail server cannot be used: %s", type(error).__name__)
        return 0


def follow_address(wish: Wish, language: str) -> str:
    """The full address of the page where a resident follows a wish; empty without a code."""
    return "" if wish.idempotency_key is None else follow_address_of(wish.idempotency_key, language)


def follow_address_of(key: UUID, language: str) -> str:
    """The same for the wish with this key."""
    values = {"lang": language, "code": code_for(key)}
    path = current_app.url_map.bind("localhost").build("wishes.follow", values)
    return f"{current_app.config['BASE_URL']}{path}"


def written(message: Message) -> EmailMessage:
    """The message as it goes out, without an addressee."""
    with force_locale(message.language):
        mail = EmailMessage()
        mail["Subject"] = gettext(f"wishes.mail.{message.kind}.subject")
        mail["From"] = current_app.config["MAIL_FROM"]
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain=mail["From"].rpartition("@")[2].strip(">") or None)
        mail["Auto-Submitted"] = "auto-generated"
        link = follow_address(message.wish, message.language)
        mail.set_content(render_template(f"wishes/mail/{message.kind}.txt", link=link))
        mail["Content-Language"] = message.language
    return mail


def _waiting() -> list[int]:
    """What was never tried, or failed long enough ago: each time twice as long, in minutes."""
    pause = func.make_interval(0, 0, 0, 0, 0, cast(func.power(2, Message.attempts), Integer))
    due = (Message.attempts == 0) | (Message.created_at + pause <= func.now())
    return list(
        db.session.scalars(
            select(Message.id)
            .where(Message.sent_at.is_(None), Message.attempts < ATTEMPTS, due)
            .order_by(Message.id)
        )
    )


@contextmanager
def _mail_server(address: SplitResult) -> Iterator[smtplib.SMTP]:
    """A signed-in connection, encrypted unless the server is on this very machine."""
    host, secure = address.hostname or "localhost", ssl.create_default_context()
    with _connected(address, host, secure) as server:
        if address.scheme != "smtps":
            _encrypt(server, host, secure)
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        yield server


def _connected(address: SplitResult, host: str, secure: ssl.SSLContext) -> smtplib.SMTP:
    if address.scheme == "smtps":
        return smtplib.SMTP_SSL(host, address.port or 465, timeout=SECONDS, context=secure)
    return smtplib.SMTP(host, address.port or 587, timeout=SECONDS)


def _encrypt(server: smtplib.SMTP, host: str, secure: ssl.SSLContext) -> None:
    server.ehlo_or_helo_if_needed()
    if server.has_extn("starttls"):
        server.starttls(context=secure)
    elif host not in LOCAL:
        raise NotSafe


def _deliver(server: smtplib.SMTP, message_id: int) -> bool:
    """Send one message; true when it went out. Another worker's message is left alone."""
    message = db.session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.sent_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    if message is None:
        return False
    failure = _send(server, message)
    message.attempts += 1
    message.failure = failure
    message.sent_at = None if failure else datetime.now(UTC)
    db.session.commit()
    return failure is None


def _send(server: smtplib.SMTP, message: Message) -> str | None:
    """Why a message could not be sent, in a word without an address, or None."""
    if message.wish.contact is None:
        return "no_address"
    mail = written(message)
    mail["To"] = message.wish.contact.email
    try:
        server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        return type(error).__name__
    return None
