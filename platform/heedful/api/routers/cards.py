"""Model cards, as a page that stands alone and as PDF."""

from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.schemas.common import ErrorOut
from heedful.registry.cards import card_html, card_pdf
from heedful.registry.variants import named_version

router = Router(tags=["models"])


@router.get(
    "/projects/{project_id}/models/{number}/card",
    operation_id="getCard",
    response={200: None, 404: ErrorOut, 409: ErrorOut},
    **needs(Permission.SEE),
)
def get_card(
    request: HttpRequest, project_id: int, number: int, form: Literal["html", "pdf"] = "html", download: bool = False
) -> HttpResponse:
    """What the version is, what it rests on, how good it is, and what it is not for, on one page."""
    project = project_of(request, project_id)
    model = named_version(project, number)
    if form == "pdf":
        response = HttpResponse(card_pdf(model), content_type="application/pdf")
    else:
        response = HttpResponse(card_html(model))
        # Text of people stands in it: it is a page to read, and runs nothing.
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        response["X-Frame-Options"] = "SAMEORIGIN"
    name = f"{slugify(project.name) or 'model'}-v{number}-card.{form}"
    kind = "attachment" if download else "inline"
    response["Content-Disposition"] = f'{kind}; filename="{name}"'
    return response
