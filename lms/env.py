"""The environment, read once and typed. Every name stands in docs/environment.md.

Unset or empty means the embedded default: SQLite, files and a file-system broker under ``XUESHI_HOME``.
A value that cannot be understood stops the start with one line naming the variable.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate

from lms.lib.content_host import objections, parse_content_url, usual_content_url

BASE_DIR = Path(__file__).resolve().parent.parent
DATABASES = ("postgres", "postgresql", "sqlite")
VIRTUAL_ONLY = (".aliyuncs.com", ".myqcloud.com")  # services that refuse the bucket's name in the path
CDN_SIGNINGS = ("nginx", "aliyun", "tencent")
BROKERS = ("redis", "rediss", "amqp", "amqps", "filesystem", "memory")


@dataclass(frozen=True, slots=True)
class MediaLocation:
    """Where bytes are kept: a folder, or a bucket of an S3 service.

    ``addressing`` says where the bucket's name stands in an address: ``path``, ``virtual`` (before the host) or
    ``auto`` (as Amazon has it). ``public_endpoint`` is the service as browsers reach it, where that is another address.
    """

    folder: Path | None = None
    bucket: str = ""
    endpoint: str = ""
    region: str = ""
    addressing: str = "auto"
    public_endpoint: str = ""

    @property
    def browser_sources(self) -> str:
        """The hosts that browsers fetch media from, as a content security policy names them."""
        if self.folder:
            return ""
        endpoint = self.public_endpoint or self.endpoint
        if not endpoint:
            return "https://*.amazonaws.com https://*.amazonaws.com.cn"
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{self.bucket}.{parts.netloc}" if self.addressing == "virtual" else endpoint


@dataclass(frozen=True, slots=True)
class CdnLocation:
    """A content delivery network in front of the bucket, how it wants addresses signed, and the key for that.

    ``valid_seconds`` is what its own console adds to the time in an address (kinds ``aliyun`` and ``tencent``).
    """

    base_url: str
    signing: str
    key: str = field(repr=False)
    valid_seconds: int


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; ``smtps`` speaks TLS from the first byte, ``smtp`` turns to it where a user is named."""

    host: str
    port: int
    user: str
    password: str
    tls_at_once: bool

    @property
    def tls_later(self) -> bool:
        """Whether to ask for STARTTLS: a password is never sent in the clear."""
        return bool(self.user) and not self.tls_at_once


@dataclass(frozen=True, slots=True)
class SmsGateway:
    """Where text messages are handed in: a folder that keeps them, or an address that takes them with a key."""

    folder: Path | None = None
    url: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """All that the site reads from its environment."""

    home: Path
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    debug: bool
    demo: bool
    site_url: str
    content_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxy: bool
    database: dict[str, Any]
    database_pool_max: int
    broker_url: str
    media: MediaLocation
    cdn: CdnLocation | None
    mail: MailServer | None
    from_email: str
    sms: SmsGateway | None
    field_key: str
    signing_key_file: str
    signing_key_password: str = field(repr=False)
    signers_file: str
    code_key_file: str
    secrets: dict[str, str] = field(repr=False)
    font_dirs: tuple[Path, ...]
    ffmpeg: str
    ffprobe: str
    soffice: str
    pieces_from_minutes: float
    piece_seconds: int
    upload_max_bytes: int
    upload_large_max_bytes: int
    upload_abandoned_hours: int
    scorm_suspend_chars: int
    log_level: str


def read_environment() -> Environment:
    """Read, check and type every variable.

    :raises ImproperlyConfigured: a variable is missing or cannot be understood; the message names it.
    """
    env = Env()
    try:
        return _read(env)
    except EnvError as error:
        raise ImproperlyConfigured(str(error)) from error


