"""What an authority tries out before it decides."""

from provinces.models.dry_run import PolicyDryRun, PolicyDryRunLine

__all__ = ["PolicyDryRun", "PolicyDryRunLine"]
