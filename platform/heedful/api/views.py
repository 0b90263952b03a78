"""What is not JSON for our page: Label Studio's webhooks, signed media, and the page itself."""

import json
import mimetypes
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST, require_safe

from heedful.core import artifacts
from heedful.core.errors import HeedfulError
from heedful.core.signing import media_address
from heedful.labeling.inbox import receive

HOOK_HEADER = "X-Heedful-Secret"


@csrf_exempt
@require_POST
def label_studio_hook(request: HttpRequest, hook: UUID) -> HttpResponse:
    """Store the event and answer at once: Label Studio waits one second and never repeats itself."""
    try:
        payload = json.loads(request.body)
        receive(hook=str(hook), secret=request.headers.get(HOOK_HEADER, ""), payload=payload)
    except json.JSONDecodeError:
        return JsonResponse({"code": "invalid_input", "message": "The body is not JSON."}, status=400)
    except HeedfulError as error:
        return JsonResponse({"code": error.code, "message": error.message}, status=error.status)
    return HttpResponse(status=204)


@require_safe
def media(request: HttpRequest, token: str) -> HttpResponse | FileResponse:
    """A picture, heatmap or model, for whoever holds its signed address; Label Studio's page may embed it."""
    try:
        address, download_as = media_address(token)
        stream = artifacts.open_binary(address)
    except HeedfulError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain")
    except FileNotFoundError:
        return HttpResponse("This file is gone.", status=404, content_type="text/plain")
    content_type = mimetypes.guess_type(address)[0] or "application/octet-stream"
    response = FileResponse(stream, as_attachment=bool(download_as), filename=download_as, content_type=content_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = f"private, max-age={settings.MEDIA_URL_SECONDS}, immutable"
    # Pictures come from outside: whatever one pretends to be, it is not a page of ours.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_GET
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The single-page application; its own router reads the address."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.is_file():
        return HttpResponse("The page is not built yet: run `make frontend`.", status=503, content_type="text/plain")
    return HttpResponse(index.read_bytes(), content_type="text/html; charset=utf-8")
