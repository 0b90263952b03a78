"""django-ninja."""

from heedful.conf.settings.environment import env

NINJA_PAGINATION_MAX_LIMIT = 500
# How many proxies of ours add the caller's address to X-Forwarded-For. With none, whatever a caller writes there is not
# believed, so that nobody logs in more often than the throttle allows by inventing addresses.
NINJA_NUM_PROXIES = env.int("HEEDFUL_PROXIES", default=0)
