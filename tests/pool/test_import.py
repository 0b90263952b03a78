"""Importing: every row becomes a sample, is a duplicate, or is refused with its reason; the rest goes in."""

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import ExifTags, Image

from heedful.core.errors import InvalidInput
from heedful.pool.boxes import Box, box_of
from heedful.pool.masks import mask_of, outline
from heedful.pool.models import Sample, Source
from heedful.pool.services import add_source, import_source
from heedful.pool.sources import allowed_path
from tests.factories import write_picture


def take_in(project, kind, address, **details) -> Source:
    source = add_source(project=project, kind=kind, name=Path(address).name, address=str(address), **details)
    return import_source(source_id=source.pk, on_progress=lambda done, total: None)


def claimed_size(path: Path, width: int, height: int) -> Path:
    """A tiny PNG whose header claims another size."""
    stream = io.BytesIO()
    Image.new("RGB", (1, 1)).save(stream, "PNG")
    content = bytearray(stream.getvalue())
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    path.write_bytes(content)
    return path


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two good pictures, one of them twice, and one file of each kind that must be refused."""
    write_picture(tmp_path / "a.png", color=(1, 2, 3))
    write_picture(tmp_path / "sub" / "b.jpg", color=(4, 5, 6))
    (tmp_path / "copy.png").write_bytes((tmp_path / "a.png").read_bytes())
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "empty.png").write_bytes(b"")
    whole = write_picture(tmp_path / "cut.png", color=(7, 8, 9), size=(200, 200)).read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    claimed_size(tmp_path / "bomb.png", 60_000, 60_000)
    return tmp_path


def test_good_rows_go_in_and_bad_ones_are_refused_one_by_one(project, folder):
    source = take_in(project, Source.Kind.FOLDER, folder)
    assert (source.added, source.duplicates) == (2, 1)
    refused = {one.name: one.reason for one in source.refusals.all()}
    assert refused.keys() == {"notes.txt", "empty.png", "cut.png", "bomb.png"}
    assert "Not a picture" in refused["notes.txt"]
    assert "empty" in refused["empty.png"]
    assert "damaged or cut short" in refused["cut.png"]
    assert "60000 × 60000" in refused["bomb.png"] or "not safe" in refused["bomb.png"]


def test_the_same_picture_is_one_sample_however_often_it_comes(project, folder):
    take_in(project, Source.Kind.FOLDER, folder)
    again = take_in(project, Source.Kind.FOLDER, folder)
    assert project.samples.count() == 2
    assert (again.added, again.duplicates) == (0, 3)


def test_an_import_that_was_cut_off_and_starts_again_counts_the_same(project, folder):
    source = take_in(project, Source.Kind.FOLDER, folder)
    again = import_source(source_id=source.pk, on_progress=lambda done, total: None)
    assert (again.added, again.duplicates, again.refusals.count()) == (2, 1, 4)
    assert project.shards.count() == 1


def test_a_zip_keeps_its_pictures_after_it_is_gone(project, folder, tmp_path):
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in (folder / "a.png", folder / "sub" / "b.jpg", folder / "notes.txt"):
            target.write(path, path.relative_to(folder))
    source = take_in(project, Source.Kind.ZIP, f"file://{archive}", group_column="folder")
    assert (source.added, source.refusals.count()) == (2, 1)
    assert not archive.exists()
    assert all(Path(one.address.removeprefix("file://")).is_file() for one in project.samples.all())
    assert project.samples.get(name="sub/b.jpg").group == "sub"


def test_a_file_that_is_no_zip_is_refused_as_a_whole(project, tmp_path):
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK\x03\x04 nothing more")
    with pytest.raises(InvalidInput, match="not a zip archive"):
        take_in(project, Source.Kind.ZIP, f"file://{path}")


def test_a_csv_brings_metadata_and_groups(project, folder):
    table = folder / "table.csv"
    table.write_text("path,patient,site\na.png,p1,north\nsub/b.jpg,p1,south\nmissing.png,p2,\n../a.png,p3,\n")
    source = take_in(project, Source.Kind.CSV, table, group_column="patient")
    assert {one.name: one.group for one in project.samples.all()} == {"a.png": "p1", "sub/b.jpg": "p1"}
    assert project.samples.get(name="a.png").metadata == {"patient": "p1", "site": "north"}
    assert {one.row: one.reason for one in source.refusals.all()} == {
        3: "There is no such file.",
        4: "The path leads out of the table's folder.",
    }


def test_a_table_says_where_the_object_is_and_a_box_that_cannot_be_is_refused(project, tmp_path):
    boxes = ["5, 5, 20, 10", "[0.25,0.25,1,0.5]", "", "somewhere", "5,5,5,10", "0,0,900,10", "0,nan,1,1"]
    for number in range(len(boxes)):
        write_picture(tmp_path / f"{number}.png", color=(number, 2, 3), size=(20, 20))
    table = tmp_path / "table.csv"
    table.write_text("path,box\n" + "".join(f'{number}.png,"{box}"\n' for number, box in enumerate(boxes)))
    source = take_in(project, Source.Kind.CSV, table)
    samples = project.samples.order_by("name")
    read = [box_of(one.metadata, one.width, one.height) for one in samples]
    assert read == [Box(0.25, 0.25, 1, 0.5), Box(0.25, 0.25, 1, 0.5), None]
    refused = {one.row: one.reason for one in source.refusals.all()}
    assert "not four numbers: left, top, right, bottom" in refused[4]
    assert "holds nothing" in refused[5]
    assert "leaves the picture, which is 20 × 20 pixels" in refused[6]
    assert "not finite" in refused[7]


def test_a_table_names_masks_and_one_that_cannot_be_is_refused(project, tmp_path):
    drawn = Image.new("P", (20, 20))
    drawn.paste(1, (5, 5, 20, 10))
    (tmp_path / "masks").mkdir()
    drawn.save(tmp_path / "masks/object.png")
    Image.new("L", (20, 20)).save(tmp_path / "masks/black.png")
    Image.new("L", (30, 20), 255).save(tmp_path / "masks/wide.png")
    (tmp_path / "masks/broken.png").write_bytes(b"no picture")
    masks = ["masks/object.png", "", "masks/black.png", "masks/wide.png", "masks/broken.png", "gone.png", "../out.png"]
    for number in range(len(masks)):
        write_picture(tmp_path / f"{number}.png", color=(number, 2, 3), size=(20, 20))
    table = tmp_path / "table.csv"
    table.write_text("path,mask\n" + "".join(f"{number}.png,{mask}\n" for number, mask in enumerate(masks)))
    source = take_in(project, Source.Kind.CSV, table)
    drawn_on, bare = project.samples.select_related("source").order_by("name")
    mask = mask_of(drawn_on)
    assert mask[5:10, 5:20].all()
    assert mask.sum() == 75
    assert mask_of(bare) is None
    lines = np.asarray(Image.open(io.BytesIO(outline(mask))))
    assert lines.shape == (20, 20, 4)
    assert lines[3, 3].tolist() == [255] * 4
    assert not lines[mask].any()
    reasons = {one.row: one.reason for one in source.refusals.all()}
    assert "black all over" in reasons[3]
    assert "30 × 20 pixels and the picture 20 × 20" in reasons[4]
    assert "Not a picture in a known format" in reasons[5]
    assert "There is no mask “gone.png”" in reasons[6]
    assert "leads out of the table's folder" in reasons[7]


def test_a_picture_on_its_side_is_as_wide_as_people_see_it(project, tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "turned.jpg", exif=exif)
    take_in(project, Source.Kind.FOLDER, tmp_path)
    sample = project.samples.get()
    assert (sample.width, sample.height) == (20, 40)


def test_a_parquet_file_brings_metadata_and_groups_and_its_bad_rows_are_refused_one_by_one(project, folder):
    table = folder / "table.parquet"
    taken = pa.array([0, None, 0, 0, 0, 2**62, 0], pa.timestamp("ms"))
    paths = ["a.png", "sub/b.jpg", "missing.png", "../a.png", None, "a.png", "x" * 300]
    columns = {"path": paths, "patient": [1, 1, 2, 3, 4, 5, 6], "site": ["north", None, "a\0b", "", "", "", ""]}
    pq.write_table(pa.table({**columns, "taken": taken}), table)
    source = take_in(project, Source.Kind.PARQUET, table, group_column="patient")
    assert (source.state, source.total, source.added) == (Source.State.DONE, 7, 2)
    assert {one.name: one.group for one in project.samples.all()} == {"a.png": "1", "sub/b.jpg": "1"}
    first, second = (project.samples.get(name=name).metadata for name in ("a.png", "sub/b.jpg"))
    assert first == {"patient": "1", "site": "north", "taken": "1970-01-01 00:00:00"}
    assert second == {"patient": "1", "site": "", "taken": ""}
    refused = {one.row: one.reason for one in source.refusals.all()}
    assert refused.pop(6).startswith("What its column “taken” holds cannot be read")
    assert refused == {
        3: "There is no such file.",
        4: "The path leads out of the table's folder.",
        5: "The path is empty.",
        7: "The path cannot be looked up: File name too long.",
    }


def test_a_parquet_file_that_cannot_be_read_as_a_whole_says_why(project, folder):
    table = folder / "table.parquet"
    table.write_bytes(b"PAR1 nothing more")
    with pytest.raises(InvalidInput, match=r"table.parquet is not a Parquet file"):
        take_in(project, Source.Kind.PARQUET, table)
    pq.write_table(pa.table({"path": ["a.png", "sub/b.jpg"]}), table)
    table.write_bytes(b"PAR1" + b"\xff" * 40 + table.read_bytes()[44:])
    with pytest.raises(InvalidInput, match=r"table.parquet is not a whole Parquet file"):
        take_in(project, Source.Kind.PARQUET, table)
    pq.write_table(pa.table({"image": [{"bytes": b"", "path": "a.png"}]}), table)
    with pytest.raises(InvalidInput, match="put each picture's path there as text"):
        take_in(project, Source.Kind.PARQUET, table)
    pq.write_table(pa.table({"path": ["a.png"]}), table)
    with pytest.raises(InvalidInput, match="no column “patient”"):
        take_in(project, Source.Kind.PARQUET, table, group_column="patient")


@pytest.mark.parametrize(("content", "field"), [("name,patient\na.png,1\n", "path"), ("path\na.png\n", "group_column")])
def test_a_csv_without_the_column_says_which_it_needs(project, folder, content, field):
    (folder / "table.csv").write_text(content)
    with pytest.raises(InvalidInput) as refusal:
        take_in(project, Source.Kind.CSV, folder / "table.csv", group_column="patient")
    assert refusal.value.field == field


def test_shards_are_cut_to_size_and_never_grow(project, tmp_path, settings):
    settings.SHARD_SIZE = 4
    for number in range(10):
        write_picture(tmp_path / "first" / f"{number}.png", color=(number, 0, 0))
    take_in(project, Source.Kind.FOLDER, tmp_path / "first")
    assert [one.size for one in project.shards.order_by("number")] == [4, 4, 2]
    write_picture(tmp_path / "second" / "new.png", color=(0, 99, 0))
    take_in(project, Source.Kind.FOLDER, tmp_path / "second")
    assert [one.size for one in project.shards.order_by("number")] == [4, 4, 2, 1]
    assert list(project.samples.order_by("shard__number", "row").values_list("row", flat=True)) == [
        *range(4),
        *range(4),
        *range(2),
        0,
    ]


def test_a_new_sample_of_a_gold_group_is_gold(project, tmp_path):
    write_picture(tmp_path / "first" / "p1" / "a.png", color=(1, 0, 0))
    take_in(project, Source.Kind.FOLDER, tmp_path / "first", group_column="folder")
    project.samples.update(role=Sample.Role.GOLD)
    write_picture(tmp_path / "second" / "p1" / "b.png", color=(2, 0, 0))
    take_in(project, Source.Kind.FOLDER, tmp_path / "second", group_column="folder")
    assert project.samples.gold().count() == 2


def test_only_folders_below_the_import_roots_may_be_named(tmp_path, settings):
    settings.IMPORT_ROOTS = [str(tmp_path / "allowed")]
    (tmp_path / "allowed" / "pictures").mkdir(parents=True)
    assert allowed_path(str(tmp_path / "allowed" / "pictures")).is_dir()
    for forbidden in ("/etc", str(tmp_path / "allowed" / ".." / "secret")):
        with pytest.raises(InvalidInput, match="Only folders below"):
            allowed_path(forbidden)
