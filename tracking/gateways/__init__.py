"""What lies outside the app."""

from tracking.gateways.messages import announce_recognition

__all__ = ["announce_recognition"]
