"""Money as the database holds it: whole ten-thousandths of the currency unit.

SQLite has no decimal type and would sum floats; whole numbers make every sum and every check exact on each database.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.expressions import Combinable

STEP = Decimal("0.0001")
ZERO = Decimal("0.0000")
# ISO 4217: how many decimals a currency is written with; 2 where nothing is said.
DECIMALS: Mapping[str, int] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def rounded(amount: Decimal) -> Decimal:
    """`amount` to the nearest ten-thousandth, halves up."""
    return amount.quantize(STEP, rounding=ROUND_HALF_UP)


def worded(amount: Decimal, currency: str) -> str:
    """`amount` as people write it in that currency: 12.50 USD, 1250 JPY."""
    return f"{amount:.{DECIMALS.get(currency, 2)}f} {currency}"


if TYPE_CHECKING:
    _WholeNumbers = models.BigIntegerField[Decimal | Combinable, Decimal]
else:
    _WholeNumbers = models.BigIntegerField


class MoneyField(_WholeNumbers):
    """A Decimal in Python, whole ten-thousandths in the database. The currency stands on the project's budget."""

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else Decimal(value) * STEP

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else rounded(Decimal(value))

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or hasattr(value, "resolve_expression"):
            return value  # type: ignore[no-any-return]
        return int(rounded(Decimal(value)) / STEP)


def money(amount: Decimal) -> models.Value:
    """`amount` for use in a database expression, in the unit that the columns hold."""
    return models.Value(amount, output_field=MoneyField())
