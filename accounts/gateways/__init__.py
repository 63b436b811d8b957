"""The outside world of accounts: mail servers and SMS gateways."""

from accounts.gateways.mail import Mail, mail_server, send_mail
from accounts.gateways.sms import send_sms, sms_is_on
from accounts.rules.delivery import DeliveryError

__all__ = ["DeliveryError", "Mail", "mail_server", "send_mail", "send_sms", "sms_is_on"]
