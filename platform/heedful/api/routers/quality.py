"""How far the answers can be trusted, as the workers last weighed them."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router

from heedful.accounts.permissions import Permission
from heedful.api.access import needs, project_of
from heedful.api.present import class_out
from heedful.api.schemas.common import ErrorOut
from heedful.api.schemas.quality import (
    AgreementOut,
    AnnotatorQualityOut,
    BlindStudyOut,
    DoubtfulLabelOut,
    DoubtfulOut,
    PairOut,
    QualityOut,
    ShareOut,
)
from heedful.core.signing import media_url
from heedful.labeling.models import Annotator
from heedful.projects.models import Project
from heedful.quality.consensus import doubtful_labels
from heedful.quality.models import Agreement, AnnotatorQuality, BlindStudy, Label
from heedful.quality.study import sentence

router = Router(tags=["quality"])
EXAMPLES = 12


@router.get(
    "/projects/{project_id}/quality",
    operation_id="getQuality",
    response={200: QualityOut, 404: ErrorOut},
    **needs(Permission.SEE_PEOPLE),
)
def get_quality(request: HttpRequest, project_id: int) -> QualityOut:
    project = project_of(request, project_id)
    agreement = Agreement.objects.filter(project=project).first()
    study = BlindStudy.objects.filter(project=project).first()
    measured = AnnotatorQuality.objects.filter(annotator__project=project).select_related("annotator__tier")
    return QualityOut(
        classes=[class_out(one) for one in project.classes()],
        agreement_bar=project.agreement_bar,
        honeypot_bar=project.honeypot_bar,
        honeypot_minimum=project.honeypot_minimum,
        honeypot_share=project.honeypot_share,
        blind_share=project.blind_share,
        agreement=_agreement_out(project, agreement) if agreement else None,
        annotators=[_annotator_out(one) for one in measured.order_by("annotator__tier_id", "annotator_id")],
        blind_study=_study_out(study) if study else None,
        doubtful=_doubtful_out(doubtful_labels(project)),
    )


def _agreement_out(project: Project, agreement: Agreement) -> AgreementOut:
    names = {one.pk: str(one) for one in Annotator.objects.filter(project=project)}
    body = agreement.body
    return AgreementOut(
        alpha=body["alpha"],
        samples=body["samples"],
        shared=body["shared"],
        # Two rows that turned out to be one person are one since, until the answers are weighed again.
        pairs=[
            PairOut(one=names[pair["one"]], other=names[pair["other"]], same=_share(pair))
            for pair in body["pairs"]
            if pair["one"] in names and pair["other"] in names
        ],
        measured_at=agreement.measured_at,
    )


def _share(pair: Mapping[str, Any]) -> ShareOut:
    return ShareOut(right=pair["right"], of=pair["of"], share=pair["share"])


def _annotator_out(measured: AnnotatorQuality) -> AnnotatorQualityOut:
    annotator, known = measured.annotator, measured.on_gold
    return AnnotatorQualityOut(
        annotator_id=annotator.pk,
        annotator=str(annotator),
        tier=annotator.tier.kind if annotator.tier else None,
        state=annotator.state,
        answers=measured.answers,
        confusion=measured.confusion,
        over_all=known["over_all"],
        of_classes=known["of_classes"],
        honeypots=known["honeypots"]["over_all"],
        measured_at=measured.measured_at,
    )


def _study_out(study: BlindStudy) -> BlindStudyOut:
    return BlindStudyOut(**study.body, sentence=sentence(study.body), measured_at=study.measured_at)


def _doubtful_out(labels: QuerySet[Label]) -> DoubtfulOut:
    shown = labels.select_related("sample", "label_class")[:EXAMPLES]
    return DoubtfulOut(
        count=labels.count(),
        items=[
            DoubtfulLabelOut(
                sample_id=one.sample_id,
                sample_name=one.sample.name,
                picture_url=media_url(one.sample.address),
                label=class_out(one.label_class),
                answers=one.answers,
                quality=one.quality or 0.0,
            )
            for one in shown
        ],
    )
