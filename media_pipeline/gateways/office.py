"""LibreOffice, where it is installed: turns presentations into PDF, without macros, network or anything of ours."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import ParseError, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.conf import settings

from media_pipeline.gateways.contained import contained_command
from media_pipeline.gateways.slide_pages import DeckBrokenError
from media_pipeline.gateways.tools import ToolError, run_tool
from media_pipeline.rules.slide_deck import DeckFormat, is_linked

CONVERTING_SECONDS = 600
_MEMORY_BYTES = 6 * 1024**3  # addresses, most of which are never touched
_LARGEST_FILE = 2 * 1024**3
_STARTS_AGAIN = (79, 81)  # a new profile may ask for another start
_NO_LICENCE_TO_RUN = 3  # macros: from nowhere
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
{items}
</oor:items>
"""
_ITEM = '<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LOCKS = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", _NO_LICENCE_TO_RUN),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", 1),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", 9),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", 9),
)


def office_program() -> str | None:
    """The place of LibreOffice's program, None where it is not installed; XUESHI_SOFFICE may name it.

    The program itself is taken, not the script that watches over it: what is stopped must stop.
    """
    found = shutil.which(settings.XUESHI_SOFFICE)
    if found is None:
        return None
    itself = Path(found).resolve().with_name("soffice.bin")
    return str(itself) if itself.exists() else found


def convert_to_pdf(
    program: str, source: Path, deck: DeckFormat, folder: Path, *, on_line: Callable[[], object]
) -> Path:
    """Turn a presentation into ``folder/deck.pdf``; ``on_line`` is called at least once a second.

    :raises DeckBrokenError: it cannot be read.
    :raises ToolError: it took too much.
    """
    given = folder / f"deck.{deck}"
    if deck is DeckFormat.PPTX:
        _copy_without_links(source, given)
    else:
        given.symlink_to(source.resolve())
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    items = "\n".join(_ITEM.format(path=path, name=name, value=value) for path, name, value in _LOCKS)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE.format(items=items), encoding="utf-8")
    for attempt in (1, 2):
        try:
            run_tool(
                _converting_command(program, profile, given, folder, reads=[str(source.resolve())]),
                time_limit_seconds=CONVERTING_SECONDS + 60,
                on_line=lambda line: on_line(),
                memory_bytes=_MEMORY_BYTES,
            )
        except ToolError as error:
            if error.exit_code not in _STARTS_AGAIN or attempt == 2:
                raise
        else:
            break
    made = folder / "deck.pdf"
    if not made.exists():
        raise DeckBrokenError("LibreOffice could not load the file")
    return made


def _converting_command(program: str, profile: Path, given: Path, folder: Path, *, reads: list[str]) -> list[str]:
    command = [
        program,
        f"-env:UserInstallation=file://{profile.resolve()}",
        *(
            "--headless",
            "--invisible",
            "--nologo",
            "--norestore",
            "--nolockcheck",
            "--nodefault",
            "--nofirststartwizard",
        ),
        *("--convert-to", "pdf:impress_pdf_Export", "--outdir", str(folder.resolve()), str(given.absolute())),
    ]
    return contained_command(
        command,
        home=str(profile.resolve()),
        memory_bytes=_MEMORY_BYTES,
        cpu_seconds=CONVERTING_SECONDS,
        file_bytes=_LARGEST_FILE,
        seconds=CONVERTING_SECONDS,
        reads=[*reads, str(Path(program).resolve().parents[1])],
        writes=[str(folder.resolve())],
    )


def _copy_without_links(source: Path, target: Path) -> None:
    """Copy a PPTX without its relations to other files and addresses, so that there is nothing to be fetched."""
    try:
        with (
            zipfile.ZipFile(source) as given,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            for member in given.infolist():
                if member.is_dir():
                    continue
                if member.filename.endswith(".rels"):
                    copy.writestr(member.filename, _without_links(given.read(member)))
                    continue
                with given.open(member) as piece, copy.open(member.filename, "w") as same:
                    shutil.copyfileobj(piece, same)
    except (zipfile.BadZipFile, EOFError, ParseError, DefusedXmlException, NotImplementedError, RuntimeError) as error:
        raise DeckBrokenError(str(error)) from error


def _without_links(relations: bytes) -> bytes:
    """Take relations to elsewhere out; hyperlinks stay as links to nowhere, because texts refer to them."""
    tree = fromstring(relations)
    for relation in list(tree):
        if relation.get("TargetMode") != "External" and not is_linked(relation.get("Target", "")):
            continue
        if relation.get("Type", "").endswith("/hyperlink"):
            relation.set("Target", "about:blank")
        else:
            tree.remove(relation)
    register_namespace("", _RELATIONS)  # LibreOffice does not know it by another prefix
    return bytes(tostring(tree, encoding="utf-8", xml_declaration=True))
