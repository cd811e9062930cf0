"""Django's settings, from environment variables. docs/configuration.md lists them for people."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from milepost.config import environment, postgres

# Where things are ------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
MILEPOST_DATA = Path(environment.text("MILEPOST_DATA", "data")).resolve()
MILEPOST_FILES = Path(environment.text("MILEPOST_FILES", str(MILEPOST_DATA / "files"))).resolve()
MILEPOST_HOST = environment.text("MILEPOST_HOST", "127.0.0.1")
MILEPOST_PORT = environment.number("MILEPOST_PORT", 8000)
MILEPOST_URL = environment.text("MILEPOST_URL", f"http://127.0.0.1:{MILEPOST_PORT}").rstrip("/")
MILEPOST_PRACTICE_PORT = environment.number("MILEPOST_PRACTICE_PORT", 8010)
MILEPOST_PRACTICE_URL = environment.text(
    "MILEPOST_PRACTICE_URL", f"http://127.0.0.1:{MILEPOST_PRACTICE_PORT}"
).rstrip("/")

DEBUG = environment.flag("MILEPOST_DEBUG")
HTTPS = MILEPOST_URL.startswith("https://")

_secrets = environment.load_secrets(MILEPOST_DATA)
SECRET_KEY = _secrets["SECRET_KEY"]
LINK_SECRET = _secrets["LINK_SECRET"]
SEALING_SECRET = _secrets["SEALING_SECRET"]

# The outside -----------------------------------------------------------------------------------

PAYMENTS_ARE_PRACTICE = not environment.text("STRIPE_SECRET_KEY")
# Where no money can move, nobody's real customer is sent to pay.
PRACTICE_BUSINESSES_ONLY = PAYMENTS_ARE_PRACTICE
if PAYMENTS_ARE_PRACTICE:
    STRIPE_SECRET_KEY = "sk_test_practice"  # noqa: S105 - the practice gateway takes it, nobody else
    STRIPE_WEBHOOK_SECRET = f"whsec_{_secrets['PRACTICE_WEBHOOK_SECRET']}"
    STRIPE_API_BASE = CHECKOUT_ORIGIN = MILEPOST_PRACTICE_URL
else:
    STRIPE_SECRET_KEY = environment.text("STRIPE_SECRET_KEY")
    STRIPE_WEBHOOK_SECRET = environment.text("STRIPE_WEBHOOK_SECRET")
    STRIPE_API_BASE, CHECKOUT_ORIGIN = "https://api.stripe.com", "https://checkout.stripe.com"
STRIPE_WEBHOOK_PATH = "/hooks/stripe/"
# Where a business's own keys are good, whatever this installation's are.
STRIPE_OWN_API_BASE = "https://api.stripe.com"
# The installation's key is a platform's: each business has an account of its own that is connected to it.
STRIPE_CONNECT = environment.flag("STRIPE_CONNECT") and not PAYMENTS_ARE_PRACTICE
PROVIDER_PAGES = ["https://checkout.stripe.com", "https://connect.stripe.com"]

EMAIL_URL = environment.text("EMAIL_URL")
MILEPOST_FROM_EMAIL = environment.text("MILEPOST_FROM_EMAIL", "Milepost <milepost@localhost>")
DEFAULT_FROM_EMAIL = MILEPOST_FROM_EMAIL
globals().update(environment.email(EMAIL_URL))
# Accounts mail in the request; this backend turns that into outbox rows that the worker sends.
EMAIL_BACKEND = (
    "milepost.mailroom.allauth_mail.OutboxBackend"
    if find_spec("milepost.mailroom.allauth_mail")
    else "django.core.mail.backends.console.EmailBackend"
)

# What the worker sends through; empty without settings, and messages then stay on the Messages screen.
MAIL_BACKEND = environment.text(
    "MILEPOST_MAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend" if EMAIL_URL else ""
)

TWILIO_ACCOUNT_SID = environment.text("TWILIO_ACCOUNT_SID")
TWILIO_AUTH_TOKEN = environment.text("TWILIO_AUTH_TOKEN")
TWILIO_FROM = environment.text("TWILIO_FROM")

# Databases: two roles, one database ------------------------------------------------------------

CLUSTER = postgres.Cluster(
    MILEPOST_DATA, owner_password=_secrets["OWNER_PASSWORD"], app_password=_secrets["APP_PASSWORD"]
)
DATABASE_URL = environment.text("DATABASE_URL")
DATABASE_OWNER_URL = environment.text("DATABASE_OWNER_URL")
EMBEDDED_DATABASE = not DATABASE_URL

DATABASES = {
    "default": environment.database(DATABASE_URL or CLUSTER.url(postgres.APP), max_age_s=600),
    # Migrations, restore and the like. Without its URL they refuse, in words.
    "owner": environment.database(
        DATABASE_OWNER_URL or DATABASE_URL or CLUSTER.url(postgres.OWNER), max_age_s=0
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Parts -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "milepost.records",
    "milepost.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "milepost.web.reader.with_country",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "milepost.config.urls"
WSGI_APPLICATION = "milepost.config.wsgi.application"

_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "OPTIONS": {
            "loaders": _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
            "builtins": ["django_cotton.templatetags.cotton", "django.templatetags.i18n"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "milepost.web.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Accounts --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["milepost.web.session.SignedIn"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Milepost"
# Accounts are made by an owner, not by strangers; a business without a mail server yet may use it, too.
MFA_ALLOW_UNVERIFIED_EMAIL = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"  # the pay page sends people back by a plain link
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
# The field's script reads the token at send time, hours after the page was rendered.
CSRF_COOKIE_HTTPONLY = False

# Browsers --------------------------------------------------------------------------------------

ALLOWED_HOSTS = sorted(
    {urlsplit(MILEPOST_URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"}
    | set(environment.words("MILEPOST_ALLOWED_HOSTS"))
)
CSRF_TRUSTED_ORIGINS = [MILEPOST_URL] if HTTPS else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-src": ["'self'"],
        # A browser applies this to where a form's answer redirects to, too: the pay page.
        "form-action": ["'self'", *dict.fromkeys([CHECKOUT_ORIGIN, *PROVIDER_PAGES])],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # a portal link is a key: it must not leak as a referrer
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 40
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 300

# Language and time -----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# What is said while it runs --------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": environment.text("MILEPOST_LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        "milepost": {"level": environment.text("MILEPOST_LOG_LEVEL", "INFO").upper()},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
