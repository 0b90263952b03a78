"""Django itself."""

from heedful.conf.settings.environment import CHECKOUT, GENERATED, HOME, env

HEEDFUL_CHECKOUT = CHECKOUT
HEEDFUL_HOME = HOME
HEEDFUL_WEB_HOST = env.str("HEEDFUL_WEB_HOST", default="127.0.0.1")
HEEDFUL_WEB_PORT = env.int("HEEDFUL_WEB_PORT", default=8000)
# The address at which browsers and Label Studio reach the web server.
HEEDFUL_PUBLIC_URL = env.str("HEEDFUL_PUBLIC_URL", default=f"http://localhost:{HEEDFUL_WEB_PORT}")

DEBUG = env.bool("HEEDFUL_DEBUG", default=False)
SECRET_KEY = env.str("HEEDFUL_SECRET_KEY", default=GENERATED.secret_key)
ALLOWED_HOSTS = env.list("HEEDFUL_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("HEEDFUL_TRUSTED_ORIGINS", default=[HEEDFUL_PUBLIC_URL])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "ninja",
    "heedful.conf",
    "heedful.jobs",
    "heedful.accounts",
    "heedful.notifications",
    "heedful.projects",
    "heedful.pool",
    "heedful.budgets",
    "heedful.acquisition",
    "heedful.labeling",
    "heedful.quality",
    "heedful.registry",
    "heedful.inspection",
    "heedful.triggers",
    "heedful.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
ROOT_URLCONF = "heedful.conf.urls"
WSGI_APPLICATION = "heedful.conf.wsgi.application"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "/login"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    {
        "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
]
SESSION_COOKIE_SAMESITE = "Lax"
# Label Studio runs on the same host name at another port, and cookies do not tell ports apart.
SESSION_COOKIE_NAME = "heedful_session"
CSRF_COOKIE_NAME = "heedful_csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("HEEDFUL_SECURE_COOKIES", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
