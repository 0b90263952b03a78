"""Label Studio: where it is, and the account with which Heedful uses it."""

from heedful.conf.settings.base import HEEDFUL_PUBLIC_URL
from heedful.conf.settings.environment import GENERATED, env

# As browsers reach it; as the workers reach it; and as it reaches us.
LABEL_STUDIO_URL = env.str("LABEL_STUDIO_URL", default="http://localhost:8080")
LABEL_STUDIO_INTERNAL_URL = env.str("LABEL_STUDIO_INTERNAL_URL", default=LABEL_STUDIO_URL)
LABEL_STUDIO_WEBHOOK_HOST = env.str("LABEL_STUDIO_WEBHOOK_HOST", default=HEEDFUL_PUBLIC_URL)
LABEL_STUDIO_TOKEN = env.str("LABEL_STUDIO_TOKEN", default=GENERATED.label_studio_token)
