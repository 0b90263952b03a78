"""The model card: all that is known of a version on one page, as HTML and as PDF."""

import re

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import ImageFile

from heedful.jobs.models import Job
from heedful.registry.models import ModelReport
from tests.trained import make_filmed
from workers.runner import run_job


@pytest.fixture
def model(project, tmp_path):
    return make_filmed(project, tmp_path / "pictures")


@pytest.fixture
def looked_into(browser, model):
    for kind in ("errors", "attention", "robustness"):
        browser.post(f"/api/projects/{model.project_id}/models/1/reports/{kind}")
        run_job.apply(kwargs={"job_id": Job.objects.latest("pk").pk}, throw=True)
    assert ModelReport.objects.count() == 3
    return model


def test_a_card_says_what_is_known(browser, looked_into):
    project = looked_into.project
    project.card_notes = "For panels <script>alert(1)</script>"
    project.save()
    answer = browser.get(f"/api/projects/{project.pk}/models/1/card")
    page = answer.content.decode()
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "<script>" not in page
    assert "For panels &lt;script&gt;" in page
    for said in ("version 1", "good: 60", "defective: 20", "80 labels", "under the worst of 40 corruptions"):
        assert said in page
    assert "No class is recognised by a fixed spot" in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)


def test_a_section_without_data_says_what_to_do(browser, model):
    page = browser.get(f"/api/projects/{model.project_id}/models/1/card").content.decode()
    assert "Nobody has tried to fool it: do so on the page Robustness" in page
    assert "Nobody has looked into its errors" in page


def test_a_card_is_a_pdf(browser, model):
    answer = browser.get(f"/api/projects/{model.project_id}/models/1/card?form=pdf&download=true")
    assert answer.content.startswith(b"%PDF")
    # As the library that makes it would have it.
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
    assert answer["Content-Disposition"] == 'attachment; filename="cells-v1-card.pdf"'


@pytest.mark.parametrize("name", ["card.html", "card.pdf"])
def test_a_card_is_made_by_command(model, tmp_path, name, capsys):
    call_command("model_card", str(model.project_id), "--output", str(tmp_path / name))
    assert (tmp_path / name).stat().st_size > 2000
    assert "version 1 of Cells" in capsys.readouterr().out


def test_what_the_command_cannot_do_it_says(model, tmp_path):
    with pytest.raises(CommandError, match=r"name it \.html or \.pdf"):
        call_command("model_card", str(model.project_id), "--output", str(tmp_path / "card.txt"))
    with pytest.raises(CommandError, match="no version 9"):
        call_command("model_card", str(model.project_id), "--version-number", "9", "--output", str(tmp_path / "a.pdf"))
