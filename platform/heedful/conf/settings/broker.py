"""Celery on Valkey or Redis. Without REDIS_URL the supervisor runs an embedded Valkey on a socket in the home."""

from heedful.conf import valkey
from heedful.conf.settings.environment import HOME, env

REDIS_URL = env.str("REDIS_URL", default=valkey.url(HOME))

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Lost work is found by the lease on its Job row, never by the broker: a redelivered message would start it twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 24 * 3600,
    "socket_keepalive": True,
    "health_check_interval": 25,
    # A web request must not wait for a broker that is away: the job's row is kept, and the sweep sends it later.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# The heavy worker is stopped by SIGQUIT: its job has this long to end by itself.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"

# How long a worker may be silent before its job is given to another.
JOB_LEASE_SECONDS = env.int("HEEDFUL_JOB_LEASE_SECONDS", default=60)
