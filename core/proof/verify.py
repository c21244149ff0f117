"""Verifies that the text of replies stands word for word in the published pages. The format: docs/proof.md.

Needs the standard library only: this file can be copied and run anywhere with a copy of the snapshot's folder.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

Json = Mapping[str, Any]
Texts = Mapping[str, str]  # by their JSON pointers
Word = re.Match[str]

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")
_URL = re.compile(r"https?://[^\s)\]]+")
_WORD = re.compile(r"\d+/\d+|(?:[^\W_]|[°×]|\b(?:\*\*|\0)\b)+|[€%‰$£]")  # bold or a link may begin inside of a word
_UNIT = re.compile(r"[^\n|]*?[.!?…][»)”\"*\0]*(?=[\s|]|\Z)|[^\n|]+")  # a sentence, a line or a cell
# All that the service puts into a page's text: the page's date, the count of a list; by SMS a part may begin inside of one.
ADDED = re.compile(r"(?:\(au |\A(?:au )?)(?P<day>\d\d/\d\d/\d{4})\)|(?:… \(\d+ |\A(?:\(?\d+ )?)sur \d+\)")
CUT = re.compile(r"[^\w\n]*(?:\(au [\d/]{10}\)[^\w\n]*)?(?:…|\.\.\.)")  # follows a sentence that was cut
_QUOTABLE = re.compile(
    r"/(title|short_answer|introduction|description|easy_text|sms_text|body/.*/(markdown|heading|label|question))"
)
NAMES = ("heading", "label", "question")
_UNSEEN = frozenset({"payload", "type", "snapshot", "purpose"})
_LETTERS = {"\u2044": "/", "°": "o", "×": "x", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"}


class Fault(Exception):
    """What of a reply is not as published: one of the kinds of docs/proof.md, and the words concerned."""


class Quote(NamedTuple):
    """A piece of a shown text: its words, where it stands there, and its place: which text it quotes, from where to where."""

    said: str
    start: int
    end: int
    place: str
    text: str
    first: int
    last: int


class Verdict(NamedTuple):
    """What was proved of a reply: how many pieces stand in which pages, what the service ``added``, and the ``faults``."""

    quoted: int
    pages: Collection[str]
    added: Collection[str]
    faults: Sequence[Fault]


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """Returns the words, numbers and signs of currency that a reader sees, not those of addresses."""
    return tuple(_WORD.finditer(_visible(text)))


@lru_cache(maxsize=4096)
def bounds(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Returns the offsets at which a quotation of ``text`` may begin and end: those of sentences, lines and cells."""
    seen = _visible(text)
    units = [[one.span() for one in _WORD.finditer(seen, *unit.span())] for unit in _UNIT.finditer(seen)]
    return frozenset(unit[0][0] for unit in units if unit), frozenset(unit[-1][1] for unit in units if unit)


def _visible(markdown: str) -> str:
    text = LINK.sub(lambda link: f"\0{link[1]}" + "\0" * (len(link[0]) - 1 - len(link[1])), markdown)
    return _URL.sub(lambda url: "\0" * len(url[0]), text)


def written(word: str) -> str:
    """Returns ``word`` without marks."""
    return word.replace("**", "").replace("\0", "")


