"""The page is built when it has to be, with the real npm."""

import os
from pathlib import Path

import pytest

from stack.cache import cache_folder
from stack.errors import LocalError
from stack.machine import Machine
from stack.node import find_node
from stack.page import Page
from tests.stack.toolchains import NODE_PACKAGE, ROOT

PACKAGE = """
{
    "name": "page",
    "version": "1.0.0",
    "scripts": {"build": "node build.mjs", "types": "node check.mjs", "lint": "echo linted", "test": "echo tested"}
}
"""
LOCK = (
    '{"name": "page", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"name": "page", "version": "1.0.0"}}}'
)
BUILD = """
import fs from "node:fs";
if (fs.existsSync("src/broken")) { console.log("src/app.ts(1,2): error TS2322: no"); process.exit(2); }
fs.rmSync("dist", { recursive: true, force: true });
fs.mkdirSync("dist");
fs.copyFileSync("src/index.html", "dist/index.html");
fs.appendFileSync("coverage", "build\\n");
console.log("built");
"""
CHECK = """
import fs from "node:fs";
if (fs.existsSync("src/broken")) { console.log("src/app.ts(1,2): error TS2322: no"); process.exit(2); }
console.log("checked");
"""


@pytest.fixture(autouse=True)
async def node_of_pypi(machine: Machine) -> None:
    """Where the machine has no Node.js, PyPI's from this user's cache: fetched once, and not for each test."""
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as own:
        node = await find_node(own, ROOT / "web", NODE_PACKAGE)
    if own.cache in node.folder.parents:
        installed = own.cache / node.folder.relative_to(own.cache).parts[0]
        machine.cache.mkdir()
        (machine.cache / installed.name).symlink_to(installed)


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A page without packages, which npm installs without a network."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "package.json").write_text(PACKAGE)
    (web / "package-lock.json").write_text(LOCK)
    (web / "build.mjs").write_text(BUILD)
    (web / "check.mjs").write_text(CHECK)
    (web / "src" / "index.html").write_text("hello")
    return web


@pytest.fixture
def page(machine: Machine, web: Path) -> Page:
    return Page(machine, web, NODE_PACKAGE)


def builds(web: Path) -> int:
    return len((web / "coverage").read_text().splitlines())


async def test_a_page_that_was_never_built_is_built_with_progress(page: Page, web: Path, said: list[str]) -> None:
    dist = await page.build()

    assert (dist / "index.html").read_text() == "hello"
    assert said[0].startswith("Node.js: ")
    assert "Fetching the page's packages (npm ci, once) ..." in said
    assert "  built" in said
    assert said[-1].startswith("The page is built (")


async def test_a_page_is_not_built_twice(page: Page, web: Path, said: list[str]) -> None:
    await page.build()
    said.clear()
    await page.build()

    assert builds(web) == 1
    assert said == []


async def test_a_changed_source_is_built_but_no_package_fetched(page: Page, web: Path, said: list[str]) -> None:
    await page.build()
    said.clear()
    (web / "src" / "index.html").write_text("hello again")
    dist = await page.build()

    assert (dist / "index.html").read_text() == "hello again"
    assert "Fetching the page's packages (npm ci, once) ..." not in said


async def test_other_packages_are_fetched(page: Page, web: Path, said: list[str]) -> None:
    await page.build()
    said.clear()
    (web / "package-lock.json").write_text(LOCK + "\n")
    await page.build()

    assert "Fetching the page's packages (npm ci, once) ..." in said


async def test_a_removed_source_or_page_is_noticed(page: Page, web: Path) -> None:
    (web / "src" / "more.ts").write_text("")
    await page.build()
    (web / "src" / "more.ts").unlink()
    await page.build()
    (page.dist / "index.html").unlink()
    await page.build()

    assert builds(web) == 3


async def test_a_build_that_fails_is_told_in_one_line_and_tried_again(page: Page, web: Path) -> None:
    (web / "src" / "broken").write_text("")
    with pytest.raises(LocalError) as failed:
        await page.build()
    (web / "src" / "broken").unlink()

    assert str(failed.value) == "npm run build failed (exit code 2): src/app.ts(1,2): error TS2322: no"
    assert (await page.build() / "index.html").exists()


async def test_a_page_is_checked_without_being_built(page: Page, said: list[str]) -> None:
    await page.check()

    assert [line for line in said if line in ("  checked", "  linted", "  tested")] == [
        "  checked",
        "  linted",
        "  tested",
    ]
    assert not page.dist.exists()


async def test_what_a_check_finds_is_told_in_one_line(page: Page, web: Path) -> None:
    (web / "src" / "broken").write_text("")

    with pytest.raises(LocalError) as failed:
        await page.check()

    assert str(failed.value) == "npm run types failed (exit code 2): src/app.ts(1,2): error TS2322: no"


async def test_a_folder_without_a_page_is_told_in_one_line(machine: Machine, tmp_path: Path) -> None:
    with pytest.raises(
        LocalError, match=r"^Building the page failed: No such file or directory \(.*package\.json\)\.$"
    ):
        await Page(machine, tmp_path / "none", NODE_PACKAGE).build()
