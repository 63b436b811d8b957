"""What browsers send us outside of pages: the parts of uploads."""

from media_pipeline.api.parts import part

__all__ = ["part"]
