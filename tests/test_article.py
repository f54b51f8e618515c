"""Articles come from files, pages and streams of many kinds; what is none says so in one line."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import sys
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geomap._fetch import Page, fetch, is_public
from geomap.article import LIMIT, parse_date, read_article, without_surrogates
from geomap.errors import ArticleError, MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

BODY = "Air sungai naik sejak pagi dan warga di tepi sungai mengungsi ke sekolah. " * 6
HTML = f"""<!DOCTYPE html><html lang="id"><head><title>Banjir di Manado - Warta</title>
<meta property="og:site_name" content="Warta"><meta property="og:title" content="Banjir di Manado">
<meta property="article:published_time" content="2021-07-08T10:00:00+07:00"></head>
<body><nav>Beranda Politik Olahraga</nav><article><h1>Banjir di Manado</h1><p>{BODY}</p><p>{BODY}</p></article>
<footer>Hak cipta 1999</footer></body></html>"""


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def pdf(lines: list[str]) -> bytes:
    """A PDF of one page with these lines."""
    stream = "BT /F1 12 Tf 72 720 Td 14 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj{content}endobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return (
        data
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
            f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF"
        ).encode()
    )


def test_text_stays_as_it_is(tmp_path: Path):
    text = "Banjir di Manado\r\n\r\n  Air naik pada Kamis.  \n"
    article = read_article(write(tmp_path, "banjir.id.txt", text), date="2021-07-08", outlet="Warta")
    assert article.text == text
    assert article.id == "banjir.id"
    assert article.title == "Banjir di Manado"
    assert article.date == dt.date(2021, 7, 8)
    assert article.outlet == "Warta"


def test_text_itself():
    article = read_article("Banjir di Manado\nAir naik.")
    assert article.text == "Banjir di Manado\nAir naik."
    assert article.id == read_article("Banjir di Manado\nAir naik.").id
    assert read_article("kata " * 1_000).text.startswith("kata")


def test_title_without_a_headline_is_the_first_sentence():
    assert read_article("Air naik di Manado. Warga mengungsi.\nHujan turun.").title == "Air naik di Manado."
    title = read_article("Warga " * 60 + ".\nHujan turun.").title
    assert title.endswith("Warga…")
    assert len(title) < 100


def test_standard_input(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Зима\nСнег в Москве.".encode())))
    article = read_article("-")
    assert (article.id, article.title) == ("stdin", "Зима")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r"])
def test_encodings(tmp_path: Path, encoding: str):
    text = "Снег в Москве\n" + "Снег шёл весь день, и городские службы убирали улицы до самого вечера. " * 5
    data = text.encode(encoding)
    if encoding == "utf-16-le":
        data = b"\xff\xfe" + data
    assert read_article(write(tmp_path, "a.txt", data)).text.lstrip("\ufeff") == text


def test_page(tmp_path: Path):
    article = read_article(write(tmp_path, "a.html", HTML))
    assert article.title == "Banjir di Manado"
    assert article.date == dt.date(2021, 7, 8)
    assert article.outlet == "Warta"
    assert BODY.strip() in article.text
    assert "Olahraga" not in article.text
    assert "Hak cipta" not in article.text


def test_page_without_a_date_gets_none(tmp_path: Path):
    html = re.sub("<meta property=.article:pub.*>", "", HTML).replace("Air sungai", "Pada 8 Juli 2020 air sungai", 1)
    assert "2021" not in html
    assert read_article(write(tmp_path, "a.html", html)).date is None


def test_date_given_wins_over_the_page(tmp_path: Path):
    assert read_article(write(tmp_path, "a.html", HTML), date=dt.date(1905, 1, 9)).date == dt.date(1905, 1, 9)


def test_date_of_a_line_of_its_own():
    assert read_article("Judul\nTanggal: 2021-07-08\nAir naik di Manado.").date == dt.date(2021, 7, 8)
    assert read_article("Judul\nSejak 2021-07-08 air naik di Manado.\n").date is None
    assert read_article("Judul\n2021-99-08\nAir naik.").date is None


def test_pdf(tmp_path: Path):
    long = "The river rose in the night and the people of the town went up to the sc-"
    article = read_article(write(tmp_path, "a.pdf", pdf(["Flood in Manado", long, "hool on the hill."])))
    assert article.text.splitlines()[0] == "Flood in Manado"
    assert "went up to the school on the hill." in article.text


def test_docx(tmp_path: Path):
    import docx

    document = docx.Document()
    document.add_paragraph("Banjir di Manado")
    document.add_paragraph("Air naik pada Kamis.")
    document.save(str(tmp_path / "a.docx"))
    assert read_article(tmp_path / "a.docx").text == "Banjir di Manado\nAir naik pada Kamis."


def test_web_page():
    page = Page("https://warta.example/2021/banjir?id=1", HTML.encode(), "text/html", "utf-8")
    article = read_article("https://warta.example/x", opener=lambda _: page)
    assert article.url == "https://warta.example/2021/banjir?id=1"
    assert article.id == "warta.example-2021-banjir"
    assert article.title == "Banjir di Manado"


def archive(name: str) -> bytes:
    buffer = io.BytesIO()
    # ZipInfo's fixed day: the time of now would give each test process other bytes, and so other test names
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo(name), "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n\t", "empty"),
        ("a.txt", "… — …".encode(), "empty"),
        ("a.txt", bytes(range(256)) * 20, "binary"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "binary"),
        ("a.html", b"<html><body><p></p></body></html>", "no article"),
        ("a.pdf", pdf(["Flood"])[:200], "PDF"),
        ("a.pdf", b"no pdf at all", "PDF"),
        ("a.pdf", pdf([]), "no text"),
        ("a.docx", archive("word/document.xml")[:40], "damaged Word file"),
        ("a.docx", archive("word/document.xml"), "damaged Word file"),
        ("a.zip", archive("a.txt"), "zip archive"),
        ("a.txt", b"a " * (LIMIT // 2 + 1), "larger than 20 MB"),
    ],
)
def test_what_is_no_article(tmp_path: Path, name: str, content: bytes, message: str):
    path = write(tmp_path, name, content)
    with pytest.raises(ArticleError, match=message) as caught:
        read_article(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_file(tmp_path: Path):
    with pytest.raises(ArticleError, match="no such file"):
        read_article(tmp_path / "nothing.txt")
    with pytest.raises(ArticleError, match="folder"):
        read_article(tmp_path)
    with pytest.raises(ArticleError, match="no file name"):
        read_article("a\0b")
    with pytest.raises(ArticleError, match="empty"):
        read_article("")


@pytest.mark.parametrize("day", ["2021-02-30", "8 July", "2021-13-01"])
def test_what_is_no_date(day: str):
    with pytest.raises(ArticleError, match="expected YYYY-MM-DD"):
        read_article("Judul\nIsi", date=day)


def test_dates():
    assert parse_date("") is None
    assert parse_date(dt.datetime(2021, 7, 8, 23, tzinfo=dt.UTC)) == dt.date(2021, 7, 8)


@pytest.mark.parametrize(("module", "name", "extra"), [("pypdf", "a.pdf", "pdf"), ("docx", "a.docx", "docx")])
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, name: str, extra: str):
    monkeypatch.setitem(sys.modules, module, None)
    content = pdf(["x"]) if extra == "pdf" else archive("word/document.xml")
    with pytest.raises(MissingExtraError, match=rf"geomap\[{extra}\]"):
        read_article(write(tmp_path, name, content))


@given(st.text(alphabet=st.characters(), max_size=50))
def test_any_text_can_be_written(text: str):
    clean = without_surrogates(text + "\ud800")
    assert len(clean) == len(text) + 1
    json.dumps(clean, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 not listened on
        ("224.0.0.1", False),
    ],
)
def test_public_addresses(address: str, *, public: bool):
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "https://127.0.0.1:9/"]
)
def test_private_addresses_are_not_asked(url: str):
    with pytest.raises(ArticleError, match="no public address"):
        fetch(url, limit=100)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example"])
def test_other_schemes_are_not_asked(url: str):
    with pytest.raises(ArticleError, match="only http and https"):
        fetch(url, limit=100)


@pytest.fixture
def server():
    """A web server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/page")
                self.end_headers()
            elif self.path == "/inside":
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.2:{self.server.server_port}/page")
                self.end_headers()
            elif self.path == "/file":
                self.send_response(302)
                self.send_header("Location", "file:///etc/passwd")
                self.end_headers()
            elif self.path == "/page":
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(HTML.encode())
            else:
                self.send_error(404)

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_fetch_follows_redirects_and_keeps_its_limits(server: str):
    def here(address: str) -> bool:
        return address == "127.0.0.1"

    page = fetch(f"{server}/moved", limit=100_000, allowed=here)
    assert page.url == f"{server}/page"
    assert (page.media_type, page.charset) == ("text/html", "utf-8")
    assert page.data.decode() == HTML
    for path, limit, message in (
        ("/page", 100, "larger"),
        ("/nothing", 100, "answered 404"),
        ("/inside", 100, "no public address"),
        ("/file", 100, "answered 302|cannot be fetched|unknown"),
    ):
        with pytest.raises(ArticleError, match=message):
            fetch(server + path, limit=limit, allowed=here)
