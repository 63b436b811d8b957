"""The house itself: what holds for every app, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from lms.lib.append_only import AppendOnlyModel, AppendOnlyQuerySet

ROOT = Path(__file__).resolve().parent.parent
APPS = ["accounts", "media_pipeline", "courses", "tracking", "certificates", "provinces", "cms_pages"]
FRONT_DOORS = {"models", "enums", "queries", "operations"}
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

APPEND_ONLY = {
    "accounts.AuditEntry",
    "accounts.Consent",
    "certificates.Certificate",
    "certificates.DesignVersion",
    "certificates.DetachedSignature",
    "certificates.HoldingEvent",
    "certificates.IntegrityCheck",
    "courses.CourseEdition",
    "courses.EditionCitation",
    "courses.HourPolicy",
    "courses.Lesson",
    "courses.LessonCitation",
    "courses.LessonQuestion",
    "tracking.LedgerEntry",
    "tracking.LedgerSeal",
    "tracking.MakeUpApproval",
    "tracking.OfflineEvidence",
    "tracking.Recognition",
    "tracking.ScormCommit",
    "tracking.ScormMove",
}
MUTABLE = {
    "accounts.Authority",
    "accounts.ContactSettings",
    "accounts.InstitutionMember",
    "accounts.Learner",
    "accounts.OfficerAppointment",
    "accounts.SiteMessage",
    "accounts.TrainingInstitution",
    "accounts.User",
    "certificates.CalendarFeed",
    "certificates.CertificateDesign",
    "certificates.FreeSerial",
    "certificates.HolderRecord",
    "certificates.Holding",
    "certificates.IssueItem",
    "certificates.IssueRun",
    "certificates.IssuerProfile",
    "certificates.MinistryBatch",
    "certificates.NumberSeries",
    "certificates.Reminder",
    "certificates.Renewal",
    "certificates.RosterImport",
    "certificates.SigningKey",
    "certificates.StatusProposal",
    "courses.Course",
    "courses.Post",
    "courses.PostAlias",
    "courses.RegulatoryDocument",
    "courses.SyllabusItem",
    "media_pipeline.CaptionTrack",
    "media_pipeline.ScormContent",
    "media_pipeline.UploadPart",
    "media_pipeline.UploadSession",
    "media_pipeline.Video",
    "media_pipeline.VideoChapter",
    "media_pipeline.VideoPiece",
    "provinces.PolicyDryRun",
    "provinces.PolicyDryRunLine",
    "tracking.CeYear",
    "tracking.Challenge",
    "tracking.Dispute",
    "tracking.Enrolment",
    "tracking.LedgerChain",
    "tracking.LessonProgress",
    "tracking.OfflineStudy",
    "tracking.PlayLease",
    "tracking.ScormActivity",
    "tracking.ScormAttempt",
    "tracking.ScormInteraction",
    "tracking.ScormObjective",
    "tracking.ScormSession",
    "tracking.StudyDay",
    "tracking.SuspicionCase",
    "tracking.YearBalance",
}


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def imported_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def floor_of(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[1]


def test_every_model_is_declared_mutable_or_append_only():
    declared = {
        model._meta.label
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not model._meta.auto_created
    }
    pages = {label for label in declared if label.startswith("cms_pages.")}
    assert declared - pages == APPEND_ONLY | MUTABLE


def test_append_only_models_refuse_change_and_have_a_lock_on_postgresql():
    locks = "".join(path.read_text() for app in APPS for path in (ROOT / app).glob("migrations/*_written_once.py"))
    for label in sorted(APPEND_ONLY):
        model = apps.get_model(label)
        assert issubclass(model, AppendOnlyModel), label
        assert isinstance(model._default_manager.all(), AppendOnlyQuerySet), label
        assert f'"{model._meta.db_table}"' in locks, label


def test_no_model_orders_itself_or_saves_with_extra_work():
    for path in python_files(*[f"{app}/models" for app in APPS]):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        targets = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        if path.parts[-3] != "cms_pages":
            assert "save" not in names, path
        assert "ordering" not in targets, path


def test_modules_are_short():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files("lms", *APPS, "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}


def function_lines(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its lines, from ``def`` to the end; its docstring is not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, told = node.body[0], ast.get_docstring(node) is not None
            docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_functions_are_short():
    long = {
        f"{path.relative_to(ROOT)} {name}": lines
        for path in python_files("lms", *APPS)
        for name, lines in function_lines(path)
        if lines > LONGEST_FUNCTION
    }
    assert long == {}


def test_other_apps_are_entered_by_their_front_doors():
    trespasses = []
    for app in APPS:
        for path in python_files(app):
            for name in imported_names(path):
                other, _, inner = name.partition(".")
                if other in APPS and other != app and inner.split(".")[0] not in FRONT_DOORS:
                    trespasses.append(f"{path.relative_to(ROOT)} imports {name}")
    assert trespasses == []


def test_the_outside_world_is_reached_through_gateways_alone():
    outside = {
        "boto3",
        "botocore",
        "subprocess",
        "ffmpeg",
        "typst",
        "pyhanko",
        "zxingcpp",
        "pypdfium2",
        "requests",
        "httpx",
        "socket",
    }
    trespasses = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(*APPS)
        if floor_of(path) != "gateways"
        for name in imported_names(path)
        if name.split(".")[0] in outside
    ]
    assert trespasses == []


def test_settings_come_from_django_and_the_environment_is_read_once():
    trespasses = []
    for path in python_files(*APPS, "lms/lib"):
        text = path.read_text(encoding="utf-8")
        if {"lms.settings", "lms.env", "environs"} & set(imported_names(path)) or "os.environ" in text:
            trespasses.append(str(path.relative_to(ROOT)))
    assert trespasses == []


def test_every_environment_name_has_its_row_in_the_documentation():
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "lms" / "env.py").read_text()))
    page = (ROOT / "docs" / "environment.md").read_text(encoding="utf-8")
    assert len(names) > 15
    assert {name for name in names if f"`{name}`" not in page} == set()


@pytest.mark.django_db
def test_migrations_agree_with_the_models():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_import_contracts_hold():
    tool = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_templates_hold_no_inline_code():
    found = []
    for app in ["lms", *APPS]:
        for path in sorted((ROOT / app).rglob("templates/**/*.html")):
            text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(encoding="utf-8"), flags=re.S)
            inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>", text)
            inline += re.findall(r"<style|\sstyle=|\son[a-z]+=\"", text)
            if inline:
                found.append((str(path.relative_to(ROOT)), inline))
    assert found == []


def test_no_address_carries_an_integer_key():
    def patterns(resolver: URLResolver) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLPattern):
                yield str(entry.pattern)
            elif getattr(entry, "app_name", None) not in {"admin", "axes"} and "wagtail" not in str(entry.urlconf_name):
                yield from patterns(entry)

    own = [route for route in patterns(get_resolver()) if "<int:" in route]
    assert own == []


def test_lock_files_name_hashes_and_no_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
    lock = (ROOT / "package-lock.json").read_text()
    assert '"integrity"' in lock
    assert '"resolved"' not in lock


def test_the_package_carries_whatever_is_not_python():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    carried = {pattern.split("/")[0] for pattern in project["tool"]["setuptools"]["package-data"]["*"]}
    left_out = [
        str(path.relative_to(ROOT))
        for app in ["lms", *APPS]
        for path in sorted((ROOT / app).rglob("*"))
        if path.is_file() and path.suffix not in {".py", ".pyc"}
        if path.relative_to(ROOT / app).parts[0] not in carried
    ]
    assert left_out == []


def test_every_dependency_says_why_it_is_there():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    for requirement in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert "#" in line, requirement
