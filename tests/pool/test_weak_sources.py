"""Weak sources: tables, functions and joins over the pool. What cannot be used is refused by row."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command

from heedful.accounts.models import AuditEntry
from heedful.core import artifacts
from heedful.core.errors import InvalidInput, NotAllowed
from heedful.jobs.models import Job
from heedful.pool.models import Sample, WeakLabel, WeakSource
from heedful.pool.weak.functions import preview_function
from heedful.pool.weak.labels import fingerprint
from heedful.pool.weak.sources import apply_source, change_source, delete_source, put_source
from heedful.pool.weak.tables import look_into, store_table


def quietly(done: int, total: int) -> None:
    assert done <= total


def put(project, kind="table", name="Scribbles", claim=0.8, **how) -> WeakSource:
    return put_source(project=project, kind=kind, name=name, claimed_accuracy=claim, how=how, by=None)


def run(source: WeakSource) -> WeakSource:
    return apply_source(source_id=source.pk, on_progress=quietly)


def table(project, text: str, *, name="labels.csv", **how) -> WeakSource:
    address = store_table(project=project, name=name, content=io.BytesIO(text.encode()))
    return run(put(project, address=address, **{"key": "name", "label": "class", **how}))


def function(project, code: str, **details) -> WeakSource:
    return run(put(project, "function", "Rule", code=code, **details))


def said_by(source: WeakSource) -> dict[str, str]:
    return dict(source.labels.values_list("sample__name", "label_class__name"))


def refused_by(source: WeakSource) -> dict[int, str]:
    return dict(source.refusals.values_list("row", "reason"))


def test_rows_that_can_be_used_count_and_each_other_says_why_not(project, pool):
    source = table(
        project,
        "name,class\n0.png,good\n1.png, Defective \nnobody.png,good\n2.png,broken\n,good\n0.png,defective\n3.png,\n",
    )
    assert said_by(source) == {"0.png": "good", "1.png": "defective"}
    refused = refused_by(source)
    assert refused.keys() == {3, 4, 5, 6, 7}
    assert "no such sample" in refused[3]
    assert "“broken” is no class" in refused[4]
    assert "good, defective" in refused[4]
    assert "empty" in refused[5]
    assert "another class" in refused[6]
    assert (source.labeled, source.refused, source.state) == (2, 5, "done")


def test_samples_are_found_by_name_content_or_id(project, pool):
    source = table(project, f"name,class\n0.png,good\n{pool[1].content_hash},good\n{pool[2].pk},defective\n")
    assert said_by(source) == {"0.png": "good", "1.png": "good", "2.png": "defective"}


def test_a_name_that_two_samples_have_is_refused(project, pool):
    Sample.objects.filter(pk=pool[1].pk).update(name="0.png")
    source = table(project, "name,class\n0.png,good\n2.png,good\n")
    assert said_by(source) == {"2.png": "good"}
    assert "2 samples are called so" in refused_by(source)[1]


def test_how_sure_a_source_is_is_kept_and_must_be_a_share(project, pool):
    source = table(project, "name,class,p\n0.png,good,0.9\n1.png,good,\n2.png,good,7\n3.png,good,x\n", confidence="p")
    assert dict(source.labels.values_list("sample__name", "confidence")) == {"0.png": 0.9, "1.png": None}
    assert refused_by(source).keys() == {3, 4}


def test_the_same_table_again_changes_nothing_and_a_newer_one_replaces_it(
    project, pool, django_capture_on_commit_callbacks
):
    text = "name,class\n0.png,good\n1.png,defective\n"
    first = table(project, text)
    before = fingerprint(project.pk)
    again = table(project, text)
    assert again.pk == first.pk
    assert fingerprint(project.pk) == before
    with django_capture_on_commit_callbacks(execute=True):
        newer = table(project, "name,class\n1.png,good\n2.png,good\n")
    assert said_by(newer) == {"1.png": "good", "2.png": "good"}
    assert WeakSource.objects.count() == 1
    assert fingerprint(project.pk) != before
    assert not artifacts.exists(again.settings["address"])


def test_parquet_is_read_like_csv(project, pool):
    stream = io.BytesIO()
    pq.write_table(pa.table({"id": [pool[0].pk, 10**9], "label": ["good", "good"]}), stream)
    stream.seek(0)
    look = look_into(name="t.parquet", content=stream)
    assert (look.columns, look.guess.key, look.guess.label) == (["id", "label"], "id", "label")
    stream.seek(0)
    address = store_table(project=project, name="t.parquet", content=stream)
    source = run(put(project, address=address, key="id", label="label"))
    assert said_by(source) == {"0.png": "good"}
    assert refused_by(source).keys() == {2}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00name", b""])
def test_what_is_no_table_is_refused_as_a_whole(project, pool, content):
    address = store_table(project=project, name="labels.csv", content=io.BytesIO(content))
    source = put(project, address=address, key="name", label="class")
    with pytest.raises(InvalidInput):
        run(source)


def test_only_csv_and_parquet_are_taken(project):
    with pytest.raises(InvalidInput, match=r"neither a \.csv"):
        store_table(project=project, name="labels.xlsx", content=io.BytesIO())


def test_a_missing_column_is_named(project, pool):
    with pytest.raises(InvalidInput, match="no column “class”; it has name, kind"):
        table(project, "name,kind\n0.png,good\n")


def test_a_join_labels_every_sample_with_that_metadata(project, pool):
    for number, sample in enumerate(pool):
        sample.metadata = {"maker": "ab"[number % 2]}
    Sample.objects.bulk_update(pool, ["metadata"])
    address = store_table(project=project, name="makers.csv", content=io.BytesIO(b"who,verdict\na,good\nz,defective\n"))
    source = run(put(project, "join", "Makers", address=address, key="who", label="verdict", metadata_key="maker"))
    assert source.labeled == 15
    assert refused_by(source) == {2: "No sample's “maker” is this."}


def test_a_function_labels_by_metadata_abstains_and_reports_line_and_sample(project, pool):
    for number, sample in enumerate(pool):
        sample.metadata = {"age": str(number)} if number else {}
    Sample.objects.bulk_update(pool, ["metadata"])
    source = function(
        project,
        "def label(sample):\n    age = int(sample.metadata['age'])\n    print('noise')\n"
        "    if age < 10:\n        return 'GOOD'\n    if age == 29:\n        return 'odd'\n    return None\n",
    )
    assert source.labeled == 9
    assert set(said_by(source).values()) == {"good"}
    (missing, odd) = source.refusals.order_by("row")
    assert (missing.name, missing.reason) == ("0.png", "Line 2: KeyError: 'age'")
    assert (odd.name, odd.reason.startswith("“odd” is no class")) == ("29.png", True)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def label(sample):\n    return (\n", "Line 2: SyntaxError"),
        ("import nothing_like_that\ndef label(sample): pass\n", "Line 1: ModuleNotFoundError"),
        ("def lable(sample): pass\n", "no function `label"),
        ("import os\ndef label(sample): os._exit(1)\n", "ended the process after 0 of 30"),
    ],
)
def test_code_that_cannot_run_is_refused_as_a_whole(project, pool, code, reason):
    with pytest.raises(InvalidInput, match=reason.replace("(", r"\(")):
        function(project, code)


def test_a_function_that_does_not_end_is_stopped(project, pool, settings):
    settings.LABELING_FUNCTION_SECONDS = 1.0
    with pytest.raises(InvalidInput, match="stopped after 1 seconds"):
        function(project, "def label(sample):\n    while True: pass\n")


def test_what_is_no_class_name_is_reported_where_the_function_begins(project, pool):
    source = function(project, "# first\ndef label(sample):\n    return 3\n")
    assert refused_by(source)[1] == "Line 2: it returned 3, neither a class's name nor None."


def test_a_function_sees_nothing_of_this_servers_environment(project, pool, monkeypatch):
    monkeypatch.setenv("HEEDFUL_SECRET_KEY", "told nobody")
    source = function(
        project, "import os\ndef label(sample):\n    return 'good' if 'HEEDFUL_SECRET_KEY' in os.environ else None\n"
    )
    assert (source.labeled, source.refused) == (0, 0)


def test_a_preview_stores_nothing(project, pool):
    shown = preview_function(project, "def label(sample):\n    return 'good' if sample.pk % 2 else None\n")
    assert len(shown) == 20
    assert {one.class_name for one in shown} == {"good", None}
    assert not WeakLabel.objects.exists()


def test_a_server_that_runs_no_functions_says_so(project, settings):
    settings.LABELING_FUNCTIONS = False
    with pytest.raises(NotAllowed, match="HEEDFUL_LABELING_FUNCTIONS"):
        put(project, "function", code="def label(sample): return None")


def test_sources_are_switched_off_and_taken_away_and_both_are_on_record(project, pool, owner):
    source = table(project, "name,class\n0.png,good\n")
    counted = fingerprint(project.pk)
    change_source(project=project, source_id=source.pk, enabled=False, claimed_accuracy=None, by=owner)
    assert (fingerprint(project.pk), bool(counted)) == ("", True)
    delete_source(project=project, source_id=source.pk, by=owner)
    assert not WeakLabel.objects.exists()
    trail = AuditEntry.objects.filter(action="weak_source").order_by("pk")
    assert [one.subject for one in trail] == ["Scribbles"] * 3
    assert Job.objects.filter(kind=Job.Kind.WEIGH_WEAK_LABELS).exists()


@pytest.mark.parametrize(
    ("name", "claim", "field"), [("", 0.8, "name"), ("x" * 121, 0.8, "name"), ("x", 1.0, "claimed_accuracy")]
)
def test_a_source_needs_a_name_and_a_claim_between_0_and_1(project, name, claim, field):
    with pytest.raises(InvalidInput) as caught:
        put(project, name=name, claim=claim)
    assert caught.value.field == field


def test_a_name_belongs_to_one_kind_of_source(project, pool):
    table(project, "name,class\n0.png,good\n")
    with pytest.raises(InvalidInput, match="There is a table named Scribbles"):
        put(project, "function", code="")


def test_the_command_imports_a_table_and_prints_what_it_refuses(project, pool, tmp_path, capsys):
    path = tmp_path / "scribbles.csv"
    path.write_text("filename,label,confidence\n0.png,good,0.7\nnobody.png,good,1\n")
    call_command("import_weak_labels", project.pk, path, "--accuracy", "0.7")
    printed = capsys.readouterr()
    assert printed.out == "scribbles: 1 samples labeled, 1 rows refused.\n"
    assert "row 2, nobody.png: There is no such sample" in printed.err
    source = WeakSource.objects.get()
    assert (source.claimed_accuracy, source.labels.get().confidence) == (0.7, 0.7)
    with pytest.raises(CommandError, match="no project 0"):
        call_command("import_weak_labels", 0, path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_weak_labels", project.pk, tmp_path / "gone.csv")
