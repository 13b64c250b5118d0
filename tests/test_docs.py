"""What the README and docs/ show, works: snippets and cells run, commands exist and run, links lead somewhere."""

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page, language):
    """(line, text) of each fenced block of a language."""
    text = page.read_text(encoding="utf-8")
    fence = re.compile(rf"^```{language}\n(.*?)^```$", re.M | re.S)
    return [(text.count("\n", 0, m.start(1)) + 1, m[1]) for m in fence.finditer(text)]


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def with_blocks(language):
    pages = [page for page in PAGES if blocks(page, language)]
    return pytest.mark.parametrize("page", pages, ids=name_of)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """An empty folder to work in, with a store of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BACKTESTR_STORE", str(tmp_path / "store.duckdb"))
    return tmp_path


@pytest.fixture
def shell(desk):
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    yield shell
    shell.reset(new_session=False)
    InteractiveShell.clear_instance()


@with_blocks("python")
def test_the_snippets_of_a_page_run_in_order(page, shell):
    for line, text in blocks(page, "python"):
        result = shell.run_cell(text)

        error = result.error_before_exec or result.error_in_exec
        assert error is None, f"{name_of(page)}, snippet at line {line}: {type(error).__name__}: {error}"


@pytest.mark.serial
@with_blocks("bash")
def test_the_commands_of_a_page_exist_and_run(page, desk):
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["name"]
    commands = [shlex.split(row, comments=True) for _, text in blocks(page, "bash") for row in text.splitlines()]

    for command in filter(None, commands):
        match command:
            case ["make", *names]:
                assert names and set(names) <= set(targets)
            case ["pip", "install", *names]:
                assert names == [project]
            case ["python", "-m", "backtestr_lab", *_]:
                done = subprocess.run([sys.executable, *command[1:]], cwd=desk, capture_output=True, text=True)
                assert done.returncode == 0, done.stderr
            case _:
                pytest.fail(f"{name_of(page)}: no test knows how to try {shlex.join(command)!r}")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_links_of_a_page_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.S)
    local = [t for t in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+://|mailto:", t)]
    broken = [t for t in local if not (page.parent / t.partition("#")[0]).exists()]
    lost = [t for t in local if "#" in t and t not in broken and t.partition("#")[2] not in anchors(page, t)]

    assert broken + lost == []


def anchors(page, target):
    file = target.partition("#")[0]
    text = (page.parent / file if file else page).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in headings}


def test_every_page_of_docs_is_listed_in_the_index():
    index = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    pages = [p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")]

    assert [p for p in pages if p != "index.md" and f"({p})" not in index] == []
