"""Read an article: a text, HTML, PDF or Word file, a web address, standard input, or the text itself."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geomap.errors import ArticleError, MissingExtraError
from geomap.record import Article
from geomap.text.sentences import split

if TYPE_CHECKING:
    from collections.abc import Callable

    from geomap._fetch import Page

__all__ = ["LIMIT", "parse_date", "read_article", "without_surrogates"]

LIMIT = 20_000_000
"""The most bytes of a file, and characters of a text, that are read as one article."""

# No file name is longer, so a longer string is the text itself.
_LONGEST_PATH = 1_024
_LONGEST_HEADLINE = 160
_TITLE_LENGTH = 90
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{3,20})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a source holds; `date` is "" or ISO."""

    text: str
    title: str = ""
    date: str = ""
    outlet: str = ""


def read_article(
    source: str | bytes | Path,
    *,
    date: str | dt.date | None = None,
    language: str = "",
    title: str = "",
    outlet: str = "",
    url: str = "",
    source_place: str = "",
    opener: Callable[[str], Page] | None = None,
) -> Article:
    r"""Read an article.

    Parameters
    ----------
    source
        A path to a text, .html, .pdf or .docx file; an http(s) address; "-" for standard input; or the text itself,
        if it holds a line break or is longer than any path; or the bytes of a file.
    date
        Day of publication, ISO or a date; default: what the page says of itself, or a head line that is nothing but an
        ISO date.
    language, title, outlet, url, source_place
        What is known of the article; see `Article`. A title that is neither given nor found is the first sentence,
        shortened.
    opener
        Fetches a web address; default: from the public web only, with limits of time and size.

    Raises
    ------
    ArticleError
        There is nothing to read, or it is no article. The message names the source and the cause.
    MissingExtraError
        Reading this kind of file needs an optional dependency.

    Examples
    --------
    >>> read_article("Banjir di Manado\n\nAir naik di Manado pada Kamis.").title
    'Banjir di Manado'
    """
    known = parse_date(date)
    name, address, content = _open(source, opener)
    text = content.text
    return Article(
        text=text,
        id=name,
        title=title or content.title or _title(text),
        date=known or _page_date(content.date) or _date_line(text),
        language=language,
        outlet=outlet or content.outlet,
        url=url or address,
        source_place=source_place,
    )


def parse_date(date: str | dt.date | None) -> dt.date | None:
    """Turn an ISO day into a date; None and "" mean unknown.

    Raises
    ------
    ArticleError
        It is no day of the calendar.
    """
    if isinstance(date, dt.datetime):
        return date.date()
    if isinstance(date, dt.date) or not date:
        return date or None
    try:
        return dt.date.fromisoformat(date)
    except (TypeError, ValueError) as error:
        raise ArticleError(f"{date!r} is no date; expected YYYY-MM-DD, such as 2021-07-08") from error


