"""Tables → Markdown: merged cells are repeated in each place that they cover, several header rows become one."""

import re
from collections.abc import Callable

from lxml import etree

from knowledge_base.entries import markdown

type CellText = Callable[[etree._Element], str]

_DASH = re.compile(r"^[-–•](?:\s+|(?=[^\s\d]))")


def table(element: etree._Element, text: CellText) -> str:
    """Returns a ``Tableau`` as Markdown, without its title; empty if all its cells are. ``text`` returns a cell's line."""
    rows = [row for row in element if row.tag == "Rangée"]
    grid = _grid(rows, text, columns=sum(1 for child in element if child.tag == "Colonne"))
    heads = sum(1 for row in rows if row.get("type") == "header")
    width = max(map(len, grid), default=0)
    if not any(any(row) for row in grid):
        return ""
    padded = [row + [""] * (width - len(row)) for row in grid]
    head = [_one_head([row[column] for row in padded[:heads]]) for column in range(width)]
    lines = _without_twins([head, *(row for row in padded[heads:] if any(row))])
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |") for cells in lines)


def _without_twins(rows: list[list[str]]) -> list[list[str]]:
    """Returns the rows without columns that repeat the preceding column entirely (cells merged in all rows)."""
    width = len(rows[0])
    columns = [column for column in range(width) if not column or any(row[column] != row[column - 1] for row in rows)]
    return [[row[column] for column in columns] for row in rows]


def _grid(rows: list[etree._Element], text: CellText, *, columns: int) -> list[list[str]]:
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column → rows still covered by a cell above, and that cell's text
    for row in rows:
        cells = [cell for cell in row if cell.tag == "Cellule"]
        if columns and sum(_span(cell, "fusionHorizontale") for cell in cells) + len(hanging) > columns:
            hanging = {}  # the row is complete without them: the table's author merged a cell too far down
        line: list[str] = []
        for cell in cells:
            _take_hanging(line, hanging)
            content = text(cell).replace("|", "\\|")
            down = _span(cell, "fusionVerticale")
            for _ in range(_span(cell, "fusionHorizontale")):
                if down > 1:
                    hanging[len(line)] = (down, content)  # this row's own part comes at its end
                line.append(content)
        _take_hanging(line, hanging)
        hanging = {column: (left - 1, content) for column, (left, content) in hanging.items() if left > 1}
        grid.append(line)
    return grid


def _take_hanging(line: list[str], hanging: dict[int, tuple[int, str]]) -> None:
    while len(line) in hanging:
        line.append(hanging[len(line)][1])


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1")
    return min(max(int(value), 1), 100) if value.isdigit() else 1


def _one_head(cells: list[str]) -> str:
    different = list(dict.fromkeys(filter(None, cells)))
    return " – ".join(different)


def cell_line(paragraphs: list[str]) -> str:
    """Returns a cell's paragraphs and list items as one line, with semicolons for the dashes typed before each."""
    if len(paragraphs) > 1:
        paragraphs = [_DASH.sub("", paragraph) for paragraph in paragraphs]
    return markdown.in_one_line(paragraphs)
