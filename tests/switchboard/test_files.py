"""Files for this user only."""

import errno
import os
from pathlib import Path

import pytest

from switchboard.files import write_new


def test_a_new_file_is_for_this_user_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_new(tmp_path / "new", "naïve")
    finally:
        os.umask(before)
    assert (tmp_path / "new").read_bytes() == "naïve".encode()
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_what_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    there, link = tmp_path / "there", tmp_path / "link"
    there.write_text("old", encoding="utf-8")
    link.symlink_to(tmp_path / "nowhere")
    for file in (there, link):
        with pytest.raises(FileExistsError):
            write_new(file, "new")
    assert there.read_text(encoding="utf-8") == "old"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk here")
def test_of_a_file_that_cannot_be_written_whole_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_a_full_disk(file: str, flags: int) -> int:
        Path(file).touch()
        return os.open("/dev/full", flags & ~(os.O_EXCL | os.O_CREAT))

    monkeypatch.setattr("switchboard.files._private", on_a_full_disk)
    with pytest.raises(OSError) as refused:
        write_new(tmp_path / "new", "words" * 10_000)
    assert refused.value.errno == errno.ENOSPC
    assert list(tmp_path.iterdir()) == []
