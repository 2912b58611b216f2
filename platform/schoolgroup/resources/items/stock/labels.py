"""Labels to print: one self-contained page, the bars drawn as inline SVG, nothing from outside."""

from collections.abc import Iterable
from html import escape

from schoolgroup.resources.items.models import Scheme
from schoolgroup.resources.items.stock.models import StockRow

# The symbology by which a scheme is printed; Code 128 (ISO/IEC 15417) holds any visible ASCII.
SYMBOLOGY = {Scheme.EAN13: "ean13", Scheme.MOD43: "code39"}
QUIET = 10  # modules of white on each side (ISO/IEC 15417 section 4.5; EAN-13 needs 11 and 7)
HEIGHT = 40
STYLE = """
@page { size: A4; margin: 8mm }
* { box-sizing: border-box }
body { margin: 0; font: 9pt/1.3 "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #000 }
main { display: grid; grid-template-columns: repeat(3, 1fr); gap: 2mm }
article { border: 0.2mm dashed #999; padding: 2mm; height: 36mm; overflow: hidden;
          break-inside: avoid; text-align: center }
h2 { font-size: 9pt; margin: 0; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
p { margin: 0; font-size: 8pt } svg { width: 100%; height: 15mm }
code { font: 9pt monospace; letter-spacing: 0.1em }
""".strip()


def bars(scheme: Scheme, code: str) -> str:
    """The modules of a barcode, 1 for black; the check character is the code's own."""
    import barcode  # here: no process needs it to start

    name = SYMBOLOGY.get(scheme, "code128")
    if name == "ean13":
        drawn = barcode.get_barcode_class(name)(code[:12]).build()
    elif name == "code39":
        drawn = barcode.get_barcode_class(name)(code, add_checksum=False).build()
    else:
        drawn = barcode.get_barcode_class(name)(code).build()
    modules: str = drawn[0].replace("G", "1")
    return modules


def page(school_name: str, items: Iterable[StockRow]) -> str:
    """A page of labels, twenty-four on an A4 sheet."""
    labels = "\n".join(_label(school_name, item) for item in items)
    title = escape(f"{school_name} 条码标签")
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body><main>\n{labels}\n</main></body></html>\n"
    )


def _label(school_name: str, item: StockRow) -> str:
    count = f" · {item.pieces} 件" if item.pieces > 1 else ""
    return (
        f"<article><h2>{escape(item.title)}</h2>{_drawing(item)}"
        f"<code>{escape(item.barcode)}</code>"
        f"<p>{escape(school_name)} · {escape(item.home_location)}{count}</p></article>"
    )


def _drawing(item: StockRow) -> str:
    modules = bars(item.scheme, item.barcode)
    rects, start = [], 0
    while start < len(modules):
        end = start
        while end < len(modules) and modules[end] == modules[start]:
            end += 1
        if modules[start] == "1":
            rects.append(f"M{start + QUIET} 0h{end - start}v{HEIGHT}h-{end - start}z")
        start = end
    width = len(modules) + 2 * QUIET
    return (
        f'<svg viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(item.barcode)}"><path d="{"".join(rects)}"/></svg>'
    )
