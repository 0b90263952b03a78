"""Weak labels: what managers may have this server do to get them."""

from heedful.conf.settings.environment import env

# Labeling functions are Python that this server runs, without a sandbox.
LABELING_FUNCTIONS = env.bool("HEEDFUL_LABELING_FUNCTIONS", default=True)
LABELING_FUNCTION_SECONDS = env.float("HEEDFUL_LABELING_FUNCTION_SECONDS", default=300.0)

# Collectors say who they are, wait between two requests to one host, and stay on the internet unless told otherwise.
COLLECTOR_AGENT = env.str("HEEDFUL_COLLECTOR_AGENT", default="HeedfulCollector/1.0")
COLLECTOR_SECONDS_BETWEEN = env.float("HEEDFUL_COLLECTOR_SECONDS_BETWEEN", default=1.0)
COLLECTOR_PRIVATE_ADDRESSES = env.bool("HEEDFUL_COLLECTOR_PRIVATE_ADDRESSES", default=False)
