"""The texts that a new site starts with, from the app's data folder; ``*_en`` keys are English."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.apps import apps

DEMO_FOLDER = ("data", "demo")


def data_folder() -> Path:
    """Give the folder of the texts and of the demonstration's content."""
    return Path(apps.get_app_config("cms_pages").path).joinpath(*DEMO_FOLDER)


def read_page_texts() -> dict[str, Any]:
    """Read the texts of the home page and of the index pages."""
    loaded: dict[str, Any] = read_yaml("pages.yaml")
    return loaded


def read_yaml(name: str) -> Any:
    """Read one of the app's data files."""
    return yaml.safe_load((data_folder() / name).read_text(encoding="utf-8"))
