"""A page of a long list: where it begins, and how much of it at once."""

from typing import Annotated

from ninja import Query
from pydantic import Field

Offset = Annotated[int, Query(), Field(ge=0)]
Limit = Annotated[int, Query(), Field(ge=1, le=500)]
