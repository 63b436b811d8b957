"""Writes of the app."""

from accounts.operations.audit import Act, record_audit, record_audits
from accounts.operations.contact import (
    ContactLinkError,
    confirm_email,
    leave_address,
    mail_confirmation,
    save_contact,
    stop_emails,
)
from accounts.operations.delivery import DeliveryError, Mail, mail_server, send_mail, send_sms
from accounts.operations.identity import (
    CONSENT_NOTICE_VERSION,
    attach_photo,
    correct_full_name,
    read_full_name,
    register_identity,
)
from accounts.operations.messages import MessageDraft, read_messages, send_site_message, send_site_messages
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
    "Act",
    "ContactLinkError",
    "DeliveryError",
    "Mail",
    "MessageDraft",
    "RegistrationRefusedError",
    "attach_photo",
    "change_password",
    "check_password_strength",
    "confirm_email",
    "correct_full_name",
    "leave_address",
    "mail_confirmation",
    "mail_server",
    "read_full_name",
    "read_messages",
    "read_new_mobile",
    "read_new_username",
    "record_audit",
    "record_audits",
    "register_identity",
    "register_user",
    "save_contact",
    "send_mail",
    "send_site_message",
    "send_site_messages",
    "send_sms",
    "stop_emails",
]
