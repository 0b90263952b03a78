"""Looks at a project's books again and again while others move its money, until something comes in by standard input.

Prints how often it looked and whatever was not as it must be: it sees every limit held at each moment, not at the end
alone.
"""

import json
import select
import sys

import django

django.setup()

from django.db import connection  # noqa: E402

from heedful.labeling.audit import audit  # noqa: E402

# One statement sees one moment.
MOMENT = """
    SELECT budget."limit" - budget.spent - budget.reserved,
           budget."limit" - SUM(entry.granted), budget.reserved - SUM(entry.held), budget.spent - SUM(entry.spent),
           COUNT(entry.annotation_id) FILTER (WHERE entry.kind = 'charge')
           - COUNT(DISTINCT entry.annotation_id)
    FROM budgets_budget budget JOIN budgets_ledgerentry entry ON entry.project_id = budget.project_id
    WHERE budget.project_id = %s
    GROUP BY budget.id
"""


def look(project_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(MOMENT, [project_id])
        left, *differences = cursor.fetchone()
    wrong = [f"{left} left, differences {differences}"] if left < 0 or any(differences) else []
    return [*wrong, *map(str, audit(project_id).differences)]


def main(project_id: int) -> None:
    looks, differences = 0, set[str]()
    while not select.select([sys.stdin], [], [], 0.1)[0]:
        differences.update(look(project_id))
        looks += 1
    sys.stdout.write(json.dumps({"looks": looks, "differences": sorted(differences)}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
