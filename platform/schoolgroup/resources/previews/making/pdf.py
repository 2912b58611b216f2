"""PDF, with Chromium's own reader (pdfium)."""

from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from schoolgroup.resources.previews.making.made import (
    PAGE_PX_MAX,
    PAGES_MAX,
    THUMBNAIL_PX_MAX,
    Form,
    Made,
    Unreadable,
    Words,
)
from schoolgroup.resources.previews.making.pictures import save

TEXT_PAGES_MAX = 1000
SCALE_MAX = 4.0  # of 72 dots per inch


def read_pdf(path: Path, folder: Path, *, pictures: bool) -> Made:
    """Its first pages as they are printed, and the words of all; raises Unreadable."""
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as failed:
        locked = getattr(failed, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        raise Unreadable("encrypted" if locked else "damaged") from None
    made = Made(form=Form.PAGES, page_count=len(document))
    if not document:
        raise Unreadable("damaged")
    for at in range(min(len(document), PAGES_MAX) if pictures else 0):
        page = document[at]
        scale = min(PAGE_PX_MAX / max(*page.get_size(), 1.0), SCALE_MAX)
        image = page.render(scale=scale, may_draw_forms=False).to_pil()
        made.pages.append(save(image, folder, at + 1, PAGE_PX_MAX))
        if at == 0:
            made.pages.append(save(image, folder, 0, THUMBNAIL_PX_MAX))
        page.close()
    made.text = _words(document)
    return made


def _words(document: "pypdfium2.PdfDocument") -> str:
    words = Words()
    for at in range(min(len(document), TEXT_PAGES_MAX)):
        if words.is_full:
            break
        page = document[at]
        text = page.get_textpage()
        words.add(text.get_text_bounded())
        text.close()
        page.close()
    return str(words)
