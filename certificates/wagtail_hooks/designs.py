"""The designer: every authority's certificate, drawn with choices and looked at while one chooses."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import FormView, TemplateView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import Authority
from certificates.operations.designs import (
    DesignRefusedError,
    MarkRefusedError,
    keep_mark,
    preview_pdf,
    preview_png,
    publish_design,
    read_design,
    save_design,
)
from certificates.queries.designs import design_draft, design_entries, published_versions
from certificates.rules.design import Design
from certificates.rules.design_samples import Sample
from certificates.wagtail_hooks.design_form import DesignForm

MAY_DRAW = "certificates.change_certificatedesign"
MAY_PUBLISH = "certificates.add_designversion"
COMMON = "common"
SAMPLES = [(Sample.USUAL, gettext_lazy("一般内容")), (Sample.FULL, gettext_lazy("长名称与多行记录"))]


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


class _DesignDesk(View):
    """For those who may draw; the address names an authority by ``uuid``, or all without a design of their own."""

    authority: Authority | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user: Any = request.user
        if not user.has_perm(MAY_DRAW):
            raise PermissionDenied
        self.user = user
        if (key := kwargs.get("key", COMMON)) != COMMON:
            self.authority = get_object_or_404(Authority, uuid=_uuid(key))
        return super().dispatch(request, *args, **kwargs)

    @property
    def key(self) -> str:
        """How addresses name the authority."""
        return str(self.authority.uuid) if self.authority else COMMON

    @property
    def sample(self) -> Sample:
        """Which certificate is shown."""
        asked: Any = self.request.POST or self.request.GET
        return Sample.FULL if asked.get("sample") == Sample.FULL else Sample.USUAL

    def taken_design(self, form: DesignForm) -> Design | None:
        """The choices of a valid form, its files kept; None where a file is refused, which the form then says."""
        kept = {}
        for field, upload in form.uploads():
            try:
                kept[field] = keep_mark(data=upload.read(), kind=form.kind_of(field))
            except MarkRefusedError as error:
                form.add_error(field, str(error))
        return form.design(kept) if form.is_valid() else None


class DesignListView(WagtailAdminTemplateMixin, _DesignDesk, TemplateView):
    """Whose certificates look how."""

    page_title = gettext_lazy("证书样式")
    header_icon = "doc-full-inverse"
    template_name = "certificates/admin/designs.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Name the page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a line for each authority."""
        rows = [
            (entry, reverse("certificate_designs:edit", args=[entry.authority.uuid if entry.authority else COMMON]))
            for entry in design_entries()
        ]
        return super().get_context_data(rows=rows, **kwargs)


