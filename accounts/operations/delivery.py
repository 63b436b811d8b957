"""Messages handed over to servers outside."""

from accounts.gateways import DeliveryError, Mail, mail_server, send_mail, send_sms

__all__ = ["DeliveryError", "Mail", "mail_server", "send_mail", "send_sms"]
