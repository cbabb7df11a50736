"""Settings. Everything that differs between installations is an environment variable; `docs/operations.md` lists them."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from psycopg.conninfo import conninfo_to_dict

from openiop.shared.postgres.location import database_urls, default_home
from openiop.shared.postgres.roles import as_web_role

PACKAGE = Path(__file__).resolve().parent.parent


def flag(name: str) -> bool:
    """An environment variable that is on when it holds 1, true or yes."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes"}


# Who we are ---------------------------------------------------------------------------------------------------------
OPENIOP_DEMO = flag("OPENIOP_DEMO")
OPENIOP_BOUND_TO_LOOPBACK = flag("OPENIOP_LOOPBACK")  # set by `openiop serve`, which knows what it bound
DEBUG = False
# The clinician of this center who has read every public article, and when ("2026-11-01"); empty says "pending".
OPENIOP_CLINICAL_REVIEWER = os.environ.get("OPENIOP_CLINICAL_REVIEWER", "")
OPENIOP_CLINICAL_REVIEWED_ON = os.environ.get("OPENIOP_CLINICAL_REVIEWED_ON", "")
# Folders with more questionnaires, read on top of those shipped: the non-commercial package, a site's own licensed text.
OPENIOP_INSTRUMENT_FOLDERS = [f for f in os.environ.get("OPENIOP_INSTRUMENT_FOLDERS", "").split(os.pathsep) if f]
SECRET_KEY = os.environ.get("OPENIOP_SECRET_KEY", "")
if not SECRET_KEY:
    from openiop.config.secret import local_secret

    SECRET_KEY = local_secret()
ALLOWED_HOSTS = [h for h in os.environ.get("OPENIOP_ALLOWED_HOSTS", "").split(",") if h] or ["127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host not in {"127.0.0.1", "localhost", "*"}]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "procrastinate.contrib.django",
    "openiop.ui.apps.UiConfig",
    "openiop.shared.apps.SharedConfig",
    "openiop.accounts.apps.AccountsConfig",
    "openiop.people.apps.PeopleConfig",
    "openiop.programs.apps.ProgramsConfig",
    "openiop.consents.apps.ConsentsConfig",
    "openiop.messaging.apps.MessagingConfig",
    "openiop.measures.apps.MeasuresConfig",
    "openiop.admissions.apps.AdmissionsConfig",
    "openiop.plans.apps.PlansConfig",
    "openiop.schedule.apps.ScheduleConfig",
    "openiop.attendance.apps.AttendanceConfig",
    "openiop.incentives.apps.IncentivesConfig",
    "openiop.practice.apps.PracticeConfig",
    "openiop.progress.apps.ProgressConfig",
    "openiop.site.apps.SiteConfig",
    "openiop.portal.apps.PortalConfig",
    "openiop.family.apps.FamilyConfig",
    "openiop.desk.apps.DeskConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "openiop.shared.middleware.IdleMiddleware",
    "openiop.shared.middleware.CenterMiddleware",
    "openiop.shared.middleware.GateMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "openiop.config.urls"
WSGI_APPLICATION = "openiop.config.wsgi.application"

OPENIOP_ENTER = "openiop.people.queries.enter"
# Views of these packages carry no gate of ours; allauth guards its own.
OPENIOP_OPEN_MODULES = ("allauth.", "django.views.static", "django.contrib.staticfiles", "whitenoise.")

# Database -----------------------------------------------------------------------------------------------------------
OPENIOP_WEB_ROLE = "openiop_web"
OPENIOP_DB_ROLE = os.environ.get("OPENIOP_DB_ROLE", "web")  # "owner" only for migrate and setup
_POOLED = flag("OPENIOP_POOL")  # set by `openiop serve`


def database(url: str) -> dict[str, object]:
    """Django's settings for a libpq URL. The web process never works as more than the web role."""
    parts = conninfo_to_dict(url)
    user = str(parts.pop("user", ""))
    options: dict[str, object] = {
        key: value for key, value in parts.items() if key not in {"dbname", "password", "host", "port"}
    }
    if OPENIOP_DB_ROLE == "web" and user != OPENIOP_WEB_ROLE:
        options["options"] = as_web_role(str(options.get("options") or ""))
    if _POOLED:
        options["pool"] = {"min_size": 1, "max_size": 4, "timeout": 8}
        options["prepare_threshold"] = 5
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", "openiop"),
        "USER": user,
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
        "OPTIONS": options,
    }


DATABASES = {"default": database(database_urls()[OPENIOP_DB_ROLE])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "shared_cache"}}

# Sign-in ------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    # NIST SP 800-63B-4: length, not composition.
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/welcome/"
ACCOUNT_ADAPTER = "openiop.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "openiop.accounts.forms.LoginForm",
    "request_login_code": "openiop.accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "openiop.accounts.forms.ConfirmLoginCodeForm",
    "reset_password": "openiop.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "openiop.accounts.forms.SetPasswordForm",
    "change_password": "openiop.accounts.forms.ChangePasswordForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # a mail to a stranger would tell whoever reads their mailbox about us
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "signup": False,
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_FORMS = {"add_webauthn": "openiop.accounts.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "OpenIOP"
MFA_TOTP_TOLERANCE = 1  # RFC 6238, 5.2: a phone's clock may be 30 s off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = OPENIOP_BOUND_TO_LOOPBACK

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
OPENIOP_IDLE_LIMIT = timedelta(minutes=int(os.environ.get("OPENIOP_IDLE_MINUTES", "15")))
OPENIOP_SESSION_LIMIT = timedelta(hours=12)

# Transport ----------------------------------------------------------------------------------------------------------
_SECURE = not OPENIOP_BOUND_TO_LOOPBACK
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _SECURE
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("OPENIOP_BEHIND_PROXY") else None
# How many proxies stand in front, so that limits count visitors and not the proxy.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("OPENIOP_BEHIND_PROXY") else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2500  # the review of a long referral has a box for each of its lines
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# Pages --------------------------------------------------------------------------------------------------------------
FORM_RENDERER = "openiop.ui.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "ui" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "openiop.config.context.page",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "openiop.ui.templatetags.ui"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("OPENIOP_STATIC") or default_home() / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Mail ---------------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = os.environ.get("OPENIOP_MAIL_FROM", "OpenIOP <noreply@localhost>")
if os.environ.get("OPENIOP_SMTP_HOST"):
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = os.environ["OPENIOP_SMTP_HOST"]
    EMAIL_PORT = int(os.environ.get("OPENIOP_SMTP_PORT", "587"))
    EMAIL_HOST_USER = os.environ.get("OPENIOP_SMTP_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("OPENIOP_SMTP_PASSWORD", "")
    EMAIL_USE_TLS = True
elif os.environ.get("OPENIOP_MAIL_DIR"):
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = os.environ["OPENIOP_MAIL_DIR"]
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 10

# Words that reach a log never hold what a person typed: only the route's name and the kind of error.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "openiop.config.logs.QuietFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
