"""Artifacts, static files, and how large and from where a pool may be imported."""

from heedful.conf.settings.environment import CHECKOUT, HOME, env

ARTIFACT_ROOT = env.str("HEEDFUL_ARTIFACT_ROOT", default=f"file://{HOME / 'artifacts'}")
# Queued samples stay readable in Label Studio for one to two of these periods.
MEDIA_URL_SECONDS = env.int("HEEDFUL_MEDIA_URL_DAYS", default=30) * 24 * 3600

# Folders on the server from which a manager may import.
IMPORT_ROOTS = env.list("HEEDFUL_IMPORT_ROOTS", default=[str(HOME / "import")])
MAX_IMAGE_PIXELS = env.int("HEEDFUL_MAX_IMAGE_PIXELS", default=100_000_000)
MAX_UPLOAD_BYTES = env.int("HEEDFUL_MAX_UPLOAD_BYTES", default=4 * 2**30)
MAX_BACKBONE_BYTES = env.int("HEEDFUL_MAX_BACKBONE_BYTES", default=512 * 2**20)
MAX_TABLE_BYTES = env.int("HEEDFUL_MAX_TABLE_BYTES", default=512 * 2**20)
SHARD_SIZE = env.int("HEEDFUL_SHARD_SIZE", default=20_000)

FRONTEND_DIST = CHECKOUT / "frontend" / "dist"
STATIC_URL = "/static/"
STATICFILES_DIRS = [("app", FRONTEND_DIST)] if FRONTEND_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True
# Vite has already put a hash into every name below assets/.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/assets/"
