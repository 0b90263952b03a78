"""People and tokens."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field


class LoginIn(Schema):
    email: str
    password: str


class UserOut(Schema):
    id: int
    email: str
    name: str


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
