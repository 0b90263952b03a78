"""Notifications that leave Heedful: by e-mail, and to webhooks at addresses that managers enter."""

from heedful.conf.settings.environment import env

# Without it nothing is mailed: Django's dummy backend.
_EMAIL = env.email_url("HEEDFUL_EMAIL_URL", default="dummymail://")
EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = _EMAIL["EMAIL_HOST"]
EMAIL_PORT = _EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = _EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _EMAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("HEEDFUL_EMAIL_FROM", default="Heedful <heedful@localhost>")

# Whether a webhook may lead to this machine, its network or its cloud's metadata.
WEBHOOK_PRIVATE_ADDRESSES = env.bool("HEEDFUL_WEBHOOK_PRIVATE_ADDRESSES", default=False)
