"""Average precision against money, drawn as an SVG by hand: a panel a pool, medians with the range of the seeds."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10
from pathlib import Path

from benchmarks.savings.outcomes import AVERAGE_PRECISION, HEADLINE, PRICE, Outcome, best_of_peers, by_arm, median_money
from benchmarks.savings.own import AUTO, DEFAULT, RANDOM_ARM
from benchmarks.savings.pools import RECIPES

WIDTH, HEIGHT, LEFT, TOP, GAP = 440, 260, 54, 58, 74
COLUMNS = 2
MONEY = (500, 300_000)
TICKS = (500, 2_000, 10_000, 50_000, 200_000)
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
COLOURS = ("#1864ab", "#2b8a3e", "#868e96", "#d9480f")
STEPS = 80


def write(outcomes: Sequence[Outcome], path: Path) -> Path:
    pools = [pool for pool in RECIPES if any(one.pool == pool for one in outcomes)]
    panels = [_panel(pool, by_arm(one for one in outcomes if one.pool == pool)) for pool in pools]
    rows = -(-len(panels) // COLUMNS)
    width, height = COLUMNS * (WIDTH + GAP) + LEFT, rows * (HEIGHT + GAP + TOP)
    placed = [_placed(panel, *divmod(number, COLUMNS)) for number, panel in enumerate(panels)]
    style = "text{font:12px system-ui,sans-serif;fill:#343a40}.title{font-weight:600;font-size:14px}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="Average precision reached against money, by pool and arm"><style>{style}</style>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(placed)}</svg>\n'
    )
    return path


def _placed(panel: str, row: int, column: int) -> str:
    return f'<g transform="translate({LEFT + column * (WIDTH + GAP)},{TOP + row * (HEIGHT + GAP + TOP)})">{panel}</g>'


def _panel(pool: str, arms: Mapping[str, Sequence[Outcome]]) -> str:
    shown = {name: arms[name] for name in (AUTO, DEFAULT, RANDOM_ARM) if name in arms}
    peers = dict(best_of_peers(arms, HEADLINE))
    if peers:
        best = min(peers, key=lambda name: median_money(peers[name], HEADLINE))
        shown[best] = peers[best]
    parts = [_axes(pool)]
    for number, (name, arm) in enumerate(shown.items()):
        parts += _curve(arm, COLOURS[number])
        column, row = number % 2, number // 2
        x, y = column * WIDTH // 3, -24 + row * 14
        parts.append(f'<rect x="{x}" y="{y - 9}" width="12" height="4" fill="{COLOURS[number]}"/>')
        parts.append(f'<text x="{x + 16}" y="{y - 3}">{escape(name)}</text>')
    return "".join(parts)


def _axes(pool: str) -> str:
    share = RECIPES[pool].share
    lines = [f'<text class="title" x="0" y="-44">{pool}, {share:.1%} rare: share of the all-labels AP</text>']
    for value in SHARES:
        y = _y(value)
        lines.append(f'<line x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dee2e6"/>')
        lines.append(f'<text x="-8" y="{y + 4:.1f}" text-anchor="end">{value:.0%}</text>')
    y = _y(HEADLINE[2])
    lines.append(f'<line x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#343a40" stroke-dasharray="3 3"/>')
    for money in TICKS:
        lines.append(f'<text x="{_x(money):.1f}" y="{HEIGHT + 18}" text-anchor="middle">${money:,}</text>')
    lines.append(f'<text x="{WIDTH / 2}" y="{HEIGHT + 36}" text-anchor="middle">money for labels</text>')
    return "".join(lines)


def _curve(arm: Sequence[Outcome], colour: str) -> Iterator[str]:
    """Nothing before a seed's first model; and an arm that stopped, since it has reached everything, stays there."""
    end = max(one.points[-1][0] for one in arm) * PRICE
    start = min(one.points[0][0] for one in arm) * PRICE
    grid = [start * (end / start) ** (step / STEPS) for step in range(STEPS + 1)] if end > start else [float(start)]
    reached = [[_reached(one, money) for one in arm] for money in grid]
    upper = [f"{_x(money):.1f},{_y(max(values)):.1f}" for money, values in zip(grid, reached, strict=True)]
    lower = [f"{_x(money):.1f},{_y(min(values)):.1f}" for money, values in zip(grid, reached, strict=True)]
    middle = [f"{_x(m):.1f},{_y(statistics.median(values)):.1f}" for m, values in zip(grid, reached, strict=True)]
    yield f'<polygon points="{" ".join([*upper, *reversed(lower)])}" fill="{colour}" fill-opacity="0.12"/>'
    yield f'<polyline points="{" ".join(middle)}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _reached(outcome: Outcome, money: float) -> float:
    before = [point for point in outcome.points if point[0] * PRICE <= money + 1e-6]
    return before[-1][1 + AVERAGE_PRECISION] if before else 0.0


def _x(money: float) -> float:
    low, high = MONEY
    return WIDTH * (log10(max(money, low)) - log10(low)) / (log10(high) - log10(low))


def _y(share: float) -> float:
    return HEIGHT * (1 - min(max(share, 0.0), 1.1) / 1.1)
