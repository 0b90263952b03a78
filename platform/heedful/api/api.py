"""The API: one router an app, and the one place where errors become HTTP."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError

from heedful import __version__
from heedful.api.access import AUTHENTICATION
from heedful.api.routers import (
    accounts,
    augmentation,
    backbones,
    budgets,
    cards,
    errors,
    forecast,
    inspection,
    jobs,
    learning,
    loop,
    marks,
    money,
    my_queue,
    notifications,
    people,
    plans,
    pool,
    poolmap,
    projects,
    quality,
    querying,
    queue,
    registry,
    reports,
    samples,
    serving,
    triggers,
    weak,
)
from heedful.api.schemas.common import ErrorOut
from heedful.core.errors import HeedfulError

api = NinjaAPI(
    title="Heedful",
    version=__version__,
    description="Everything the page does. Authenticate with a session or with `Authorization: Bearer <token>`.",
    auth=AUTHENTICATION,
    # Extensions, so that each operation shows its permission.
    docs=Swagger(settings={"showExtensions": True}),
    docs_decorator=login_required,
    urls_namespace="api",
)
api.add_router("", accounts.router)
PROJECTS = (
    *(projects, loop, queue, querying, registry, backbones, learning, serving, jobs, money, budgets, forecast, plans),
    *(augmentation, inspection, reports, errors, marks, cards, poolmap),
    *(triggers, people, my_queue, notifications, pool, samples, quality, weak),
)
for module in PROJECTS:
    api.add_router("", module.router)


@api.exception_handler(HeedfulError)
def refuse(request: HttpRequest, error: HeedfulError) -> HttpResponse:
    body = ErrorOut(code=error.code, message=error.message, field=error.field)
    return api.create_response(request, body.model_dump(), status=error.status)


@api.exception_handler(AuthenticationError)
def refuse_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    body = ErrorOut(code="not_authenticated", message="Log in, or send a valid token.")
    return api.create_response(request, body.model_dump(), status=401)


@api.exception_handler(HttpError)
def refuse_otherwise(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What django-ninja refuses by itself: a body that is no JSON, a missing CSRF token, too many requests."""
    body = ErrorOut(code="refused", message=str(error))
    return api.create_response(request, body.model_dump(), status=error.status_code)


@api.exception_handler(TooManyFilesSent)
def refuse_crowd(request: HttpRequest, error: TooManyFilesSent) -> HttpResponse:
    body = ErrorOut(code="invalid_input", message="Too many files at once; send fewer.")
    return api.create_response(request, body.model_dump(), status=422)


@api.exception_handler(ValidationError)
def refuse_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first thing that is wrong, with the path to it: `budget: Input should be greater than or equal to 0`."""
    first = error.errors[0]
    path = [str(step) for step in first["loc"][2:]] or [str(first["loc"][-1])]
    field = ".".join(path)
    body = ErrorOut(code="invalid_input", message=f"{field}: {first['msg']}.", field=field)
    return api.create_response(request, body.model_dump(), status=422)
