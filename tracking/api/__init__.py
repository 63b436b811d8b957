"""Addresses that answer without Django's request cycle."""

from tracking.api.heartbeats import HeartbeatReceiver
from tracking.api.scorm_commits import CommitReceiver

__all__ = ["CommitReceiver", "HeartbeatReceiver"]
