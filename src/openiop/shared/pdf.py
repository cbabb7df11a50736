"""HTML to PDF with WeasyPrint, which fetches nothing: a letter must never ask the network for a font or a picture."""

from __future__ import annotations


class PdfUnavailable(RuntimeError):
    """WeasyPrint's libraries are missing on this machine. The text says what to install."""


MISSING = (
    "This server cannot make PDF files yet, because the Pango library is missing. "
    "Install it (Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0; macOS: brew install pango) "
    "and try again. Nothing else is affected."
)


def render_pdf(html: str) -> bytes:
    """The document as PDF bytes; raises `PdfUnavailable` when the machine lacks Pango.

    `html` carries its own style; an address that it names is left out, not fetched.
    """
    try:
        # Loads C libraries when imported, and only letters need them.
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise PdfUnavailable(MISSING) from error
    return HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf()