def folded(word: str) -> str:
    """Returns ``word`` as an SMS in the GSM alphabet has it."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", written(word)) if not unicodedata.combining(letter))
    return "".join(_LETTERS.get(letter, letter) for letter in bare)


@lru_cache(maxsize=4096)
def joined(text: str, form: Callable[[str], str] = written) -> str:
    """Returns the words of ``text`` with single spaces around them."""
    return f" {' '.join(form(word[0]) for word in words(text))} "


def texts(value: Any, pointer: str = "") -> dict[str, str]:
    """Returns all strings in ``value``, without those that nobody is shown."""
    if isinstance(value, str):
        return {pointer: value}
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, Sequence) else ()
    return {at: text for key, one in inner if key not in _UNSEEN for at, text in texts(one, f"{pointer}/{key}").items()}


def texts_of_page(page: Json) -> dict[str, str]:
    """Returns the texts of ``page`` that a reply may quote."""
    return {place: text for place, text in texts(page).items() if _QUOTABLE.fullmatch(place)}


def above(place: str, at: Texts, kinds: Sequence[str] = ("heading", "label")) -> set[str]:
    """Returns the headings and labels that lead to the text at ``place``."""
    steps = place.split("/")
    names = (f"{'/'.join(steps[:count])}/{kind}" for count in range(1, len(steps)) for kind in kinds)
    return {at[name] for name in names if name in at}


def shown_texts(reply: Json) -> Iterator[tuple[str, str, Json]]:
    """Yields the texts of ``reply`` that are proved, with their pointers and cards; the last is its own ``text``."""
    for number, block in enumerate(reply["blocks"]):
        options = ((f"/blocks/{number}/options/{order}", one) for order, one in enumerate(block.get("options", ())))
        for pointer, card in ((f"/blocks/{number}", block), *options):
            if "entry_version" in card:
                yield from (
                    (f"{pointer}/{name}", card[name], card) for name in ("sms_text", "body", "extract") if card.get(name)
                )
    if reply.get("text"):
        yield "/text", reply["text"], {}


class Snapshot:
    """The published pages in a snapshot's folder. Raises ``Fault`` if they cannot be read."""

    def __init__(self, folder: Path) -> None:
        try:
            self._manifest = json.loads((folder / "manifest.json").read_bytes())
            self._calibration = (folder / "calibration.json").read_bytes()
            self._lines = (folder / "entries.jsonl").read_bytes().splitlines()
            self.name, self.digest = folder.name, str(self._manifest["content"])
        except (OSError, ValueError, LookupError) as error:
            raise Fault("snapshot", f"{folder.name} ({type(error).__name__})") from None

    @cached_property
    def is_whole(self) -> bool:
        """Whether the pages have the digest that the manifest and the name say."""
        content = hashlib.sha256("{format} {made_by} {model}@{revision} {dimension}\n".format_map(self._manifest).encode())
        content.update(self._calibration)
        for page in map(json.loads, self._lines):
            head = f"{page['collection']}/{page['id']} {page.pop('version')}"
            written = json.dumps(page, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            content.update(f"{head} {hashlib.sha256(written.encode()).hexdigest()}\n".encode())
        return content.hexdigest() == self.digest and f"-{self.digest[:8]}-" in self.name

    def page(self, card: Json) -> Json:
        """Returns the page of ``card``. Raises ``Fault``."""
        begin = f'{{"id":{json.dumps(card["entry"])},'.encode()
        for page in (json.loads(line) for line in self._lines if line.startswith(begin)):
            if (page["version"], page["source"]) == (card["entry_version"], card["source"]["name"]):
                return dict(page)
        raise Fault("page", f"{card['entry']}, version {card['entry_version']}, {self.name}")


def verify(reply: Json, snapshot_of: Callable[[str], Snapshot], wording: Collection[str] | None = None) -> Verdict:
    """Verifies the cards and extracts of ``reply``, and its ``text``, as which it is sent by SMS and exported.

    ``wording``: the sentences that the service may put between the blocks; without them they are named, not judged.
    """
    proof, blocks = reply.get("proof") or {}, reply["blocks"]
    proofs = {one["at"]: one for one in proof.get("texts", ())}
    faults, pages, added, quoted = list[Fault](), dict[str, None](), dict[str, None](), 0
    for pointer, shown, card in shown_texts(reply):
        try:
            if card:
                snapshot = snapshot_of(card["snapshot"])
                if not snapshot.is_whole or proof["snapshots"][snapshot.name] != snapshot.digest:
                    raise Fault("snapshot", card["snapshot"])
                quoted += _of_page(shown, proofs[pointer], card, snapshot.page(card))
                pages[f"{card['entry']}, version {card['entry_version']}, {snapshot.name} ({snapshot.digest})"] = None
            else:
                _of_blocks(shown, proofs[pointer], blocks, wording)
            added |= dict.fromkeys(one["text"] for one in proofs[pointer]["added"])
        except Fault as fault:
            faults.append(fault)
        except (LookupError, TypeError) as error:
            faults.append(Fault("proof", f"{pointer} ({type(error).__name__} {error})"))
    added |= dict.fromkeys(block[name] for block in blocks for name in ("text", "notice") if block.get(name))
    added |= dict.fromkeys(option["label"] for block in blocks for option in block.get("options", ()))
    return Verdict(quoted, tuple(pages), tuple(added), tuple(faults))


def _of_page(shown: str, proof: Json, card: Json, page: Json) -> int:
    """Returns how many pieces of ``shown``, a text of ``card``, stand in ``page``. Raises ``Fault``."""
    at = texts_of_page(page)
    for one in proof["added"]:
        form = ADDED.fullmatch(shown, one["start"], one["start"] + len(one["text"]))
        if form is None or (form["day"] and form["day"].split("/")[::-1] != (page["verified_on"] or "").split("-")):
            raise Fault("added", one["text"])
    quotes, names, quoted = _quotes(shown, proof, at, written, begun=bool(card.get("part"))), list[Quote](), set[str]()
    for quote in quotes:  # the name of a case or a heading stands before a text that is under it
        if quote.place.endswith(NAMES):
            names = [*names, quote] if names and "\n" not in shown[names[-1].end : quote.start] else [quote]
            continue
        places = [place for place, text in at.items() if f" {quote.said} " in joined(text)]
        over = {joined(text) for place in places for text in above(place, at, NAMES)}
        if any(joined(name.text) not in over for name in names):
            raise Fault("name", f"{names[-1].said} : {quote.said}")
        names, quoted = [], quoted.union(places)
    path, address = {*card.get("headings", ()), *card.get("cases", ())}, card["source"]["url"]
    main, _, anchor = address.partition("#")
    urls, links = page["urls"].values() or [""], {link for place in quoted for link in LINK.findall(written(at[place]))}
    facts = {
        "title": card.get("title", page["title"]) == page["title"],
        "headings": shown == card.get("sms_text") or not path or any(path <= above(place, at) for place in quoted),
        "source": address in urls or (main in urls and anchor in page.get("anchors", {}).values()),
        "verified_on": card.get("verified_on") == page["verified_on"],
        "services": all(any(one["url"] == link["url"] for link in page["services"]) for one in card.get("services", ())),
        "body": links.issuperset(LINK.findall(written(shown))),
    }
    for name in (name for name, holds in facts.items() if not holds):
        raise Fault("fact", f"{name} = {card.get(name)}")
    return len(quotes)


def _of_blocks(shown: str, proof: Json, blocks: Sequence[Json], wording: Collection[str] | None) -> None:
    """Raises ``Fault`` unless ``shown``, the text of a reply, stands in its ``blocks``."""
    known = {joined(sentence, folded) for sentence in wording or ()}
    for one in proof["added"]:
        is_number = one["text"].isdigit() and not shown[: one["start"]].rpartition("\n")[2].strip()  # of a choice
        if wording is not None and not is_number and joined(one["text"], folded) not in known:
            raise Fault("added", one["text"])
    at, entries = texts(blocks, "/blocks"), {block.get("entry") for block in blocks}
    _quotes(shown, proof, at, folded)
    for url in set(_URL.findall(shown)).difference(*map(_URL.findall, at.values())):
        if url.rpartition("/l/")[2].rpartition("-")[0] not in entries:  # a short link names the page
            raise Fault("fact", url)


def _quotes(shown: str, proof: Json, at: Texts, form: Callable[[str], str], *, begun: bool = False) -> Sequence[Quote]:
    """Returns the pieces of ``shown``, compared word for word in ``form``. Raises ``Fault``, also for words of no piece.

    ``begun``: the beginning of the text was sent before, so that the first piece may begin inside a sentence.
    """
    rest, found = words_but(shown, [(one["start"], one["text"]) for one in proof["added"]]), list[Quote]()
    for piece in proof["pieces"]:
        text, start, end = at[piece["field"]], piece["start"], piece["end"]
        own = [word for word in words(text) if start <= word.start() and word.end() <= end]
        said, rest = rest[: len(own)], rest[len(own) :]
        if not said or [form(word[0]) for word in said] != [form(word[0]) for word in own]:
            raise Fault("words", shown[said[0].start() : said[-1].end()] if said else piece)
        quote = Quote(
            " ".join(written(word[0]) for word in own), said[0].start(), said[-1].end(), piece["field"], text, start, end
        )
        begins = start in bounds(text)[0] or (begun and not found and start == own[0].start())
        if not begins or (end not in bounds(text)[1] and not CUT.match(shown, quote.end)):
            raise Fault("cut", shown[quote.start : quote.end])
        found.append(quote)
    if rest:
        raise Fault("words", shown[rest[0].start() :].partition("\n")[0])
    _check_rows(shown, found)
    return found


def words_but(shown: str, added: Sequence[tuple[int, str]]) -> list[Word]:
    """Returns the words of ``shown`` outside of what was ``added``. Raises ``Fault`` if that is not there."""
    for start, text in added:
        if not shown.startswith(text, start):
            raise Fault("added", text)
    return [
        word
        for word in words(shown)
        if not any(start <= word.start() and word.end() <= start + len(text) for start, text in added)
    ]


def _check_rows(shown: str, quotes: Sequence[Quote]) -> None:
    """Raises ``Fault`` if a line of ``shown`` has cells of two rows of a table, or a cell after the head of another column."""
    lines, head = defaultdict[tuple[int, str], list[tuple[int, str]]](list), (-1, 0)
    for quote in quotes:
        begin, end = quote.text.rfind("\n", 0, quote.first) + 1, quote.text.find("\n", quote.first)
        line = shown.count("\n", 0, quote.start)
        if not quote.text.startswith("|", begin) or "\n" in shown[quote.start : quote.end]:
            continue
        if re.match(r"\|[ :|-]*---", quote.text[end + 1 :]):
            head = (line, quote.text.count("|", begin, quote.last))
        else:
            lines[line, quote.text].append((head[1] if head[0] == line else 0, quote.said))
            head = (-1, 0)
    for (_, text), cells in lines.items():
        rows = [[joined(row), *map(joined, row.split("|")[1:])] for row in text.split("\n")]
        if not any(all(f" {said} " in "".join(row[column : column + 1]) for column, said in cells) for row in rows):
            raise Fault("row", "; ".join(said for _, said in cells))


def replies_in(text: str) -> list[Json]:
    """Returns the replies in what ``ask --json`` prints, one on a line, in the history of a conversation, or in an export of a
    person's data, where the texts of SMS stand apart.
    """
    try:
        loaded = [json.loads(text)]
    except ValueError:
        loaded = [json.loads(line) for line in text.splitlines() if line.strip()]
    found = [one for one in loaded if "blocks" in one]
    for one in loaded:
        sent = {row["reply_id"]: {"text": row["text"]} for row in one.get("deliveries", ())}
        found += [{**row, **sent.get(row["id"], {})} for row in one.get("replies", ())]
        found += [turn["reply"] for turn in one.get("turns", ()) if turn["reply"]]
    return found


def report(verdict: Verdict, said: Callable[[str], str] = str) -> str:
    """Returns ``verdict`` in lines: its pages, what was added after a plus sign, its faults."""
    head = f"{'✗' if verdict.faults else '✓'} {verdict.quoted} ← {' ; '.join(verdict.pages)}"
    faults = (f"  ✗ {said(fault.args[0])}: {fault.args[1]}" for fault in verdict.faults)
    return "\n".join((head, *(f"  + {added}" for added in verdict.added), *faults))


if __name__ == "__main__":
    snapshot_in = lru_cache(lambda name: Snapshot(Path(sys.argv[2]) / name))
    verdicts = [verify(reply, snapshot_in) for reply in replies_in(Path(sys.argv[1]).read_text("utf-8"))]
    print(*map(report, verdicts), sep="\n")
    sys.exit(any(verdict.faults for verdict in verdicts))
