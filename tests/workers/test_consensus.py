"""What a worker makes of several answers: labels, what is known of annotators, their agreement, the blind study."""

import numpy as np
import pytest

from heedful.jobs.models import Job
from heedful.projects.models import Project
from heedful.quality.corrections import correct
from heedful.quality.models import Agreement, AnnotatorQuality, BlindStudy, Label
from tests.answering import asked, gold, said, weigh
from tests.factories import hear, know, tier_of
from workers.running import RunningJob
from workers.tasks.consensus import weigh_answers


def quality_of(project, person) -> AnnotatorQuality:
    return AnnotatorQuality.objects.get(annotator=know(project, person))


def test_what_several_say_is_settled_with_how_sure_it_is(staffed):
    item, other = asked(staffed, staffed.samples.all()[:2])
    said(item, (1, "good"), (2, "good"), (11, "defective"))
    said(other, (3, "good"))
    weigh(staffed)
    label = Label.objects.get(sample=item.sample)
    assert (label.label_class.name, label.answers) == ("good", 3)
    assert 0.5 < label.quality < 1
    assert Label.objects.get(sample=other.sample).quality is None


def test_two_experts_outweigh_three_who_are_often_wrong(staffed):
    Project.objects.get(pk=staffed.pk).tiers.filter(kind="weak").update(claimed_accuracy=0.55)
    (item,) = asked(staffed, staffed.samples.all()[:1], answers=5)
    said(item, (11, "defective"), (12, "defective"), (13, "defective"), (1, "good"), (2, "good"))
    assert Label.objects.get(sample=item.sample).label_class.name == "defective"
    weigh(staffed)
    label = Label.objects.get(sample=item.sample)
    assert label.label_class.name == "good"
    assert label.annotation.annotator.tier.kind == "expert"


def test_a_model_alone_makes_no_label(staffed):
    weak = tier_of(staffed, "weak").pk
    (item,) = asked(staffed, staffed.samples.all()[:1], tier_id=weak, answers=1, probabilities=[0.0001, 0.9999])
    said(item, (11, "good"))
    weigh(staffed)
    label = Label.objects.get(sample=item.sample)
    assert label.label_class.name == "good"
    assert label.quality < staffed.agreement_bar


def test_a_model_decides_between_equals_and_what_it_agrees_with_is_surer(staffed):
    items = asked(staffed, staffed.samples.all()[:6], probabilities=[0.9, 0.1])
    for item in items[:5]:
        said(item, (1, "good"), (2, "good"))
    said(items[5], (1, "defective"), (2, "good"))
    weigh(staffed)
    # A tie: the class that is likelier to the model.
    disputed = Label.objects.get(sample=items[5].sample)
    agreed = Label.objects.get(sample=items[0].sample)
    assert disputed.label_class.name == "good"
    assert disputed.quality < agreed.quality


def test_weighed_twice_nothing_changes(staffed):
    (item,) = asked(staffed, staffed.samples.all()[:1])
    said(item, (1, "good"), (11, "defective"))
    weigh(staffed)
    before = (Label.objects.values().get(), Agreement.objects.get().body, quality_of(staffed, 1).confusion)
    weigh_answers(RunningJob(Job.objects.get(kind=Job.Kind.CONSENSUS)))
    assert (Label.objects.values().get(), Agreement.objects.get().body, quality_of(staffed, 1).confusion) == before


def test_agreement_counts_what_was_answered_twice(staffed):
    items = asked(staffed, staffed.samples.all()[:4])
    for item, (one, other) in zip(
        items, [("good",) * 2, ("good",) * 2, ("defective",) * 2, ("good", "defective")], strict=True
    ):
        said(item, (1, one), (2, other))
    weigh(staffed)
    body = Agreement.objects.get(project=staffed).body
    assert (body["shared"], body["samples"]) == (4, 4)
    (pair,) = body["pairs"]
    assert (pair["right"], pair["of"]) == (3, 4)
    assert pair["share"]["low"] < 0.75 < pair["share"]["high"]
    # Krippendorff: 1 - (2 / 8) / (1 - (5*4 + 3*2) / (8*7)).
    assert body["alpha"]["value"] == pytest.approx(1 - 0.25 / (1 - 26 / 56))


