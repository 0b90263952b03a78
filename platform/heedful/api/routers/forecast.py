"""The forecast: what more money is expected to buy."""

from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.forecast import ForecastOut
from heedful.registry.forecasts import Standing, standing

router = Router(tags=["money"])
Amount = Annotated[Decimal | None, Query(gt=0, max_digits=14, decimal_places=4)]


@router.get(
    "/projects/{project_id}/forecast",
    operation_id="getForecast",
    response={200: ForecastOut, 404: ErrorOut, 422: ErrorOut},
    **needs(Permission.SEE_MONEY),
)
def get_forecast(request: HttpRequest, project_id: int, amount: Amount = None) -> Standing:
    """Quality against money to come, with its doubt; whether the next round is worth its price; what learning actively
    has saved; and what earlier forecasts said of what came. `amount`: say what so much more buys."""
    return standing(project_of(request, project_id), amount=amount)