def without_surrogates(text: str) -> str:
    """Replace half characters, which no file can hold, by U+FFFD; offsets stay."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _open(source: str | bytes | Path, opener: Callable[[str], Page] | None) -> tuple[str, str, _Content]:
    """Return a name, a web address or "", and what the source holds."""
    if isinstance(source, bytes):
        return _named(source), "", _read_bytes(source, "the article")
    if isinstance(source, str):
        if source == "-":
            return "stdin", "", _read_bytes(sys.stdin.buffer.read(LIMIT + 1), "stdin")
        if re.match(r"https?://\S+$", source, re.IGNORECASE):
            page = (opener or _fetch)(source)
            return _slug(page.url), page.url, _read_bytes(page.data, page.url, page.charset, page.media_type)
        if "\n" in source or len(source) > _LONGEST_PATH or not source.strip():
            return _named(source.encode("utf-8", "surrogatepass")), "", _read_text(source, "text")
    path = Path(source)
    return path.stem, "", _read_bytes(_file(path), str(path), suffix=path.suffix.lower())


def _named(data: bytes) -> str:
    """Name an article that came without a name by its content."""
    return f"text-{hashlib.sha256(data).hexdigest()[:8]}"


def _fetch(url: str) -> Page:
    from geomap._fetch import fetch

    return fetch(url, limit=LIMIT)


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LIMIT + 1)  # the caller refuses what is longer
    except FileNotFoundError as error:
        raise ArticleError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise ArticleError(f"{path}: a folder; name the files in it") from error
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a NUL in the name
        raise ArticleError(f"{str(path)!r}: no file name") from error


def _slug(url: str) -> str:
    """Turn a web address into a name fit for a file."""
    address = re.sub(r"^https?://|[?#].*$", "", url, flags=re.IGNORECASE)
    return re.sub(r"[^\w.]+", "-", address).strip("-.") or "page"


def _checked(content: _Content, name: str) -> _Content:
    """Refuse a text that is empty or too long, and make it one that can be written."""
    if len(content.text) > LIMIT:
        raise ArticleError(f"{name}: longer than {LIMIT // 1_000_000} million characters")
    if not any(character.isalnum() for character in content.text):
        raise ArticleError(f"{name}: the article is empty")
    return replace(content, text=without_surrogates(content.text))


def _read_bytes(data: bytes, name: str, charset: str = "", media_type: str = "", *, suffix: str = "") -> _Content:
    """Read a document of the kind that its first bytes, media type or suffix say."""
    if len(data) > LIMIT:
        raise ArticleError(f"{name}: larger than {LIMIT // 1_000_000} MB")
    if not data.strip():
        raise ArticleError(f"{name}: the file is empty")
    if data[:1024].lstrip().startswith(b"%PDF-") or suffix == ".pdf":
        return _checked(_read_pdf(data, name), name)
    if data.startswith(b"PK\x03\x04") or suffix == ".docx":
        return _checked(_read_docx(data, name), name)
    text = _decode(data, name, charset)
    if media_type in {"text/html", "application/xhtml+xml"} or suffix in {".html", ".htm", ".xhtml"}:
        return _checked(_read_html(text, name), name)
    return _read_text(text, name)


def _decode(data: bytes, name: str, charset: str) -> str:
    """Decode a text by its byte order mark, as UTF-8, by its declared charset, or by the look of it."""
    for mark, encoding in ((b"\xff\xfe\x00\x00", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    controls = sum(data[:4096].count(bytes([code])) for code in (*range(9), *range(14, 27)))
    if controls > len(data[:4096]) // 100:
        raise ArticleError(f"{name}: binary, no text")
    if not charset and (declared := _CHARSET.search(data, 0, 4096)):
        charset = declared.group(1).decode("ascii")
    for encoding in ("utf-8-sig", charset):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes

    guess = from_bytes(data).best()
    if guess is None:
        raise ArticleError(f"{name}: in no encoding that is known; save it as UTF-8")
    return str(guess)


def _read_text(text: str, name: str) -> _Content:
    """Read a plain text, or HTML that came without saying so."""
    if re.match(r"\s{0,100}(?:<!doctype html|<html\b)", text, re.IGNORECASE):
        return _checked(_read_html(text, name), name)
    return _checked(_Content(text), name)


def _read_html(text: str, name: str) -> _Content:
    """Find the article in a web page, and what the page says of it."""
    from trafilatura import bare_extraction

    # The day of publication comes from the page's own words about itself, never from any date in its text.
    page = bare_extraction(
        text,
        include_comments=False,
        include_images=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if page is None or isinstance(page, dict) or not page.text:
        raise ArticleError(f"{name}: no article found in the page")
    return _Content(page.text, page.title or "", page.date or "", page.sitename or "")


def _read_pdf(data: bytes, name: str) -> _Content:
    try:
        import pypdf
    except ImportError as error:
        raise MissingExtraError(f"{name}: reading PDF needs pypdf: pip install 'geomap[pdf]'") from error
    try:
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    except Exception as error:  # pypdf lets many kinds out on damaged files
        raise ArticleError(f"{name}: a damaged or locked PDF: {_one_line(error)}") from error
    text = _unwrap("\n".join(pages))
    if not text.strip():
        raise ArticleError(f"{name}: the PDF holds no text; is it a scan?")
    return _Content(text)


def _unwrap(text: str) -> str:
    """Join the lines of a printed page into paragraphs: a line goes on unless it ends well short of the longest."""
    lines = [line.strip() for line in text.splitlines()]
    full = 0.75 * sorted(map(len, lines), reverse=True)[len(lines) // 10] if lines else 0
    parts: list[str] = []
    for line in lines:
        if line.endswith("-") and line[-2:-1].islower():
            parts.append(line[:-1])
        else:
            parts.append(line + (" " if len(line) > full else "\n"))
    return "".join(parts).strip()


def _read_docx(data: bytes, name: str) -> _Content:
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "word/document.xml" not in archive.namelist():
                raise ArticleError(f"{name}: a zip archive, no Word file; unpack it first")
            if sum(member.file_size for member in archive.infolist()) > 10 * LIMIT:
                raise ArticleError(f"{name}: unpacks to more than {10 * LIMIT // 1_000_000} MB")
    except zipfile.BadZipFile as error:
        raise ArticleError(f"{name}: a damaged Word file: {_one_line(error)}") from error
    try:
        import docx
    except ImportError as error:
        raise MissingExtraError(f"{name}: reading Word files needs python-docx: pip install 'geomap[docx]'") from error
    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    except Exception as error:  # python-docx and lxml let many kinds out on damaged files
        raise ArticleError(f"{name}: a damaged Word file: {_one_line(error)}") from error
    return _Content(text, document.core_properties.title or "")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _title(text: str) -> str:
    """Return the first line if it looks like a headline, else the first sentence, shortened."""
    lines = text.strip().splitlines()
    head = lines[0].strip()
    if len(head) <= _LONGEST_HEADLINE and not head.endswith((".", ":", ",", "。")) and any(map(str.strip, lines[1:])):
        return head
    start = text.index(head)
    first = split(text[start : start + 2_000])[0]
    sentence = " ".join(text[start + first.start : start + first.end].split())
    if len(sentence) <= _TITLE_LENGTH:
        return sentence
    return sentence[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",;:–—- ") + "…"


def _page_date(date: str) -> dt.date | None:
    """Read the date of a page's metadata; what is malformed there is no fault of the reader."""
    try:
        return parse_date(date[:10])
    except ArticleError:
        return None


def _date_line(text: str) -> dt.date | None:
    """Return the date of a line among the first that is nothing but an ISO date, with or without a label."""
    for line in text[:1_000].splitlines()[:5]:
        if match := re.fullmatch(r"\s*(?:[^\W\d_]{1,20}: ?)?(\d{4}-\d{2}-\d{2})\s*", line):
            return _page_date(match.group(1))
    return None
