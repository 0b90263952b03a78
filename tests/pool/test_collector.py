"""The collector: named pages become pictures and weak labels, as robots.txt and the pause between requests allow."""

import io
import json
from itertools import pairwise

import pytest
from PIL import Image

from heedful.core.errors import InvalidInput
from heedful.jobs.models import Job
from heedful.pool.models import Source, WeakSource
from heedful.pool.pictures import Refused
from heedful.pool.services import import_source
from heedful.pool.weak import crawler as crawling
from heedful.pool.weak.collecting import add_collector
from heedful.pool.weak.collector import ClassRule, Plan
from heedful.pool.weak.crawler import Crawler
from heedful.pool.weak.pages import pictures_of, read_page
from heedful.pool.weak.sources import apply_source
from tests.pool.website import Site, running_site

PAUSE = 0.05


@pytest.fixture
def site(settings, tmp_path):
    settings.COLLECTOR_PRIVATE_ADDRESSES = True
    settings.COLLECTOR_SECONDS_BETWEEN = PAUSE
    settings.ARTIFACT_ROOT = f"file://{tmp_path}"
    with running_site() as site:
        yield site


def picture(shade: int) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 24), (shade, 10, 10)).save(stream, "PNG")
    return stream.getvalue()


def cell(site: Site, number: int, keywords: str) -> str:
    site.put(f"/pictures/{number}.png", picture(number), kind="image/png")
    return site.put(
        f"/cells/{number}",
        f'<html><head><title>Cell {number}</title><meta property="og:image" content="/pictures/{number}.png?size=big">'
        f'<meta name="keywords" content="{keywords}"><meta name="maker" content="Sunny &amp; Sons"></head></html>',
    )


def collect(project, owner, pages, *, picture="meta:og:image", label="meta:keywords", rules=()) -> WeakSource:
    source = add_collector(
        project=project,
        name="Cells on the web",
        claimed_accuracy=0.7,
        plan=Plan(pages, picture, label),
        rules=[ClassRule(*rule) for rule in rules],
        by=owner,
    )
    import_source(source_id=source.settings["source_id"], on_progress=lambda done, total: None)
    return apply_source(source_id=source.pk, on_progress=lambda done, total: None)


def said_by(source):
    return dict(source.labels.values_list("sample__metadata__title", "label_class__name"))


def test_pages_become_pictures_with_metadata_and_weak_labels(project, owner, site):
    pages = [cell(site, 1, "solar, cracked cell"), cell(site, 2, "good"), cell(site, 3, "solar")]
    site.files = {f"{path}?size=big" if path.endswith("png") else path: file for path, file in site.files.items()}
    source = collect(project, owner, pages, rules=[("crack", "defective")])
    assert said_by(source) == {"Cell 1": "defective", "Cell 2": "good"}
    samples = project.samples.order_by("pk")
    assert [sample.name for sample in samples] == [f"{site.url}/pictures/{number}.png" for number in (1, 2, 3)]
    assert samples[0].metadata["maker"] == "Sunny & Sons"
    assert samples[0].metadata["page"] == pages[0]
    assert samples[0].shard is not None
    assert Job.objects.filter(kind=Job.Kind.WEIGH_WEAK_LABELS).exists()


def test_pictures_and_labels_may_be_attributes_of_the_same_tag(project, owner, site):
    for number in (1, 2):
        site.put(f"/{number}.png", picture(number), kind="image/png")
    page = site.put(
        "/gallery", '<img src="1.png" alt="Good"><p><img alt="defective" src="/2.png"><img alt="no source">'
    )
    source = collect(project, owner, [page], picture="img@src", label="img@alt")
    assert {one.sample.name[-5:]: one.label_class.name for one in source.labels.all()} == {
        "1.png": "good",
        "2.png": "defective",
    }


def test_what_robots_txt_forbids_is_not_asked_for(project, owner, site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /cells/2\nDisallow: /pictures/3", kind="text/plain")
    pages = [cell(site, number, "good") for number in (1, 2, 3)]
    site.files["/pictures/1.png?size=big"] = site.files["/pictures/1.png"]
    source = collect(project, owner, pages)
    assert source.labeled == 1
    refusals = Source.objects.get().refusals.order_by("row")
    assert [one.name.removeprefix(site.url) for one in refusals] == ["/cells/2", "/pictures/3.png"]
    assert all("robots.txt" in one.reason for one in refusals)
    assert not {"/cells/2", "/pictures/3.png?size=big"} & set(site.paths)
    assert site.paths.count("/robots.txt") == 1


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, False), (500, False)])
def test_without_robots_txt_all_is_allowed_and_where_it_is_kept_from_us_nothing(site, status, allowed):
    site.put("/robots.txt", "", status=status)
    page = site.put("/page", "<title>Here</title>")
    if allowed:
        assert "Here" in Crawler().page(page)
    else:
        with pytest.raises(Refused, match=r"robots\.txt"):
            Crawler().page(page)


