"""The demonstration: courses, notices, people, and one certificate that was already renewed."""

from cms_pages.operations.demo.load import DemoRefusedError, load_demo

__all__ = ["DemoRefusedError", "load_demo"]
