"""A file is written whole or not at all, whatever happens in between: real processes, real limits (a full disk: tests/cli)."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from lotsplit.errors import Unwritable
from lotsplit.whole_file import whole_file

OLD = b"the old file, with an officer's edits"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    path = tmp_path / "schedule.xlsx"
    path.write_bytes(OLD)
    return path


def left_behind(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def test_what_the_block_wrote_takes_the_place_of_the_old_file(target: Path) -> None:
    with whole_file(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == target.suffix
        temporary.write_bytes(b"new")
        assert target.read_bytes() == OLD
    assert target.read_bytes() == b"new"
    assert left_behind(target) == []


@pytest.mark.parametrize("raised", [ValueError("a defect"), KeyboardInterrupt()])
def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(target: Path, raised: BaseException) -> None:
    def fail() -> None:
        with whole_file(target) as temporary:
            temporary.write_bytes(b"half")
            raise raised

    with pytest.raises(type(raised)):
        fail()
    assert target.read_bytes() == OLD
    assert left_behind(target) == []


def test_a_new_file_has_the_permissions_of_any_new_file_and_a_replaced_one_keeps_its_own(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    with whole_file(tmp_path / "new"):
        pass
    assert (tmp_path / "new").stat().st_mode == plain.stat().st_mode
    private = tmp_path / "private"
    private.touch(mode=0o600)
    with whole_file(private):
        pass
    assert private.stat().st_mode & 0o777 == 0o600


def test_a_link_is_followed_and_stays_a_link(target: Path) -> None:
    link = target.with_name("link.xlsx")
    link.symlink_to(target)
    with whole_file(link) as temporary:
        temporary.write_bytes(b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_reader_that_has_the_old_file_open_keeps_it_whole(target: Path) -> None:
    with target.open("rb") as reader:
        start = reader.read(7)
        with whole_file(target) as temporary:
            temporary.write_bytes(b"new")
        assert start + reader.read() == OLD
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing/schedule.xlsx", "does not exist"),
        ("file/schedule.xlsx", "not a directory"),
        ("folder", "not an ordinary file"),
        ("x" * 300, "file name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unwritable) as told, whole_file(tmp_path / path):
        pytest.fail("the block was entered")
    assert reason in str(told.value)
    assert "\n" not in str(told.value)


def test_a_device_is_never_replaced() -> None:
    with pytest.raises(Unwritable, match="not an ordinary file"), whole_file(Path(os.devnull)):
        pytest.fail("the block was entered")
    assert Path(os.devnull).is_char_device()


def write_with_xlsxwriter(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for row in range(20_000):
            sheet.write_row(row, 0, [row * 0.1234567, f"text {row}"])


def write_with_openpyxl(path: Path) -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for row in range(20_000):
        workbook.active.append([row * 0.1234567, f"text {row}"])
    workbook.save(path)


def write_with_python(path: Path) -> None:
    path.write_bytes(os.urandom(300_000))


WRITERS = [write_with_xlsxwriter, write_with_openpyxl, write_with_python]


def told_of(write: Callable[[Path], None], target: Path) -> str:
    try:
        with whole_file(target) as temporary:
            write(temporary)
    except Unwritable as error:
        return str(error)
    finally:
        # A zip file given up half-way tries once more to end itself when it is collected.
        gc.collect()
    pytest.fail("the writing succeeded")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("write", WRITERS)
def test_at_the_limit_of_a_file_size_the_old_file_stays(target: Path, write: Callable[[Path], None]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        sentence = told_of(write, target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sentence == f"{target} cannot be written: file too large"
    assert target.read_bytes() == OLD
    assert left_behind(target) == []


def test_killed_in_the_middle_of_writing_the_old_file_stays(target: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom lotsplit.whole_file import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as temporary:\n"
        "    temporary.write_bytes(b'half')\n    print('half', flush=True)\n    time.sleep(60)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(target)], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"half\n"
    writer.kill()
    writer.wait()
    writer.stdout.close()
    assert target.read_bytes() == OLD
    with whole_file(target) as temporary:
        temporary.write_bytes(b"new")
    assert target.read_bytes() == b"new"
