"""One client of many: reserves prices until the budget says no. Run as a program, with its own database connection."""

import sys
from decimal import Decimal

import django

django.setup()

from heedful.budgets.services import reserve  # noqa: E402
from heedful.core.errors import BudgetExhausted  # noqa: E402


def main(project_id: int, item_ids: list[int]) -> None:
    reserved = 0
    for item_id in item_ids:
        try:
            reserve(project_id=project_id, prices={item_id: Decimal("0.9")})
        except BudgetExhausted:
            continue
        reserved += 1
    sys.stdout.write(f"{reserved}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(argument) for argument in sys.argv[2:]])
