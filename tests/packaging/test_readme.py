"""The README in English and in Chinese: the same sections, the same code, and links that lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose_of(name: str) -> str:
    """Returns a document without its blocks of code."""
    return BLOCK.sub("", text_of(name))


def outline_of(name: str) -> list[tuple[int, list[str], int, int]]:
    """Returns for each section its level, what it links to but for other sections, its rows of tables and its points of lists."""
    sections = re.split(r"^(?=#+ )", prose_of(name), flags=re.MULTILINE)[1:]
    return [
        (
            len(section) - len(section.lstrip("#")),
            [link for link in LINK.findall(section) if not link.startswith(("#", "README"))],
            len(re.findall(r"^\|", section, re.MULTILINE)),
            len(re.findall(r"^- ", section, re.MULTILINE)),
        )
        for section in sections
    ]


def anchors_of(name: str) -> list[str]:
    """Returns what GitHub calls the sections of a document."""
    headings = re.findall(r"^#+ (.+)$", prose_of(name), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


def test_both_have_the_same_sections() -> None:
    assert len(outline_of(ENGLISH)) > 10
    assert outline_of(ENGLISH) == outline_of(CHINESE)


def test_both_have_the_same_code() -> None:
    assert len(BLOCK.findall(text_of(ENGLISH))) > 15
    assert BLOCK.findall(text_of(ENGLISH)) == BLOCK.findall(text_of(CHINESE))


def test_both_name_the_same_arguments() -> None:
    """All that is written as code, in tables and in text."""
    english, chinese = (set(re.findall(r"`([^`\n]+)`", prose_of(name))) for name in (ENGLISH, CHINESE))
    assert english == chinese


def test_each_leads_to_the_other() -> None:
    assert LINK.findall(text_of(ENGLISH))[0] == CHINESE
    assert LINK.findall(text_of(CHINESE))[0] == ENGLISH


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_links_lead_somewhere(name: str) -> None:
    for link in LINK.findall(prose_of(name)):
        if link.startswith("#"):
            assert link[1:] in anchors_of(name)
        elif "://" not in link:
            assert (ROOT / link).exists(), link


@pytest.mark.parametrize("code", [code for language, code in BLOCK.findall(text_of(ENGLISH)) if language == "python"])
def test_code_is_python_whose_names_can_be_imported(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            module = __import__(str(node.module), fromlist=[alias.name for alias in node.names])
            assert all(hasattr(module, alias.name) for alias in node.names)
