"""Whether the web server can serve: asked by the supervisor, by Docker and by load balancers."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

PATH = "health"


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; an error otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
