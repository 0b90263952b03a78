"""One client of many, run as a program with its own database connection.

It does what chance says to one project until its steps are done, and prints what it did. What a service refuses is
refused; any other error, a deadlock for one, ends it.
"""

import json
import random
import sys
from collections.abc import Callable
from decimal import Decimal

import django

django.setup()

from heedful.projects.models import Project  # noqa: E402
from tests.budgets.actions import KNOWN, PERIODS, STRANGERS, TIERS, Actions  # noqa: E402

PEOPLE = (*KNOWN, *STRANGERS)


class Chance:
    """What one seed makes of each action. Clients together should ask and answer far more often than forbid."""

    def __init__(self, actions: Actions, seed: int) -> None:
        self.actions = actions
        self.random = random.Random(seed)
        self.steps: dict[Callable[[], bool], int] = {
            self.fill_a_round: 6,
            lambda: actions.ask_before_reserving(self.random.random() < 0.3): 1,
            actions.approve_plan: 3,
            actions.send: 4,
            self.answer: 14,
            self.skip: 2,
            self.edit: 5,
            lambda: actions.delete(self.upto(30)): 2,
            lambda: actions.withdraw(self.upto(8)): 2,
            lambda: actions.outbid(self.upto(4)): 1,
            lambda: actions.expire(self.upto(9)): 1,
            self.change_rate: 2,
            lambda: actions.top_up(self.money(10)): 2,
            lambda: actions.lower(self.money(5)): 1,
            # Thawed more often than frozen, so that something can happen.
            lambda: actions.freeze(self.random.random() < 0.2): 2,
            lambda: actions.change_rules(self.random.uniform(0, 2), self.random.uniform(1, 5)): 1,
            self.allow: 1,
            lambda: actions.disallow(self.upto(3)): 2,
            lambda: actions.assign(self.random.choice(PEOPLE), self.upto(len(TIERS))): 1,
            lambda: actions.approve(self.upto(9)): 2,
            lambda: actions.waive(self.upto(9)): 1,
        }

    def step(self) -> bool:
        [step] = self.random.choices(list(self.steps), weights=list(self.steps.values()))
        return step()

    def upto(self, end: int) -> int:
        return self.random.randrange(end)

    def money(self, most: int) -> Decimal:
        return Decimal(self.random.randint(5, 100 * most)) / 100

    def choice(self) -> str:
        return self.random.choice(("good", "defective"))

    def lead_time(self) -> float | None:
        return self.random.choice((None, self.random.uniform(1, 60), self.random.uniform(1, 300)))

    def fill_a_round(self) -> bool:
        return self.actions.fill_a_round(1 + self.upto(8), self.upto(2), self.upto(3), days=1 + self.upto(7))

    def answer(self) -> bool:
        person = self.random.choice(PEOPLE)
        return self.actions.answer(self.upto(10), self.choice(), self.lead_time(), person, self.random.uniform(-1, 1))

    def skip(self) -> bool:
        return self.actions.answer(self.upto(10), None, self.lead_time(), self.random.choice(PEOPLE), 0)

    def edit(self) -> bool:
        choice = self.random.choice((self.choice(), self.choice(), None))
        return self.actions.edit(self.upto(20), choice, self.lead_time(), self.random.uniform(-1, 2))

    def change_rate(self) -> bool:
        kind = self.random.choice(("per_label", "hourly"))
        return self.actions.change_rate(self.upto(6), kind, self.money(2), days_ago=self.random.randint(-1, 1))

    def allow(self) -> bool:
        return self.actions.allow(self.upto(6), self.upto(len(PERIODS)), self.money(40))


def main(project_id: int, seed: int, steps: int) -> None:
    chance = Chance(Actions(Project.objects.get(pk=project_id)), seed)
    for _ in range(steps):
        chance.step()
    sys.stdout.write(json.dumps(chance.actions.done))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
