"""Logs: an event and its ids on one line, to standard error."""

import structlog

from heedful.conf.settings.environment import env

LOG_LEVEL = env.str("HEEDFUL_LOG_LEVEL", default="INFO")
SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
    structlog.processors.StackInfoRenderer(),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(
                # Plain: a rich traceback prints local variables, tokens among them.
                colors=False,
                pad_event_to=32,
                exception_formatter=structlog.dev.plain_traceback,
            ),
            "foreign_pre_chain": SHARED_PROCESSORS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
        "celery.worker": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        # A hundred lines an export, about each node that was simplified away.
        "onnx_ir": {"level": "WARNING"},
        "onnxscript": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