class DesignEditView(WagtailAdminTemplateMixin, _DesignDesk, FormView):
    """Choose, look, save, publish."""

    page_title = gettext_lazy("证书样式")
    header_icon = "doc-full-inverse"
    template_name = "certificates/admin/design.html"
    form_class = DesignForm
    shown: Design | None = None

    def get_page_subtitle(self) -> str:
        """Name whose design it is."""
        return self.authority.name if self.authority else _("全国通用样式")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("certificate_designs:index"), "label": _("证书样式")},
            {"url": "", "label": self.get_page_subtitle()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the draft."""
        self.draft = design_draft(authority=self.authority)
        return {**super().get_form_kwargs(), "design": read_design(self.draft)}

    def form_valid(self, form: DesignForm) -> HttpResponse:
        """Save; publish as well where that was asked; or only show."""
        design = self.taken_design(form)
        if design is None:
            return self.form_invalid(form)
        asked = self.request.POST.get("act", "save")
        self.shown = design
        if asked == "preview":
            return self.render_to_response(self.get_context_data(form=form))
        if asked == "publish" and not self.user.has_perm(MAY_PUBLISH):
            raise PermissionDenied
        now = timezone.now()
        save_design(authority=self.authority, design=design, actor=self.user, now=now)
        if asked != "publish":
            messages.success(self.request, _("草稿已保存，发布之前不影响任何证书"))
            return redirect("certificate_designs:edit", self.key)
        try:
            version = publish_design(authority=self.authority, actor=self.user, now=now)
        except DesignRefusedError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("已发布第 %(number)s 版，此后签发的证书使用它") % {"number": version.number})
        return redirect("certificate_designs:edit", self.key)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the picture, the versions and what the person may do."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        design = self.shown or context["form"].before
        picture, refusal = "", ""
        try:
            png = preview_png(design=design, authority=self.authority, sample=self.sample, now=timezone.now())
            picture = "data:image/png;base64," + base64.b64encode(png).decode()
        except DesignRefusedError as error:
            refusal = str(error)
        return context | {
            "picture": picture,
            "refusal": refusal,
            "samples": SAMPLES,
            "sample": self.sample,
            "versions": published_versions(self.draft) if self.draft else [],
            "may_publish": self.user.has_perm(MAY_PUBLISH),
            "preview_url": reverse("certificate_designs:preview", args=[self.key]),
            "pdf_url": reverse("certificate_designs:pdf", args=[self.key]),
            "list_url": reverse("certificate_designs:index"),
        }


class DesignPreviewView(_DesignDesk):
    """The picture of choices that are not saved, for the page's script: PNG, or JSON that says what is wrong."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        draft = read_design(design_draft(authority=self.authority))
        form = DesignForm(request.POST, request.FILES, design=draft)
        design = self.taken_design(form) if form.is_valid() else None
        if design is None:
            said = [
                f"{form.fields[name].label}：{each}" if name in form.fields else str(each)
                for name, errors in form.errors.items()
                for each in errors
            ]
            return JsonResponse({"problems": said}, status=422)
        try:
            png = preview_png(design=design, authority=self.authority, sample=self.sample, now=timezone.now())
        except DesignRefusedError as error:
            return JsonResponse({"problems": [str(error)]}, status=422)
        return HttpResponse(png, content_type="image/png", headers={"Cache-Control": "no-store"})


class DesignPdfView(_DesignDesk):
    """The saved draft on paper's size: PDF, unsigned, marked as a demonstration."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        design = read_design(design_draft(authority=self.authority))
        try:
            pdf = preview_pdf(design=design, authority=self.authority, sample=self.sample, now=timezone.now())
        except DesignRefusedError as error:
            messages.error(request, str(error))
            return redirect("certificate_designs:edit", self.key)
        headers = {"Content-Disposition": 'inline; filename="sample.pdf"', "Cache-Control": "no-store"}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@hooks.register("register_admin_urls")
def register_design_urls() -> list[URLPattern | URLResolver]:
    """Put the designer's pages below the admin's."""
    patterns = [
        path("", DesignListView.as_view(), name="index"),
        path("<str:key>/", DesignEditView.as_view(), name="edit"),
        path("<str:key>/preview/", DesignPreviewView.as_view(), name="preview"),
        path("<str:key>/sample.pdf", DesignPdfView.as_view(), name="pdf"),
    ]
    return [path("certificate-designs/", include((patterns, "certificate_designs")))]


class DesignMenuItem(MenuItem):
    """Shown to those who may draw."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask for the permission."""
        user: Any = request.user
        return bool(user.has_perm(MAY_DRAW))


@hooks.register("register_settings_menu_item")
def register_design_menu() -> MenuItem:
    """One entry among the settings."""
    address = reverse("certificate_designs:index")
    return DesignMenuItem(gettext_lazy("证书样式"), address, icon_name="doc-full-inverse", order=700)


@hooks.register("register_permissions")
def register_design_permissions() -> Any:
    """Let the settings of groups grant drawing and publishing."""
    codenames = [MAY_DRAW.split(".")[1], MAY_PUBLISH.split(".")[1]]
    return Permission.objects.filter(content_type__app_label="certificates", codename__in=codenames)
