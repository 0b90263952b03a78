"""A map of a pool of a hundred thousand, and the time between its frames while it is moved."""

import io
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

from heedful.core import artifacts
from heedful.pool.models import Sample, Source
from heedful.projects.models import Project
from heedful.registry.models import Backbone, PoolMap
from tests.factories import write_picture

MANY = 100_000


def make_large_map(project: Project, folder: Path) -> PoolMap:
    """Two clouds, left and right."""
    address = write_picture(folder / "one.png").as_uri()
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


def shown(page: Page) -> Page:
    """Once it is drawn: a blank canvas makes a small picture."""
    expect(page.get_by_role("heading", name="100,000 samples")).to_be_visible()
    expect(page.get_by_test_id("scatter")).to_be_visible()
    page.wait_for_function("document.querySelector('[data-testid=scatter]').toDataURL().length > 20_000")
    page.wait_for_timeout(300)
    return page


def move(page: Page, steps: int = 12) -> list[float]:
    """Milliseconds between frames."""
    return page.evaluate(
        """async (steps) => {
            const canvas = document.querySelector('[data-testid=scatter]');
            const { left, top, width, height } = canvas.getBoundingClientRect();
            const at = (x) => ({ clientX: left + width / 2 + x, clientY: top + height / 2, bubbles: true, buttons: 1 });
            canvas.dispatchEvent(new MouseEvent('mousedown', at(0)));
            const times = [];
            for (let step = 0; step < steps; step += 1) {
                window.dispatchEvent(new MouseEvent('mousemove', at(step * 5)));
                times.push(await new Promise(requestAnimationFrame));
            }
            window.dispatchEvent(new MouseEvent('mouseup', at(60)));
            return times.slice(1).map((time, place) => time - times[place]);
        }""",
        steps,
    )
