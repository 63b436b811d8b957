"""Django's settings: one file, fed by the typed environment of ``lms.env``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from lms.env import BASE_DIR, read_environment

ENV = read_environment()

XUESHI_HOME = ENV.home
XUESHI_SITE_URL = ENV.site_url
XUESHI_CONTENT_URL = ENV.content_url
XUESHI_DEMO = ENV.demo
XUESHI_FIELD_KEY = ENV.field_key
XUESHI_SIGNING_KEY_FILE = ENV.signing_key_file
XUESHI_SIGNING_KEY_PASSWORD = ENV.signing_key_password
XUESHI_SIGNERS_FILE = ENV.signers_file
XUESHI_CODE_KEY_FILE = ENV.code_key_file
XUESHI_SECRETS = ENV.secrets
XUESHI_FONT_DIRS = [*ENV.font_dirs, BASE_DIR / "lms" / "static" / "vendor" / "fonts", Path("/usr/share/fonts")]
XUESHI_FFMPEG = ENV.ffmpeg
XUESHI_FFPROBE = ENV.ffprobe
XUESHI_SOFFICE = ENV.soffice
XUESHI_PIECES_FROM_MINUTES = ENV.pieces_from_minutes
XUESHI_PIECE_SECONDS = ENV.piece_seconds
XUESHI_UPLOAD_MAX_BYTES = ENV.upload_max_bytes
XUESHI_UPLOAD_LARGE_MAX_BYTES = ENV.upload_large_max_bytes
XUESHI_UPLOAD_ABANDONED_HOURS = ENV.upload_abandoned_hours
XUESHI_SCORM_SUSPEND_CHARS = ENV.scorm_suspend_chars
XUESHI_AFTER_RECOGNITION_TASK = "certificates.tasks.renew_recognised_year"  # sent by name: data flows up

SECRET_KEY = ENV.secret_key
SECRET_KEY_FALLBACKS = list(ENV.secret_key_fallbacks)
DEBUG = ENV.debug
ALLOWED_HOSTS = list(ENV.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [ENV.site_url]
HTTPS = ENV.site_url.startswith("https://")

INSTALLED_APPS = [
    "lms.apps.LmsConfig",
    "cms_pages",
    "provinces",
    "certificates",
    "tracking",
    "courses",
    "media_pipeline",
    "accounts",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "axes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "lms.middleware.ContentHostMiddleware",  # first: nothing of the site is on the hosts of packages
    "lms.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.middleware.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lms.urls"
FORM_RENDERER = "lms.forms_renderer.SiteFormRenderer"
WSGI_APPLICATION = "lms.wsgi.application"
ASGI_APPLICATION = "lms.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "lms" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.context.site_facts",
            ],
        },
    },
]

# --- data -----------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {"default": {**ENV.database}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": ENV.database_pool_max}}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.broker_url}
    if ENV.broker_url.startswith(("redis://", "rediss://"))
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": ENV.home / "cache",
        "OPTIONS": {"MAX_ENTRIES": 1000},  # 256 marks of verification pages, what was found in files, counts of visits
    }
}

if ENV.media.folder:
    _PUBLIC = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV.media.folder / "public", "base_url": "/media/"},
    }
    _PRIVATE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": ENV.media.folder / "private", "base_url": None, "file_permissions_mode": 0o600},
    }
    MEDIA_ROOT = ENV.media.folder / "public"
else:
    _S3 = {
        "bucket_name": ENV.media.bucket,
        "endpoint_url": ENV.media.endpoint or None,
        "region_name": ENV.media.region,
        "addressing_style": ENV.media.addressing,
        "public_endpoint_url": ENV.media.public_endpoint,
        "default_acl": None,
    }
    _PUBLIC = {
        "BACKEND": "media_pipeline.gateways.bucket_storage.BucketStorage",
        "OPTIONS": {**_S3, "location": "public", "querystring_expire": 24 * 3600},
    }
    _PRIVATE = {
        "BACKEND": "media_pipeline.gateways.bucket_storage.BucketStorage",
        "OPTIONS": {
            **_S3,
            "location": "private",
            "file_overwrite": False,
            "querystring_expire": 300,
            "object_parameters": {"CacheControl": "private, no-store"},
        },
    }
MEDIA_URL = "/media/"
XUESHI_CDN = ENV.cdn
STORAGES = {
    "default": _PUBLIC,
    "private": _PRIVATE,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    if HTTPS
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "lms" / "static"]
WHITENOISE_USE_FINDERS = not HTTPS  # the embedded default serves the source tree; a server runs collectstatic
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor sends one field per block

# --- people ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.permissions.UserNameOrMobileBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "certificates:my_page"
LOGOUT_REDIRECT_URL = "/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "accounts.permissions.lockout_name"
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 12 * 3600
# no host beside the site's, such as those of packages, can set a cookie of such a name for it (RFC 6265bis, 4.1.3.2)
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (f"{'__Host-' if HTTPS else ''}{name}" for name in ("sessionid", "csrftoken"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- safety ---------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxy else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames the site's own pages
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # asks for DENY, which the preview panel cannot bear

# --- languages ------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "lms" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# --- the CMS --------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "学时 Xueshi"
WAGTAILADMIN_BASE_URL = ENV.site_url
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_WORKFLOW_ENABLED = True
WAGTAIL_MODERATION_ENABLED = True
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "csv", "txt", "zip"]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai", "Asia/Urumqi"]

# --- Celery ---------------------------------------------------------------------------------------
CELERY_BROKER_URL = ENV.broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # hours of encoding outlive a broker's restart
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "media_pipeline.*": {"queue": "media"},
    "certificates.tasks.remind_of_deadlines": {"queue": "default"},  # not behind a night's worth of certificates
    "certificates.*": {"queue": "certificates"},
    "provinces.*": {"queue": "exchange"},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(ENV.home / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # a sweep that no worker takes up in time expires: while the workers are busy, nothing needs waking
    "renew-what-was-recognised": {
        "task": "certificates.tasks.sweep_renewals",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "renew-what-was-forgotten": {
        "task": "certificates.tasks.sweep_renewals",
        "schedule": 3600.0,
        "kwargs": {"everything": True},
        "options": {"expires": 3600},
    },
    "continue-mass-issues": {
        "task": "certificates.tasks.sweep_issue_runs",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "check-stored-certificates": {
        "task": "certificates.tasks.check_stored_certificates",
        "schedule": crontab(hour="3", minute="10"),
    },
    "sweep-leftover-certificates": {
        "task": "certificates.tasks.sweep_leftover_certificates",
        "schedule": crontab(hour="3", minute="40"),
    },
    "watch-signing-keys": {"task": "certificates.tasks.watch_signing_keys", "schedule": crontab(hour="7", minute="5")},
    "sign-beside": {"task": "certificates.tasks.sign_beside", "schedule": 300.0, "options": {"expires": 300}},
    "lapse-and-reopen": {"task": "certificates.tasks.sweep_lapses", "schedule": 900.0},
    "restart-stuck-videos": {"task": "media_pipeline.tasks.sweep_videos", "schedule": 60.0},
    "clear-left-renditions": {"task": "media_pipeline.tasks.sweep_left_files", "schedule": 3600.0},
    "sweep-uploads": {"task": "media_pipeline.tasks.sweep_uploads", "schedule": 3600.0},
    "end-silent-leases": {"task": "tracking.tasks.sweep_leases", "schedule": 300.0},
    "find-suspicions": {"task": "tracking.tasks.find_suspicions", "schedule": 900.0},
    "forget-devices": {"task": "tracking.tasks.forget_devices", "schedule": 6 * 3600.0},
    "seal-ledgers": {"task": "tracking.tasks.seal_ledgers", "schedule": crontab(hour="23", minute="50")},
    "remind-of-deadlines": {"task": "certificates.tasks.remind_of_deadlines", "schedule": 900.0},
    "publish-scheduled-pages": {"task": "cms_pages.tasks.publish_scheduled", "schedule": 60.0},
}
if ENV.broker_url.startswith("filesystem:"):
    _BROKER = ENV.home / "broker"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER / "messages"),
        "data_folder_out": str(_BROKER / "messages"),
        "control_folder": str(_BROKER / "control"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
elif ENV.broker_url.startswith(("redis://", "rediss://")):
    # a message not acknowledged for so long is delivered again, also while its task still runs: a second run finds the
    # work claimed and ends at once. Work of killed workers does not wait for this: sweeps find it within minutes.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}

# --- mail and logs --------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = ENV.from_email
if ENV.mail:
    EMAIL_HOST, EMAIL_PORT = ENV.mail.host, ENV.mail.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENV.mail.user, ENV.mail.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = ENV.mail.tls_at_once, ENV.mail.tls_later
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(ENV.home / "mail")

XUESHI_SMS = ENV.sms

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    "loggers": {name: {"level": "WARNING"} for name in ("django_tasks", "wagtail", "fontTools")},  # a line a page
}

SITE_NAME = _("学时")
