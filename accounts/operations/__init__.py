"""Writes of the app."""

from accounts.operations.audit import record_audit

__all__ = ["record_audit"]