def _read(env: Env) -> Environment:
    home = Path(env.str("XUESHI_HOME", "") or BASE_DIR / "var").resolve()
    site_url = (env.str("XUESHI_SITE_URL", "") or f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")
    host = urlsplit(site_url).hostname
    media = parse_media_url(env.str("XUESHI_MEDIA_URL", "") or str(home / "media"))
    broker_url = check_broker_url(env.str("CELERY_BROKER_URL", "") or "filesystem://localhost")
    if not host:
        raise EnvError("XUESHI_SITE_URL: not an absolute address such as https://xueshi.example.org")
    return Environment(
        home=home,
        secret_key=env.str("SECRET_KEY", "") or _embedded_secret(home),
        secret_key_fallbacks=tuple(env.list("SECRET_KEY_FALLBACKS", [])),
        debug=env.bool("XUESHI_DEBUG", False),
        demo=env.bool("XUESHI_DEMO", False),
        site_url=site_url,
        content_url=check_content_url(env.str("XUESHI_CONTENT_URL", "") or usual_content_url(site_url), site_url),
        allowed_hosts=tuple(env.list("XUESHI_ALLOWED_HOSTS", []) or [host, "localhost", "127.0.0.1"]),
        trusted_proxy=env.bool("XUESHI_TRUSTED_PROXY", False),
        database=parse_database_url(env.str("DATABASE_URL", "") or f"sqlite:///{home / 'db.sqlite3'}"),
        database_pool_max=env.int("XUESHI_DATABASE_POOL_MAX", 8, validate=validate.Range(min=1)),
        broker_url=broker_url,
        media=media,
        cdn=parse_cdn_url(env.str("XUESHI_CDN_URL", ""), env.str("XUESHI_CDN_KEY", ""), media),
        mail=parse_email_url(env.str("XUESHI_EMAIL_URL", "")),
        from_email=env.str("XUESHI_FROM_EMAIL", "") or f"noreply@{host}",
        sms=parse_sms_url(env.str("XUESHI_SMS_URL", ""), env.str("XUESHI_SMS_KEY", ""), home),
        field_key=env.str("XUESHI_FIELD_KEY", ""),
        **_signing(env),
        font_dirs=tuple(map(Path, env.list("XUESHI_FONT_DIRS", []))),
        ffmpeg=env.str("XUESHI_FFMPEG", "ffmpeg"),
        ffprobe=env.str("XUESHI_FFPROBE", "ffprobe"),
        soffice=env.str("XUESHI_SOFFICE", "soffice"),
        pieces_from_minutes=_pieces_from_minutes(env, broker_url),
        piece_seconds=env.int("XUESHI_PIECE_SECONDS", 120, validate=validate.Range(min=4, max=3600)),
        upload_max_bytes=_bytes(env, "XUESHI_UPLOAD_MAX_BYTES", 2 * 1024**3),
        upload_large_max_bytes=_bytes(env, "XUESHI_UPLOAD_LARGE_MAX_BYTES", 20 * 1024**3),
        upload_abandoned_hours=env.int("XUESHI_UPLOAD_ABANDONED_HOURS", 24, validate=validate.Range(min=1)),
        scorm_suspend_chars=env.int("XUESHI_SCORM_SUSPEND_CHARS", 0, validate=validate.Range(min=0, max=80_000)),
        log_level=env.str("XUESHI_LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])),
    )


def _signing(env: Env) -> dict[str, Any]:
    """Where the keys are that sign; secrets that the signers' file names stand under a prefix of their own."""
    return {
        "signing_key_file": env.str("XUESHI_SIGNING_KEY_FILE", ""),
        "signing_key_password": env.str("XUESHI_SIGNING_KEY_PASSWORD", ""),
        "signers_file": env.str("XUESHI_SIGNERS_FILE", ""),
        "code_key_file": env.str("XUESHI_CODE_KEY_FILE", ""),
        "secrets": {name: value for name, value in os.environ.items() if name.startswith("XUESHI_SECRET_")},
    }


def _bytes(env: Env, name: str, usual: int) -> int:
    """A size that an S3 service takes."""
    return env.int(name, usual, validate=validate.Range(min=1, max=5 * 1024**4))


def _pieces_from_minutes(env: Env, broker_url: str) -> float:
    """The embedded default has one worker, which is quicker in one go."""
    usual = 0.0 if broker_url.startswith("filesystem:") else 20.0
    return env.float("XUESHI_PIECES_FROM_MINUTES", usual, validate=validate.Range(min=0))


def parse_media_url(value: str) -> MediaLocation:
    """Understand ``XUESHI_MEDIA_URL``: a folder, or ``s3://bucket?endpoint=https://host&region=name``.

    Besides: ``addressing=path|virtual`` and ``public_endpoint=https://host``. The S3 keys come from the usual
    ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``.

    :raises EnvError: another scheme, no bucket, or an option that nobody knows.
    """
    parts = urlsplit(value)
    if parts.scheme in ("", "file"):
        return MediaLocation(folder=Path(parts.path).resolve())
    if parts.scheme != "s3" or not parts.netloc or parts.path.strip("/"):
        raise EnvError("XUESHI_MEDIA_URL: give a folder or s3://bucket?endpoint=…")
    given = _read_options("XUESHI_MEDIA_URL", parts.query, {"endpoint", "region", "addressing", "public_endpoint"})
    endpoint = _check_endpoint("endpoint", given.get("endpoint", ""))
    host = urlsplit(endpoint).hostname or ""
    by_name = host.endswith(VIRTUAL_ONLY)
    addressing = given.get("addressing") or ("virtual" if by_name else "path" if endpoint else "auto")
    if addressing not in ("path", "virtual", "auto") or (by_name and addressing == "path"):
        raise EnvError(f"XUESHI_MEDIA_URL: addressing={addressing} does not go with this service; give path or virtual")
    return MediaLocation(
        bucket=parts.netloc,
        endpoint=endpoint,
        region=given.get("region", "us-east-1"),
        addressing=addressing,
        public_endpoint=_check_endpoint("public_endpoint", given.get("public_endpoint", "")),
    )


def parse_cdn_url(value: str, key: str, media: MediaLocation) -> CdnLocation | None:
    """Understand ``XUESHI_CDN_URL``: ``https://cdn.example.org?signing=nginx``, with its key. None if empty.

    ``signing`` is ``nginx``, ``aliyun`` or ``tencent``; the last two take ``valid_seconds`` as well.

    :raises EnvError: no key, another kind of signing, or media in a folder.
    """
    if not value:
        return None
    parts = urlsplit(value)
    given = _read_options("XUESHI_CDN_URL", parts.query, {"signing", "valid_seconds"})
    signing, valid = given.get("signing", ""), given.get("valid_seconds", "0")
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or signing not in CDN_SIGNINGS
        or not valid.isdecimal()
    ):
        raise EnvError(
            "XUESHI_CDN_URL: give https://cdn.example.org?signing=nginx (or aliyun, tencent)&valid_seconds=…"
        )
    if not key:
        raise EnvError("XUESHI_CDN_KEY: the key that addresses on XUESHI_CDN_URL are signed with is missing")
    if media.folder:
        raise EnvError("XUESHI_CDN_URL: a CDN fetches from a bucket, and XUESHI_MEDIA_URL names a folder")
    base_url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
    return CdnLocation(base_url=base_url, signing=signing, key=key, valid_seconds=int(valid))


def _read_options(name: str, query: str, known: set[str]) -> dict[str, str]:
    options = {key: values[-1] for key, values in parse_qs(query, keep_blank_values=True).items()}
    if unknown := sorted(set(options) - known):
        raise EnvError(f"{name}: {', '.join(unknown)} is not an option; known are {', '.join(sorted(known))}")
    return {key: value for key, value in options.items() if value}


def _check_endpoint(name: str, value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise EnvError(f"XUESHI_MEDIA_URL: {name} must be an address such as https://s3.example.org:8333")
    return value.rstrip("/")


def parse_database_url(value: str) -> dict[str, Any]:
    """Understand ``DATABASE_URL``: PostgreSQL or SQLite, as Django's settings want it.

    :raises EnvError: another database, or no address at all.
    """
    if urlsplit(value).scheme not in DATABASES:
        raise EnvError("DATABASE_URL: give postgres://user:password@host:5432/name or sqlite:///path")
    try:
        return {**dj_database_url.parse(value)}
    except ValueError as error:
        raise EnvError(f"DATABASE_URL: {error}") from error


def check_broker_url(value: str) -> str:
    """Let pass a ``CELERY_BROKER_URL`` of a kind that the site has settings for.

    :raises EnvError: another kind.
    """
    if urlsplit(value).scheme not in BROKERS:
        raise EnvError("CELERY_BROKER_URL: give redis://host:6379/0, amqp://… or filesystem://")
    return value


def check_content_url(value: str, site_url: str) -> str:
    """Let pass a ``XUESHI_CONTENT_URL`` on which packages are kept apart from the site; empty where there is none.

    :raises EnvError: it cannot be understood, or packages would not be kept apart.
    """
    try:
        found = objections(parse_content_url(value), site_url=site_url) if value else []
    except ValueError as error:
        raise EnvError(f"XUESHI_CONTENT_URL: {error}") from error
    if found:
        raise EnvError(f"XUESHI_CONTENT_URL: {'; '.join(found)}")
    return value.rstrip("/")


def parse_email_url(value: str) -> MailServer | None:
    """Understand ``XUESHI_EMAIL_URL``; signs that mean something in an address stand percent-encoded. None if empty.

    :raises EnvError: not ``smtp://user:password@host:587`` or ``smtps://…``.
    """
    if not value:
        return None
    try:
        parts = urlsplit(value)
        port, at_once = parts.port, parts.scheme == "smtps"
    except ValueError as error:
        raise EnvError(f"XUESHI_EMAIL_URL: {error}") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise EnvError("XUESHI_EMAIL_URL: give smtp://user:password@host:587 or smtps://…")
    return MailServer(
        host=parts.hostname,
        port=port or (465 if at_once else 587 if parts.username else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_at_once=at_once,
    )


def parse_sms_url(value: str, key: str, home: Path) -> SmsGateway | None:
    """Understand ``XUESHI_SMS_URL``: ``file`` (or ``file:/folder``), ``https://host/path`` with its key, or ``off``.

    ``http://`` is for gateways on this machine alone: mobile numbers do not cross a network in the clear. None if off.

    :raises EnvError: another kind, or an address without a key.
    """
    if value in ("", "off"):
        return None
    parts = urlsplit(value)
    if value == "file" or parts.scheme == "file":
        return SmsGateway(folder=Path(parts.path).resolve() if parts.scheme and parts.path else home / "sms")
    own = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https" and not (parts.scheme == "http" and own):
        raise EnvError("XUESHI_SMS_URL: give off, file, or https://gateway.example.org/send")
    if not parts.hostname or parts.username or not key:
        raise EnvError("XUESHI_SMS_KEY: the key that the gateway at XUESHI_SMS_URL asks for is missing")
    return SmsGateway(url=value, key=key)


def _embedded_secret(home: Path) -> str:
    """Read the home folder's own secret, making it on the first start; a real server sets SECRET_KEY."""
    path = home / "secret-key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".secret-key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # the first of several processes wins, and all read the same
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
