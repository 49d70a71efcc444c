"""What the documentation names is there: commands, options, links, targets, files, kinds; its example is accepted."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ingest.decode import Decoder
from ingest.message import Message
from ingest.timing import Timing
from ingest.topics import UP
from ingest.vocabulary import Vocabulary
from pipeline.cli import app
from rules.kinds import KIND_NUMBER, LATER

ROOT = Path(__file__).parent.parent
PAGES = sorted(
    path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
)
NAMED = [str(path.relative_to(ROOT)) for path in PAGES]
FOREIGN = ("uv ", "pip ", "git ")
"""Lines of code for programs that are not ours."""
SOURCES = {"points.csv"}
"""Lies beside the site's files and is none: it says where the points of the townships come from."""


def code(path: Path) -> Iterator[str]:
    """Lines of code blocks and rows or sentences with code in them."""
    fenced = False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif fenced or "`" in line:
            yield line


def commands() -> dict[str, Any]:
    """Every command by its words."""
    found = {}
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", {})
        found |= {f"{name} {under}": one for under, one in inner.items()} or {name: command}
    return found


COMMANDS = commands()
OPTIONS = {
    name: {option for parameter in command.params for option in parameter.opts if option.startswith("--")} | {"--help"}
    for name, command in COMMANDS.items()
}


GROUPS = ("rules", "grafana")
"""Words that a command's own name follows."""


def named_commands(line: str) -> list[str]:
    """The commands that a line names: ``fengshao X``, or several with bars between them."""
    found: list[str] = []
    for words in re.findall(
        r"fengshao ((?:[a-z]+)(?:(?: ?\\?\| ?| )[a-z]+)*)",
        re.sub(rf"({'|'.join(GROUPS)}) (\w+)\\\|(\w+)", r"\1 \2 | \1 \3", line),
    ):
        for one in re.split(r" ?\| ?", words):
            first, *more = one.split()
            found.append(" ".join([first, *more[:1]]) if first in GROUPS else first)
    return found


@pytest.mark.parametrize("page", NAMED)
def test_every_command_that_a_page_names_exists_with_the_options_named_beside_it(page: str) -> None:
    for line in code(ROOT / page):
        spoken = [name for name in named_commands(line) if name not in GROUPS]
        if "make demo" in line and "ARGS" in line:
            spoken.append("demo")
        assert set(spoken) <= COMMANDS.keys(), line
        if spoken:
            known = {option for name in spoken for option in OPTIONS[name]}
            assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)) <= known, line


@pytest.mark.parametrize("page", NAMED)
def test_every_option_that_a_page_names_alone_belongs_to_some_command(page: str) -> None:
    known = {option for options in OPTIONS.values() for option in options}
    for line in code(ROOT / page):
        if not line.lstrip("`").startswith(FOREIGN):
            assert set(re.findall(r"`(--[a-z][a-z-]*)", line)) <= known, line


def test_the_pages_speak_of_commands_at_all_and_the_readme_of_every_one() -> None:
    shown = {name for name, command in COMMANDS.items() if not command.hidden}
    for page in ("README.md", "README.zh-CN.md"):
        assert {name for line in code(ROOT / page) for name in named_commands(line)} == shown, page


@pytest.mark.parametrize("page", NAMED)
def test_every_relative_link_of_a_page_leads_somewhere(page: str) -> None:
    path = ROOT / page
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{page}: {link}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.M)
            assert anchor in {slug(heading) for heading in headings}, f"{page}: {link}"


def slug(heading: str) -> str:
    """A heading's anchor as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", NAMED)
def test_every_path_of_ours_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for named in re.findall(
        r"`((?:ingest|rules|alerts|dashboards|simulators|pipeline|tests|docs|benchmarks)/[\w./-]*)`", text
    ):
        assert (ROOT / named).exists(), f"{page}: {named}"


@pytest.mark.parametrize("page", NAMED)
def test_every_make_target_that_a_page_names_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M))
    assert {"demo", "test", "check", "bench", "parts"} <= targets
    for line in code(ROOT / page):
        named = re.findall(r"`make ([a-z]+)", line) + re.findall(r"^\s*make ([a-z]+)", line)
        assert set(named) <= targets, line


@pytest.mark.parametrize("page", NAMED)
def test_every_environment_variable_that_a_page_names_is_read_somewhere(page: str) -> None:
    sources = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    read = {
        name for source in sources for name in re.findall(r"\"(FENGSHAO_[A-Z_]+)\"", source.read_text(encoding="utf-8"))
    }
    read |= set(re.findall(r"\$\{(FENGSHAO_[A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert set(re.findall(r"FENGSHAO_[A-Z_]+", (ROOT / page).read_text(encoding="utf-8"))) <= read


def test_the_message_that_the_readme_shows_is_accepted_whole() -> None:
    (example,) = re.findall(r"```json\n(.*?)\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    vocabulary = Vocabulary(devices=["D1"])
    message = Message(f"{UP}D1", example.encode(), 1_785_823_385_500)
    decoded = Decoder(vocabulary, Timing()).decode([message])
    assert decoded.rejected == []
    inputs = decoded.inputs
    assert [vocabulary.metrics[metric] for metric in inputs.metric] == ["smoke", "battery", "flags"]
    assert inputs.value.tolist() == [0.31, 87.0, 1.0]
    assert set(inputs.ts.tolist()) == {1_785_823_385_120}
    assert set(inputs.seq.tolist()) == {7}
    assert set(inputs.marks.tolist()) == {4}, "only that the device is unknown"


def test_every_kind_of_rule_has_its_section_and_the_later_ones_are_named() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    sections = [heading.partition(":")[0] for heading in re.findall(r"^## (.+)$", text, re.M)]
    for kind in KIND_NUMBER:
        assert kind.replace("_", " ").capitalize() in sections
    later = text.partition("## Kinds that come later")[2]
    assert set(re.findall(r"`(\w+)`", later)) - {"rules"} >= set(LATER)


def documented_files() -> dict[str, str]:
    """The rows of the table of site files: name and what it holds."""
    text = (ROOT / "docs" / "site-files.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", text, re.M))


def test_every_site_file_is_documented_and_every_documented_one_is_in_the_example() -> None:
    folder = ROOT / "sites" / "shaoxing"
    there = {path.name for path in folder.iterdir() if path.suffix in (".toml", ".csv", ".geojson")}
    assert documented_files().keys() == there - SOURCES


@pytest.mark.parametrize("file", [name for name in documented_files() if name.endswith(".csv")])
def test_the_columns_of_a_documented_table_are_those_of_the_example(file: str) -> None:
    with (ROOT / "sites" / "shaoxing" / file).open(encoding="utf-8-sig", newline="") as lines:
        columns = next(csv.reader(lines))
    named = [name for span in re.findall(r"`([\w,]+)`", documented_files()[file]) for name in span.split(",")]
    assert set(columns) <= set(named)
    needed = re.findall(r"`([\w,]+)`", documented_files()[file])[0].split(",")
    assert set(needed) <= set(columns)


def test_both_readmes_show_the_same_commands_and_pictures() -> None:
    pages = [(ROOT / page).read_text(encoding="utf-8") for page in ("README.md", "README.zh-CN.md")]
    blocks = [re.findall(r"^make demo.*?(?=\s{2,}#|$)", page, re.M) for page in pages]
    pictures = [re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page) for page in pages]
    assert blocks[0] == blocks[1]
    assert pictures[0] == pictures[1]
