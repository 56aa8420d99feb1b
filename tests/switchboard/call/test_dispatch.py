"""What a dispatch's metadata is taken for."""

import pytest
from livekit.agents import JobRequest
from livekit.agents.job import JobAcceptArguments
from livekit.protocol.agent import Job
from pydantic import SecretStr, ValidationError

from switchboard.call.admission import Admission
from switchboard.call.dispatch import Dispatch
from switchboard.settings.schema import LiveKitAccess

NOWHERE = LiveKitAccess("ws://127.0.0.1:1", "key", SecretStr("secret"), "switchboard")
BAD = [
    *("not json", "hello", "[]", "70000001", "null", "true", "NaN", '"a text"', '{"line": "shop"', "{'line': 'shop'}"),
    *('{"line": 7}', '{"line": ["shop"]}', '{"caller": {}}', '{"resume": 1}', '{"phone": "yes"}', '{"warm": 1}'),
    *("[" * 100_000, '{"theirs": ' * 10_000, "9" * 10_000, '{"line": "\\ud83d"}', "\x00{}"),
]


@pytest.mark.parametrize(
    ("dispatch", "metadata"),
    [
        (Dispatch(), "{}"),
        (Dispatch(line="shop", phone=True), '{"line": "shop", "phone": true}'),
        (
            Dispatch(line="shop", caller="caller-1", warm=True, resume="call-1"),
            '{"line": "shop", "caller": "caller-1", "warm": true, "resume": "call-1"}',
        ),
    ],
)
def test_what_is_written_is_read_again(dispatch: Dispatch, metadata: str) -> None:
    assert dispatch.dumps() == metadata
    assert Dispatch.parse(metadata) == dispatch


def test_no_metadata_and_what_is_not_ours_say_nothing() -> None:
    for metadata in ("", "{}", '{"theirs": [1]}', '{"line": "", "caller": "", "resume": ""}', '{"line": null}'):
        assert Dispatch.parse(metadata) == Dispatch()


@pytest.mark.parametrize("metadata", BAD)
def test_bad_metadata_is_told_in_one_line_without_what_stood_there(
    metadata: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValidationError):
        Dispatch.parse(metadata)

    assert Dispatch.understood(metadata) == Dispatch()

    said = "".join(capfd.readouterr())
    assert said.count("\n") == 1
    assert "a dispatch was not understood" in said
    assert metadata not in said


@pytest.mark.parametrize("metadata", BAD)
@pytest.mark.parametrize("most", [0, 1])
async def test_bad_metadata_neither_takes_nor_refuses_a_call(metadata: str, most: int) -> None:
    said: list[str] = []

    async def refuse(_terminate: bool) -> None:
        said.append("refused")

    async def take(_arguments: JobAcceptArguments) -> None:
        said.append("taken")

    request = JobRequest(job=Job(id="job-1", metadata=metadata), on_reject=refuse, on_accept=take)
    await Admission(NOWHERE, most, lambda: ()).decide(request)

    assert said == (["taken"] if most else ["refused"])
