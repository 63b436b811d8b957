"""Pieces of pages for templates."""