def test_nobody_is_judged_by_a_truth_they_had_a_part_in(staffed):
    _, three, dissent = gold(staffed, 3)
    said(three, (3, "defective"))
    said(dissent, (3, "good"))
    weigh(staffed)
    assert quality_of(staffed, 3).on_gold["over_all"]["of"] == 2
    assert quality_of(staffed, 3).on_gold["over_all"]["right"] == 1
    # Of the first only one other has spoken, of the second the two others differ.
    assert quality_of(staffed, 1).on_gold["over_all"] == quality_of(staffed, 2).on_gold["over_all"]
    assert quality_of(staffed, 1).on_gold["over_all"]["of"] == 1


def test_a_correction_judges_all_who_answered(staffed, owner):
    (item,) = asked(staffed, staffed.samples.all()[:1])
    said(item, (1, "good"), (11, "defective"))
    correct(sample=item.sample, label_class=staffed.label_classes.get(name="defective"), by=owner)
    weigh(staffed)
    assert [quality_of(staffed, one).on_gold["over_all"]["right"] for one in (1, 11)] == [0, 1]
    of_classes = quality_of(staffed, 11).on_gold["of_classes"]
    assert [one["of"] for one in of_classes] == [0, 1]
    assert Label.objects.get(sample=item.sample).label_class.name == "defective"


def test_honeypots_judge_people_and_settle_nothing(staffed):
    sample = gold(staffed, 1)[0].sample
    weak = tier_of(staffed, "weak").pk
    (honeypot,) = asked(staffed, [sample], tier_id=weak, answers=1, honeypot=True)
    Job.objects.filter(kind=Job.Kind.CONSENSUS).delete()
    said(honeypot, (11, "defective"))
    weigh(staffed)
    found = quality_of(staffed, 11)
    assert (found.answers, found.on_gold["honeypots"]["over_all"]["right"]) == (0, 0)
    assert found.on_gold["honeypots"]["over_all"]["of"] == 1
    assert found.confusion[0][1] > 0.2
    label = Label.objects.get(sample=sample)
    assert (label.label_class.name, label.answers) == ("good", 2)


def test_the_blind_study_compares_what_was_shown_with_what_was_not(staffed, owner):
    rng = np.random.default_rng(0)
    samples = list(staffed.samples.order_by("pk")[:80])
    classes = [staffed.label_classes.get(name=name) for name in ("good", "defective")]
    shown = asked(staffed, samples[:40], answers=1, probabilities=[0.1, 0.9])
    blind = asked(staffed, samples[40:], answers=1, probabilities=[0.1, 0.9], blind=True)
    # The truth is good; whoever sees the model's opinion follows it nine times in ten.
    for item in shown:
        said(item, (1, "defective" if rng.random() < 0.9 else "good"), lead_time=10 + rng.random())
        correct(sample=item.sample, label_class=classes[0], by=owner)
    for item in blind:
        said(item, (1, "good" if rng.random() < 0.9 else "defective"), lead_time=20 + rng.random())
        correct(sample=item.sample, label_class=classes[0], by=owner)
    weigh(staffed)
    body = BlindStudy.objects.get(project=staffed).body
    assert body["verdict"] == "misleads"
    assert (body["shown"]["answers"], body["blind"]["answers"]) == (40, 40)
    assert body["more_followed"]["low"] > 0
    assert body["more_seconds"]["high"] < 0
    assert body["blind"]["median_seconds"]["value"] == pytest.approx(20.5, abs=0.5)


def test_only_what_a_model_had_an_opinion_of_is_studied(staffed):
    (item,) = asked(staffed, staffed.samples.all()[:1], blind=True)
    said(item, (1, "good"))
    weigh(staffed)
    assert not BlindStudy.objects.exists()


def test_one_experts_word_asks_for_no_weighing(staffed):
    (item,) = asked(staffed, staffed.samples.all()[:1])
    said(item, (1, "good"))
    assert not Job.objects.filter(kind=Job.Kind.CONSENSUS).exists()


def test_an_answer_of_somebody_unknown_keeps_the_others_from_nothing(staffed):
    (item,) = asked(staffed, staffed.samples.all()[:1], answers=3)
    said(item, (1, "good"), (2, "good"))
    hear(item, "defective", tier=None, person=99, external_id=99)
    weigh(staffed)
    label = Label.objects.get(sample=item.sample)
    assert label.label_class.name == "good"
    assert label.quality is not None
