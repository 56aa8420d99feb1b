"""Where recordings are kept: a folder and real storage that speaks S3's protocol do the same."""

from pathlib import Path

import pytest

from stack.ports import free_port
from switchboard.recording.recordings import Recordings, StorageError
from switchboard.settings.schema import Recordings as RecordingSettings
from tests.stage.stage import stage_settings
from tests.storage.gateway import Gateway, s3_gateway

__all__ = ["s3_gateway"]

CALL, OTHER = "call_000000000001", "call_000000000002"
FILES = {"agent.ogg": bytes(range(100)), "agent.peaks.json": b"{}", "caller.ogg": b"c" * 6_000_000}


def settings_of(environ: dict[str, str]) -> RecordingSettings:
    return stage_settings(**environ).recordings


@pytest.fixture(params=["folder", "s3"])
def recordings(request: pytest.FixtureRequest, tmp_path: Path) -> Recordings:
    if request.param == "folder":
        return Recordings(settings_of({"RECORDINGS_URL": f"file://{tmp_path}/kept"}))
    gateway: Gateway = request.getfixturevalue("s3_gateway")
    return Recordings(settings_of(gateway.settings))


async def test_what_is_kept_is_read_again_whole_and_in_parts(recordings: Recordings) -> None:
    await recordings.store(CALL, FILES)

    assert await recordings.lanes(CALL) == ["caller", "agent"]
    whole = await recordings.read(CALL, "agent.ogg")
    assert (whole.data, whole.start, whole.size) == (FILES["agent.ogg"], 0, 100)
    part = await recordings.read(CALL, "agent.ogg", 10, 20)
    assert (part.data, part.start, part.size) == (FILES["agent.ogg"][10:20], 10, 100)
    rest = await recordings.read(CALL, "agent.ogg", 90)
    assert (rest.data, rest.start, rest.size) == (FILES["agent.ogg"][90:], 90, 100)
    assert (await recordings.read(CALL, "caller.ogg")).data == FILES["caller.ogg"]
    await recordings.erase(CALL)


async def test_a_call_is_erased_and_no_other(recordings: Recordings) -> None:
    await recordings.store(CALL, FILES)
    await recordings.store(OTHER, FILES)

    await recordings.erase(CALL)
    await recordings.erase(CALL)

    assert await recordings.lanes(CALL) == []
    assert await recordings.lanes(OTHER) == ["caller", "agent"]
    with pytest.raises(FileNotFoundError):
        await recordings.read(CALL, "agent.ogg")
    await recordings.erase(OTHER)


@pytest.mark.parametrize(
    ("call_id", "name"),
    [(CALL, "agent.ogg"), (CALL, "../x"), (CALL, "agent.ogg/.."), ("../..", "agent.ogg"), ("", "agent.ogg")],
)
async def test_what_is_not_there_or_no_lane_is_not_found(recordings: Recordings, call_id: str, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        await recordings.read(call_id, name)


async def test_nothing_is_left_of_an_erased_call_in_a_folder(tmp_path: Path) -> None:
    recordings = Recordings(settings_of({"RECORDINGS_URL": f"file://{tmp_path}/kept"}))
    await recordings.store(CALL, FILES)
    assert (tmp_path / "kept").stat().st_mode & 0o77 == 0, "nobody else looks into the folder"

    await recordings.erase(CALL)

    assert list((tmp_path / "kept").iterdir()) == []


async def test_nothing_is_left_of_an_erased_call_in_storage(s3_gateway: Gateway) -> None:
    recordings = Recordings(settings_of(s3_gateway.settings))
    await recordings.store(CALL, FILES)
    assert {each.rpartition("/")[0] for each in s3_gateway.files()} == {f"of/switchboard/{CALL}"}

    await recordings.erase(CALL)

    assert s3_gateway.files() == set()


async def test_a_wrong_key_is_told_without_the_key(s3_gateway: Gateway) -> None:
    secret = "another-secret-than-the-storage-has"
    recordings = Recordings(settings_of(s3_gateway.settings | {"RECORDINGS_S3_SECRET": secret}))

    with pytest.raises(StorageError) as raised:
        await recordings.store(CALL, FILES)

    assert secret not in str(raised.value)
    assert "127.0.0.1" not in str(raised.value)


async def test_storage_where_nobody_listens_is_told() -> None:
    dead = {"RECORDINGS_URL": "s3://recordings", "RECORDINGS_S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    keys = {"RECORDINGS_S3_KEY_ID": "key", "RECORDINGS_S3_SECRET": "secret-of-nobody"}
    with pytest.raises(StorageError):
        await Recordings(settings_of(dead | keys)).store(CALL, FILES)
