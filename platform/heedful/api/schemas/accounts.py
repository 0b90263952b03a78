"""People as users of Heedful: accounts, invitations, tokens, and what each role may do."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from heedful.api.schemas.common import PermissionName, Role

Name = Annotated[str, Field(max_length=120)]
Password = Annotated[str, Field(max_length=200)]


class LoginIn(Schema):
    email: str
    password: str


class UserOut(Schema):
    id: int
    email: str
    name: str


class MeIn(Schema):
    name: Name


class NewPasswordIn(Schema):
    current: str
    password: Password


class InvitationPageOut(Schema):
    """What the holder of an invitation's link sees. With an account, they accept with its password."""

    email: str
    project: str
    role: Role
    invited_by: str
    has_account: bool
    expires_at: datetime


class AcceptIn(Schema):
    """`password` is the new account's, or that of the account which the address has already."""

    name: Name = ""
    password: Password


class PermissionOut(Schema):
    """A line of the table of roles: who `may` what."""

    permission: PermissionName
    roles: list[Role]
    may: str


class TokenIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=80)]


class TokenOut(Schema):
    id: int
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None


class NewTokenOut(TokenOut):
    """The only time that the secret itself is shown."""

    token: str
