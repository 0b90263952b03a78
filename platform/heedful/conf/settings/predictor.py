"""Predictions over the API: who computes them, and how much may be asked at once."""

from heedful.conf import predictor
from heedful.conf.settings.environment import HOME, env

# Another machine's: http://host:port, reachable by nobody but the web server.
PREDICTOR_URL = env.str("HEEDFUL_PREDICTOR_URL", default=predictor.url(HOME))
PREDICT_SECONDS = env.int("HEEDFUL_PREDICT_SECONDS", default=30)
MAX_PREDICT_PICTURES = env.int("HEEDFUL_MAX_PREDICT_PICTURES", default=32)
MAX_PREDICT_BYTES = env.int("HEEDFUL_MAX_PREDICT_BYTES", default=64 * 2**20)
