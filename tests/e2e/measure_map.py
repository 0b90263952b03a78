"""The time between frames of the map, beside a plain canvas. Run by `python -m benchmarks --only map`, which says where
the figures go."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.pool_maps import MANY, make_large_map, move, shown

pytestmark = pytest.mark.browser


def move_plain_canvas(page: Page, steps: int = 12) -> list[float]:
    """Milliseconds between frames of a loop that draws as many squares on a 2-D canvas of the same size."""
    return page.evaluate(
        """async ([count, steps]) => {
            const like = document.querySelector('[data-testid=scatter]').getBoundingClientRect();
            const canvas = Object.assign(document.createElement('canvas'), { width: like.width, height: like.height });
            canvas.style.cssText = `position:fixed;left:${like.left}px;top:${like.top}px;z-index:999`;
            document.body.append(canvas);
            const pen = canvas.getContext('2d');
            const x = Float32Array.from({ length: count }, () => Math.random() * like.width);
            const y = Float32Array.from({ length: count }, () => Math.random() * like.height);
            const times = [];
            for (let step = 0; step < steps; step += 1) {
                pen.clearRect(0, 0, like.width, like.height);
                for (let at = 0; at < count; at += 1) {
                    pen.fillStyle = at % 2 ? '#e69f00' : '#56b4e9';
                    pen.fillRect(x[at] + step * 5, y[at], 3, 3);
                }
                times.push(await new Promise(requestAnimationFrame));
            }
            canvas.remove();
            return times.slice(1).map((time, place) => time - times[place]);
        }""",
        [MANY, steps],
    )


def test_frames(visit, owner, project, tmp_path):
    make_large_map(project, tmp_path)
    page = shown(visit(owner, "/map"))
    page.get_by_text("Move", exact=True).click()
    frames: dict[str, list[float]] = {"Heedful": [], "Canvas 2D, a plain loop": []}
    for _ in range(int(os.environ["HEEDFUL_FRAMES_TURNS"])):
        for taken, measure in zip(frames.values(), (move, move_plain_canvas), strict=True):
            taken += measure(page)
    Path(os.environ["HEEDFUL_FRAMES"]).write_text(json.dumps(frames))
