"""Mail, handed to the configured server."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts.rules.delivery import DeliveryError


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address. ``key`` names it for ever: sent again after a crash, it bears the same Message-ID, and
    most mailboxes then show it once. ``leave_url`` is where the reader takes the mails back (RFC 8058), or empty.
    """

    to: str
    key: str
    subject: str
    body: str
    leave_url: str = ""


@contextmanager
def mail_server() -> Iterator[BaseEmailBackend]:
    """One connection for many mails; opened with the first."""
    connection = get_connection()
    try:
        yield connection
    finally:
        connection.close()


def send_mail(mail: Mail, *, connection: BaseEmailBackend | None = None) -> None:
    """Hand one mail over.

    :raises DeliveryError: the server is away or busy, or (final) it refuses the address.
    """
    host = urlsplit(settings.XUESHI_SITE_URL).hostname
    headers = {"Message-ID": f"<{mail.key}@{host}>", "Auto-Submitted": "auto-generated"}
    if mail.leave_url:
        headers["List-Unsubscribe"] = f"<{mail.leave_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    subject = " ".join(mail.subject.split())
    message = EmailMessage(subject, mail.body, to=[mail.to], headers=headers, connection=connection)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        codes = [answer[0] for answer in error.recipients.values()]
        raise DeliveryError(str(error), is_final=all(500 <= code < 600 for code in codes)) from error
    except (smtplib.SMTPException, OSError) as error:
        if connection is not None:
            connection.close()  # whatever state it is in, the next mail begins anew
        raise DeliveryError(str(error) or type(error).__name__) from error
