"""The pages of an account: opening it, its identity and password, its messages, and how one may be reached."""

from accounts.views.account import SignIn, home, identity, password, privacy, register
from accounts.views.contact import confirm_email, contact, leave_email
from accounts.views.messages import message, messages, messages_read

__all__ = [
    "SignIn",
    "confirm_email",
    "contact",
    "home",
    "identity",
    "leave_email",
    "message",
    "messages",
    "messages_read",
    "password",
    "privacy",
    "register",
]
