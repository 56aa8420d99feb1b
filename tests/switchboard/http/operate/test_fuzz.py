"""The operators' API, fuzzed from its description, as an admin: who may do everything finds no fault."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.switchboard.http.operate.test_live import served


@pytest.mark.timeout(180)
async def test_whatever_an_admin_sends_is_no_fault_and_every_answer_is_as_described(tmp_path: Path) -> None:
    async with served(tmp_path) as (browser, _database, _server):
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        fuzzer = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("schemathesis"),
            *(
                "run",
                str(browser.base_url.join("/openapi.json")),
                "--max-examples",
                "15",
                "--seed",
                "1",
                "--no-color",
            ),
            *("-H", f"Cookie: {cookie}", "--include-path-regex", "^/operate/api", "--exclude-path-regex", "live$"),
            *("--checks", "not_a_server_error,status_code_conformance,content_type_conformance"),
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await fuzzer.communicate()
    assert fuzzer.returncode == 0, said.decode()
