"""The map of a pool of a hundred thousand, in the browser: fluid, and chosen from with a lasso."""

import io

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from heedful.core import artifacts
from heedful.pool.models import Priority, Sample, Source
from heedful.registry.models import Backbone, PoolMap
from tests.factories import write_picture

pytestmark = pytest.mark.browser

MANY = 100_000
SLOWEST_FRAME_MS = 250
"""The processor draws, in want of a graphics card: about 100 where nothing else runs."""


@pytest.fixture
def large(project, tmp_path) -> PoolMap:
    """Two clouds, left and right."""
    address = write_picture(tmp_path / "one.png").as_uri()
    source = Source.objects.create(project=project, kind=Source.Kind.FOLDER, name="many", address="")
    Sample.objects.bulk_create(
        (
            Sample(
                project=project,
                source=source,
                content_hash=str(number),
                name=f"{number}.png",
                address=address,
                width=32,
                height=32,
                group=str(number),
            )
            for number in range(MANY)
        ),
        batch_size=5000,
    )
    ids = np.array(sorted(project.samples.values_list("pk", flat=True)), np.uint32)
    rng = np.random.default_rng(1)
    places = rng.normal(0, 0.08, (MANY, 2)).astype(np.float32)
    places[:, 0] += np.where(np.arange(MANY) % 2, 0.5, -0.5)
    stream = io.BytesIO()
    np.savez(stream, ids=ids, points=np.clip(places, -1, 1))
    address = artifacts.url("maps-of-pools", str(project.pk), "large.npz")
    artifacts.write(address, stream.getvalue())
    backbone = Backbone.objects.create(name="small", key="small", base="small", address="", checkpoint_address="")
    return PoolMap.objects.create(project=project, backbone=backbone, address=address, size=MANY, kept=0.9)


def frame_ms(page: Page) -> float:
    """The median time between two frames while the map is moved."""
    return page.evaluate(
        """async () => {
            const canvas = document.querySelector('[data-testid=scatter]');
            const { left, top, width, height } = canvas.getBoundingClientRect();
            const at = (x) => ({ clientX: left + width / 2 + x, clientY: top + height / 2, bubbles: true, buttons: 1 });
            canvas.dispatchEvent(new MouseEvent('mousedown', at(0)));
            const times = [];
            for (let step = 0; step < 12; step += 1) {
                window.dispatchEvent(new MouseEvent('mousemove', at(step * 5)));
                times.push(await new Promise(requestAnimationFrame));
            }
            window.dispatchEvent(new MouseEvent('mouseup', at(60)));
            const apart = times.slice(1).map((time, place) => time - times[place]).sort((a, b) => a - b);
            return apart[Math.floor(apart.length / 2)];
        }"""
    )


def test_a_lasso_on_a_hundred_thousand_points(visit, owner, project, large):
    page = visit(owner, "/map")
    expect(page.get_by_role("heading", name="100,000 samples")).to_be_visible()
    canvas = page.get_by_test_id("scatter")
    expect(canvas).to_be_visible()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    # Around the left cloud alone.
    corners = [(0.05, 0.15), (0.05, 0.85), (0.45, 0.85), (0.45, 0.15), (0.05, 0.15)]
    steps = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in corners]
    page.mouse.move(*steps[0])
    page.mouse.down()
    for step in steps[1:]:
        page.mouse.move(*step, steps=6)
    page.mouse.up()
    chosen = page.get_by_test_id("selection")
    expect(chosen).to_be_visible()
    count = int(page.get_by_role("heading", name="selected").inner_text().split()[0].replace(",", ""))
    assert 40_000 < count <= 50_000

    page.get_by_text("Move", exact=True).click()
    # What else the machine does slows some of them.
    assert min(frame_ms(page) for _ in range(3)) < SLOWEST_FRAME_MS

    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Select all of no label").click()
    expect(page.get_by_role("heading", name="100,000 samples selected")).to_be_visible()


def test_what_is_chosen_is_asked_about_first_and_back(visit, owner, project, pictures):
    ids = np.array([one.pk for one in pictures], np.uint32)
    stream = io.BytesIO()
    np.savez(stream, ids=ids, points=np.random.default_rng(2).uniform(-1, 1, (len(ids), 2)).astype(np.float32))
    address = artifacts.url("maps-of-pools", str(project.pk), "small.npz")
    artifacts.write(address, stream.getvalue())
    backbone = Backbone.objects.create(name="small", key="small", base="small", address="", checkpoint_address="")
    PoolMap.objects.create(project=project, backbone=backbone, address=address, size=len(ids), kept=0.8)
    page = visit(owner, "/map")
    page.get_by_role("button", name="Select all of no label").click()
    page.get_by_role("button", name="Label first…").click()
    page.get_by_role("button", name="Ask about 8").click()
    expect(page.get_by_role("heading", name="8 samples to be asked first")).to_be_visible()
    assert Priority.objects.count() == 8
    page.get_by_role("button", name="Exclude…").click()
    page.get_by_role("button", name="Exclude 8").click()
    expect(page.get_by_role("heading", name="8 samples set aside, 0 samples to be asked first")).to_be_visible()
    page.get_by_role("button", name="As before").click()
    expect(page.get_by_role("heading", name="set aside")).to_have_count(0)
