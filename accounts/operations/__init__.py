"""Writes of the app."""

from accounts.operations.audit import record_audit
from accounts.operations.identity import CONSENT_NOTICE_VERSION, attach_photo, read_full_name, register_identity
from accounts.operations.messages import MessageDraft, send_site_message, send_site_messages
from accounts.operations.registration import (
    RegistrationRefusedError,
    change_password,
    check_password_strength,
    read_new_mobile,
    read_new_username,
    register_user,
)

__all__ = [
    "CONSENT_NOTICE_VERSION",
    "MessageDraft",
    "RegistrationRefusedError",
    "attach_photo",
    "change_password",
    "check_password_strength",
    "read_full_name",
    "read_new_mobile",
    "read_new_username",
    "record_audit",
    "register_identity",
    "register_user",
    "send_site_message",
    "send_site_messages",
]
