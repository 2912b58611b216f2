"""Pictures, made small: of images, and of pages others have drawn."""

from pathlib import Path

from PIL import Image, ImageOps

from schoolgroup.resources.previews.making.made import (
    PAGE_PX_MAX,
    THUMBNAIL_PX_MAX,
    Form,
    Made,
    MadePage,
    Unreadable,
)

PIXELS_MAX = 120_000_000  # a scan of A0 at 300 dpi has 140 million: that is borrowed, not previewed
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP")
QUALITY = 80
ORIENTATION = 0x0112  # a tag of Exif 2.3
Image.MAX_IMAGE_PIXELS = PIXELS_MAX


def open_picture(path: Path) -> Image.Image:
    """The first frame of an image, not yet unpacked; raises Unreadable."""
    try:
        image = Image.open(path, formats=FORMATS)
    except Image.DecompressionBombError:
        raise Unreadable("too_large") from None
    if image.width * image.height > PIXELS_MAX:
        raise Unreadable("too_large")
    return image


def read_picture(path: Path, folder: Path) -> Made:
    """The image itself, turned upright, bounded, without what its metadata tells."""
    with open_picture(path) as image:
        image.draft("RGB", (PAGE_PX_MAX, PAGE_PX_MAX))  # a JPEG is unpacked at a fraction
        orientation = image.getexif().get(ORIENTATION, 1)
        small = bounded(image, PAGE_PX_MAX)
    small.getexif()[ORIENTATION] = orientation
    upright = ImageOps.exif_transpose(small)
    made = Made(form=Form.PICTURE, page_count=1)
    made.pages = [save(upright, folder, 1, PAGE_PX_MAX), save(upright, folder, 0, THUMBNAIL_PX_MAX)]
    return made


def bounded(image: Image.Image, px_max: int) -> Image.Image:
    """A copy of at most so many pixels a side, on white; the large one is never copied whole."""
    if image.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
        image = image.convert("L")
    elif image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA")  # what has a palette cannot be made small smoothly
    width, height = image.size
    scale = min(1.0, px_max / max(width, height))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if small.mode == "RGBA":
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        return ground
    clean = Image.new(small.mode, small.size)  # nothing but pixels goes over
    clean.paste(small)
    return clean


def save(image: Image.Image, folder: Path, number: int, px_max: int) -> MadePage:
    """Write a bounded copy."""
    small = bounded(image, px_max)
    name = f"page-{number}.webp"
    small.save(folder / name, "WEBP", quality=QUALITY, method=4)
    return MadePage(number, name, small.width, small.height)
