"""Addresses that answer without Django's request cycle."""

from tracking.api.heartbeats import HeartbeatReceiver

__all__ = ["HeartbeatReceiver"]