def test_requests_say_who_asks_and_keep_the_pause_between_two(site):
    crawler = Crawler()
    for number in range(4):
        crawler.page(site.put(f"/{number}", "<title>x</title>"))
    assert {agent for _, agent, _ in site.asked} == {"HeedfulCollector/1.0"}
    times = [at for _, _, at in site.asked]
    assert len(times) == 5
    assert all(later - earlier >= PAUSE * 0.9 for earlier, later in pairwise(times))


def test_a_longer_pause_that_robots_txt_asks_for_is_kept(site):
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 30\nAllow: /", kind="text/plain")
    slept: list[float] = []
    Crawler(sleep=slept.append).page(site.put("/page", "<title>x</title>"))
    assert slept == [pytest.approx(30, abs=1)]


def test_redirects_are_followed_a_few_times_and_obey_robots_txt_too(site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /private", kind="text/plain")
    site.put("/new", "<title>New</title>")
    assert "New" in Crawler().page(site.put("/old", "", status=301, Location="/new"))
    with pytest.raises(Refused, match=r"robots\.txt"):
        Crawler().page(site.put("/sly", "", status=302, Location="/private"))
    with pytest.raises(Refused, match="on and on"):
        Crawler().page(site.put("/loop", "", status=302, Location="/loop"))


def test_addresses_of_the_own_network_are_refused_unless_the_server_allows_them(site, settings):
    settings.COLLECTOR_PRIVATE_ADDRESSES = False
    with pytest.raises(Refused, match="no address of the internet"):
        Crawler().page(site.put("/page", "<title>x</title>"))
    with pytest.raises(Refused, match="http:// or https://"):
        Crawler().page("file:///etc/passwd")
    assert site.asked == []


def test_what_is_too_large_gone_or_no_page_is_refused(site, monkeypatch):
    monkeypatch.setattr(crawling, "PAGE_BYTES", 2**20)
    with pytest.raises(Refused, match="larger than the 1 MiB"):
        Crawler().page(site.put("/large", "x" * 2**21))
    with pytest.raises(Refused, match="answers 404"):
        Crawler().page(f"{site.url}/gone")
    with pytest.raises(Refused, match="no page but image/png"):
        Crawler().page(site.put("/a.png", picture(1), kind="image/png"))
    with pytest.raises(Refused, match="cannot be reached"):
        Crawler().page("http://127.0.0.1:9/")


def test_what_is_no_picture_is_refused_and_the_rest_goes_in(project, owner, site):
    site.put("/1.png", b"not a picture", kind="image/png")
    site.put("/2.png", picture(2), kind="image/png")
    page = site.put("/gallery", '<img src="1.png" alt="good"><img alt="good" src="/2.png">')
    source = collect(project, owner, [page, site.put("/empty", "<p>nothing</p>")], picture="img@src", label="img@alt")
    assert source.labeled == 1
    assert [one.reason[:20] for one in Source.objects.get().refusals.order_by("row")] == [
        "Not a picture in a k",
        "The page names no pi",
    ]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("title", ["A page"]),
        ("meta:OG:Image", ["a.png"]),
        ("time@datetime", ["1984"]),
        (r"regex:born (\d+)", ["1960", "1961"]),
        ("meta:nothing", []),
    ],
)
def test_rules_find_what_they_name(rule, found):
    page = read_page(
        "<title> A page </title><meta property='og:image' content='a.png'><time datetime=1984>then</time>"
        "<p>born 1960<p>born 1961"
    )
    assert [one.address for one in pictures_of(page, "", rule, "title")] == found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"pages": []}, "pages"),
        ({"pages": ["ftp://x/"]}, "pages"),
        ({"picture": "the big one"}, "picture"),
        ({"label": "regex:no group"}, "label"),
        ({"label": "regex:("}, "label"),
        ({"rules": [{"pattern": "(", "class_name": "good"}]}, "rules"),
        ({"rules": [{"pattern": "x", "class_name": "odd"}]}, "rules"),
    ],
)
def test_a_plan_that_cannot_work_is_refused_by_its_field(browser, project, change, field):
    body = {"name": "Web", "pages": ["http://x.example/"], **change}
    address = f"/api/projects/{project.pk}/weak-labels/collectors"
    refused = browser.post(address, json.dumps(body), content_type="application/json")
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert not Source.objects.exists()


def test_a_name_is_taken_once(project, owner, site):
    collect(project, owner, [site.put("/empty", "")])
    with pytest.raises(InvalidInput, match="already"):
        collect(project, owner, [site.put("/empty", "")])
