"""Logging in and out, one's own account, invitations as their holders see them, and tokens for programs."""

from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.http import HttpRequest
from django.views.decorators.csrf import ensure_csrf_cookie
from ninja import Router, Status
from ninja.decorators import decorate_view
from ninja.throttling import AnonRateThrottle, AuthRateThrottle

from heedful.accounts.invitations import check_password, invitation_of
from heedful.accounts.models import ApiToken, User
from heedful.accounts.permissions import TABLE, Role
from heedful.api.access import user_of
from heedful.api.schemas.accounts import (
    AcceptIn,
    InvitationPageOut,
    LoginIn,
    MeIn,
    NewPasswordIn,
    NewTokenOut,
    PermissionOut,
    TokenIn,
    TokenOut,
    UserOut,
)
from heedful.api.schemas.common import ErrorOut
from heedful.core.errors import InvalidInput, NotFound
from heedful.labeling.annotators import accept_invitation

router = Router(tags=["accounts"])
INVITATION = "/invitations/{token}"


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


@router.get(
    INVITATION,
    operation_id="getInvitation",
    response={200: InvitationPageOut, 404: ErrorOut},
    auth=None,
    throttle=[AnonRateThrottle("60/m")],
)
@decorate_view(ensure_csrf_cookie)
def get_invitation(request: HttpRequest, token: str) -> InvitationPageOut:
    """What one is invited to."""
    invitation = invitation_of(token)
    return InvitationPageOut(
        email=invitation.email,
        project=invitation.project.name,
        role=invitation.role,
        invited_by=invitation.by.name or invitation.by.email,
        has_account=User.objects.filter(email=invitation.email).exists(),
        expires_at=invitation.expires_at,
    )


@router.post(
    f"{INVITATION}/accept",
    operation_id="acceptInvitation",
    response={200: UserOut, 404: ErrorOut, 422: ErrorOut},
    auth=None,
    throttle=[AnonRateThrottle("20/m")],
)
@decorate_view(ensure_csrf_cookie)
def accept(request: HttpRequest, token: str, payload: AcceptIn) -> User:
    """Join the project and be logged in: with a new account and its password, or with that of the present one."""
    user = accept_invitation(token=token, name=payload.name, password=payload.password)
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


@router.patch("/me", operation_id="changeMe", response={200: UserOut, 422: ErrorOut})
def change_me(request: HttpRequest, payload: MeIn) -> User:
    user = user_of(request)
    user.name = payload.name.strip()
    user.save(update_fields=["name"])
    return user


@router.post(
    "/me/password",
    operation_id="changePassword",
    response={204: None, 422: ErrorOut},
    throttle=[AuthRateThrottle("20/m")],
)
def change_password(request: HttpRequest, payload: NewPasswordIn) -> Status[None]:
    """Ends the caller's other sessions; tokens go on working."""
    user = user_of(request)
    if not user.check_password(payload.current):
        raise InvalidInput("This is not your password.", field="current")
    check_password(payload.password, user)
    user.set_password(payload.password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    return Status(204, None)


@router.get("/permissions", operation_id="listPermissions", response=list[PermissionOut])
def list_permissions(request: HttpRequest) -> list[PermissionOut]:
    """Who may do what in a project."""
    return [
        PermissionOut(permission=permission, roles=[role for role in Role if role in grant.roles], may=grant.sentence)
        for permission, grant in TABLE.items()
    ]


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
