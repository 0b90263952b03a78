"""Logging in and out, and tokens for programs."""

from django.contrib.auth import authenticate
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.http import HttpRequest
from django.views.decorators.csrf import ensure_csrf_cookie
from ninja import Router, Status
from ninja.decorators import decorate_view
from ninja.throttling import AnonRateThrottle

from heedful.accounts.models import ApiToken, User
from heedful.api.access import user_of
from heedful.api.schemas.accounts import LoginIn, NewTokenOut, TokenIn, TokenOut, UserOut
from heedful.api.schemas.common import ErrorOut
from heedful.core.errors import InvalidInput, NotFound

router = Router(tags=["accounts"])


@router.post(
    "/login",
    operation_id="login",
    response={200: UserOut, 422: ErrorOut},
    auth=None,
    throttle=[AnonRateThrottle("20/m")],
)
@decorate_view(ensure_csrf_cookie)
def login(request: HttpRequest, payload: LoginIn) -> User:
    user = authenticate(request, username=payload.email.strip().lower(), password=payload.password)
    if not isinstance(user, User):
        raise InvalidInput("E-mail and password do not belong together.", field="password")
    start_session(request, user)
    return user


@router.post("/logout", operation_id="logout", response={204: None})
def logout(request: HttpRequest) -> Status[None]:
    end_session(request)
    return Status(204, None)


@router.get("/me", operation_id="me", response={200: UserOut, 401: ErrorOut})
@decorate_view(ensure_csrf_cookie)
def me(request: HttpRequest) -> User:
    return user_of(request)


@router.get("/tokens", operation_id="listTokens", response=list[TokenOut])
def list_tokens(request: HttpRequest) -> list[ApiToken]:
    return list(user_of(request).tokens.order_by("-created_at"))


@router.post("/tokens", operation_id="createToken", response={201: NewTokenOut})
def create_token(request: HttpRequest, payload: TokenIn) -> Status[NewTokenOut]:
    token, secret = ApiToken.issue(user=user_of(request), name=payload.name)
    return Status(201, NewTokenOut(**TokenOut.from_orm(token).model_dump(), token=secret))


@router.delete("/tokens/{token_id}", operation_id="deleteToken", response={204: None, 404: ErrorOut})
def delete_token(request: HttpRequest, token_id: int) -> Status[None]:
    deleted, _ = user_of(request).tokens.filter(pk=token_id).delete()
    if not deleted:
        raise NotFound(f"You have no token {token_id}.")
    return Status(204, None)
