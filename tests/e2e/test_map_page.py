"""The map of a pool of a hundred thousand, in the browser: fluid, and chosen from with a lasso."""

import io

import numpy as np
import pytest
from playwright.sync_api import expect

from heedful.core import artifacts
from heedful.pool.models import Priority
from heedful.registry.models import Backbone, PoolMap
from tests.e2e.pool_maps import make_large_map, move, shown

pytestmark = pytest.mark.browser


def test_a_lasso_on_a_hundred_thousand_points(visit, owner, project, tmp_path):
    make_large_map(project, tmp_path)
    page = shown(visit(owner, "/map"))
    canvas = page.get_by_test_id("scatter")
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
    before = canvas.screenshot()
    # How long a frame takes is measured by `make bench`: here other tests run beside it.
    assert len(move(page)) == 11
    assert canvas.screenshot() != before

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
