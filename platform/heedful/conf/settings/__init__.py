"""Django's settings: `base` and one file an integration. Each value is read once, from the environment."""

from heedful.conf.settings.api import *  # noqa: F403
from heedful.conf.settings.base import *  # noqa: F403
from heedful.conf.settings.broker import *  # noqa: F403
from heedful.conf.settings.database import *  # noqa: F403
from heedful.conf.settings.label_studio import *  # noqa: F403
from heedful.conf.settings.logs import *  # noqa: F403
from heedful.conf.settings.notifications import *  # noqa: F403
from heedful.conf.settings.predictor import *  # noqa: F403
from heedful.conf.settings.storage import *  # noqa: F403
from heedful.conf.settings.training import *  # noqa: F403
from heedful.conf.settings.weak import *  # noqa: F403
