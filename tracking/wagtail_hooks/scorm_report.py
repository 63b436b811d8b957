"""How a package went, item by item, and the same as lists for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lms.lib.streaming import stream_file
from lms.lib.table_exports import CSV_TYPE
from tracking.operations.scorm_exports import export_scorm_attempts, export_scorm_interactions
from tracking.queries.scorm_reports import package_report
from tracking.wagtail_hooks.scorm_pages import ScormPage, guarded, package_or_404


@guarded
class ReportView(ScormPage):
    """Items and questions of one package, and the lists."""

    page_title = gettext_lazy("课件报表")
    template_name = "tracking/admin/scorm_report.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the package first."""
        super().setup(request, *args, **kwargs)
        self.package = package_or_404(kwargs["uuid"])

    def get_page_subtitle(self) -> str:
        """Name the package."""
        return self.package.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add everything up."""
        report = package_report(self.package)
        return {**super().get_context_data(**kwargs), "package": self.package, "report": report}


@guarded
class ExportView(ScormPage):
    """One of the lists as a file; a POST, because it is written down who took it."""

    http_method_names = ["post"]
    export: ClassVar[Callable[..., Iterator[bytes]]]
    file_name = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Send it while it is made."""
        package = package_or_404(kwargs["uuid"])
        now = timezone.now()
        pieces = type(self).export(video=package, name_of=self.sight.name_in, actor=self.person, now=now)
        name = f"{self.file_name}-{timezone.localtime(now):%Y%m%d-%H%M}.csv"
        return stream_file(request, pieces, name=name, content_type=CSV_TYPE)


class AttemptsFileView(ExportView):
    """Every attempt."""

    export = staticmethod(export_scorm_attempts)
    file_name = "scorm-attempts"


class InteractionsFileView(ExportView):
    """Every answer."""

    export = staticmethod(export_scorm_interactions)
    file_name = "scorm-answers"
