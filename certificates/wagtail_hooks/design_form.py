"""The choices of a design as a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from certificates.gateways.marks import LARGEST_BYTES, MarkKind
from certificates.rules.design import (
    LARGEST_SIGNATORIES,
    LONGEST,
    LONGEST_OF_SIGNATORY,
    Border,
    Design,
    Layout,
    Palette,
    SealKind,
    Signatory,
)

LAYOUTS = [(Layout.PHOTO_LEFT, _("照片在左")), (Layout.PHOTO_RIGHT, _("照片在右"))]
PALETTES = [
    (Palette.INK, _("墨蓝")),
    (Palette.PINE, _("松绿")),
    (Palette.VERMILION, _("朱红")),
    (Palette.GRAPHITE, _("石墨")),
]
BORDERS = [(Border.GUILLOCHE, _("防伪花边")), (Border.LINES, _("双线边框"))]
SEALS = [
    (SealKind.DRAWN, _("按主管部门名称绘制")),
    (SealKind.PICTURE, _("上传印章图片")),
    (SealKind.NONE, _("不印印章")),
]
PICTURES = "image/png,image/jpeg,image/webp"


def _picture_field(label: Any) -> forms.FileField:
    return forms.FileField(
        label=label, required=False, widget=forms.FileInput(attrs={"accept": PICTURES}), allow_empty_file=True
    )


class DesignForm(forms.Form):
    """One design. Files are taken by the view, which knows where they are kept; ``kept`` are their digests."""

    layout = forms.ChoiceField(label=_("版式"), choices=LAYOUTS, widget=forms.RadioSelect)
    palette = forms.ChoiceField(label=_("配色"), choices=PALETTES, widget=forms.RadioSelect)
    border = forms.ChoiceField(label=_("边框"), choices=BORDERS, widget=forms.RadioSelect)
    rosette = forms.BooleanField(label=_("底纹团花"), required=False)
    bilingual = forms.BooleanField(
        label=_("中英文对照"), required=False, help_text=_("栏目名称加印英文；岗位和主管部门有英文名称时一并印出。")
    )
    seal = forms.ChoiceField(label=_("印章"), choices=SEALS, widget=forms.RadioSelect)
    seal_words = forms.CharField(
        label=_("环绕文字"),
        required=False,
        max_length=LONGEST["seal_words"],
        help_text=_("绘制印章时使用；留空即为主管部门名称。"),
    )
    seal_caption = forms.CharField(
        label=_("横排文字"),
        required=False,
        max_length=LONGEST["seal_caption"],
        help_text=_("五角星下方的文字，如“证书专用章”。"),
    )
    seal_picture = _picture_field(_("印章图片"))
    note = forms.CharField(
        label=_("页脚说明"), required=False, max_length=LONGEST["note"], help_text=_("印在证书最下方，一行以内。")
    )

    def __init__(self, *args: Any, design: Design, **kwargs: Any) -> None:
        self.before = design
        super().__init__(*args, **kwargs | {"initial": _initial(design)})
        for index in range(LARGEST_SIGNATORIES):
            self._add_signatory(index)

    def _add_signatory(self, index: int) -> None:
        known = self.before.signatories[index : index + 1]
        longest = LONGEST_OF_SIGNATORY
        self.fields[f"title_{index}"] = forms.CharField(label=_("职务"), required=False, max_length=longest["title"])
        self.fields[f"name_{index}"] = forms.CharField(label=_("姓名"), required=False, max_length=longest["name"])
        self.fields[f"title_en_{index}"] = forms.CharField(
            label=_("职务英文"), required=False, max_length=longest["title_en"]
        )
        self.fields[f"picture_{index}"] = _picture_field(_("签名图片"))
        if known and known[0].picture:
            self.fields[f"without_{index}"] = forms.BooleanField(label=_("去掉现有签名图片"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse what would leave a hole on the page: a seal's picture missing, a signatory without title."""
        facts = super().clean() or {}
        if facts.get("seal") == SealKind.PICTURE and not (facts.get("seal_picture") or self.before.seal_picture):
            self.add_error("seal_picture", _("请选择印章图片，或改用绘制的印章"))
        for index in range(LARGEST_SIGNATORIES):
            others = [facts.get(f"{part}_{index}") for part in ("name", "title_en", "picture")]
            if any(others) and not facts.get(f"title_{index}"):
                self.add_error(f"title_{index}", _("请填写签署人的职务"))
        for field, upload in self.uploads():
            if upload.size > LARGEST_BYTES:
                self.add_error(field, _("图片过大，请选择 3 MB 以内的图片"))
        return facts

    def uploads(self) -> list[tuple[str, Any]]:
        """The files that were sent, by field."""
        facts = self.cleaned_data.items()
        return [(name, value) for name, value in facts if value and isinstance(self.fields[name], forms.FileField)]

    @staticmethod
    def kind_of(field: str) -> MarkKind:
        """What the picture of a field shows."""
        return MarkKind.SEAL if field == "seal_picture" else MarkKind.SIGNATURE

    def design(self, kept: Mapping[str, str]) -> Design:
        """The choices, with the digests ``kept`` of the files that were sent, and those of before for the rest."""
        facts = self.cleaned_data
        return replace(
            self.before,
            layout=Layout(facts["layout"]),
            palette=Palette(facts["palette"]),
            border=Border(facts["border"]),
            rosette=facts["rosette"],
            bilingual=facts["bilingual"],
            seal=SealKind(facts["seal"]),
            seal_words=facts["seal_words"],
            seal_caption=facts["seal_caption"],
            seal_picture=kept.get("seal_picture", self.before.seal_picture),
            signatories=tuple(self._signatories(kept)),
            note=facts["note"],
        )

    def _signatories(self, kept: Mapping[str, str]) -> Iterator[Signatory]:
        for index in range(LARGEST_SIGNATORIES):
            facts = self.cleaned_data
            known = self.before.signatories[index : index + 1]
            picture = known[0].picture if known and not facts.get(f"without_{index}") else ""
            if title := facts[f"title_{index}"]:
                yield Signatory(
                    title=title,
                    name=facts[f"name_{index}"],
                    title_en=facts[f"title_en_{index}"],
                    picture=kept.get(f"picture_{index}", picture),
                )

    @property
    def look(self) -> list[Any]:
        """The fields of the first part, for the template."""
        return [self[name] for name in ("layout", "palette", "border", "rosette", "bilingual")]

    @property
    def seal_fields(self) -> list[Any]:
        """The fields of the seal."""
        return [self[name] for name in ("seal", "seal_words", "seal_caption", "seal_picture")]

    @property
    def signatory_fields(self) -> list[list[Any]]:
        """The fields of each signatory."""
        parts = ("title", "name", "title_en", "picture", "without")
        names = [[f"{part}_{index}" for part in parts] for index in range(LARGEST_SIGNATORIES)]
        return [[self[name] for name in group if name in self.fields] for group in names]


def _initial(design: Design) -> dict[str, Any]:
    plain = ("layout", "palette", "border", "rosette", "bilingual", "seal", "seal_words", "seal_caption", "note")
    initial = {name: getattr(design, name) for name in plain}
    for index, person in enumerate(design.signatories):
        initial |= {f"title_{index}": person.title, f"name_{index}": person.name, f"title_en_{index}": person.title_en}
    return initial
