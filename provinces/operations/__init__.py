"""Writes of the app."""

from provinces.operations.dry_runs import DryRunRefusedError, ask_dry_run, perform_dry_run

__all__ = ["DryRunRefusedError", "ask_dry_run", "perform_dry_run"]
