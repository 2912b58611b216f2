"""Which pages are shown, and what is known of a revision's text: pure."""

import hashlib
from collections.abc import Iterable, Sequence

from schoolgroup.resources.previews.making.made import TEXT_CHARACTERS_MAX, Form, Made, Section
from schoolgroup.resources.previews.making.maker import is_readable
from schoolgroup.resources.previews.models import (
    FilePreview,
    FileRow,
    PageRow,
    Reading,
    SourceFile,
    State,
    TextState,
)


def files_key(files: Iterable[SourceFile]) -> str:
    """One word for which files a revision has, in their order."""
    return hashlib.sha256("/".join(str(file.blob_id) for file in files).encode()).hexdigest()


def state_of(file: FileRow) -> State:
    """How a file stands; what nobody wished for yet is found by the next look for such."""
    if file.status is not None:
        return file.status
    return State.MAKING if is_readable(file.media_type) else State.NONE


def state_of_all(files: Sequence[FilePreview]) -> State:
    """One word for a whole revision: what is still to come first, then what can be seen."""
    states = {file.state for file in files}
    for state in (State.MAKING, State.READY, State.FAILED):
        if state in states:
            return state
    return State.NONE


def shown_pages(pages: Iterable[PageRow], pages_max: int) -> list[PageRow]:
    """The pictures the owner shows, through all files in order, without thumbnails."""
    return [page for page in pages if 1 <= page.no <= pages_max]


def thumbnail(pages: Iterable[PageRow], pages_max: int) -> PageRow | None:
    """The small picture of the first file that has one."""
    return next((page for page in pages if page.no == 0), None) if pages_max else None


def shown_outline(file: FileRow, pages_max: int) -> list[Section]:
    """As much of the words as the owner shows pages."""
    return file.outline[:pages_max] if file.form is Form.OUTLINE else []


def preview_of(file: FileRow, pages: Sequence[PageRow], pages_max: int) -> FilePreview:
    """What can be seen of a file; `pages` are those shown of the whole resource."""
    outline = shown_outline(file, pages_max)
    own = [page for page in pages if page.file_no == file.no]
    return FilePreview(
        file_no=file.no,
        file_name=file.file_name,
        media_type=file.media_type,
        state=state_of(file),
        form=file.form,
        because=file.because,
        page_count=file.page_count,
        shown=len(outline) if file.form is Form.OUTLINE else len(own),
        outline=outline,
    )


def text_of(made: Iterable[Made]) -> str:
    """What all files say, in their order, bounded."""
    return "\n".join(each.text for each in made if each.text)[:TEXT_CHARACTERS_MAX]


def reading_of(made: Sequence[Made]) -> Reading:
    """What came of reading the files: some text, none there is, or a file that cannot be read."""
    because = next((each.text_because for each in made if each.text_because), None)
    if any(each.text.strip() for each in made):
        return Reading(TextState.READY, because)
    return Reading(TextState.FAILED if because else TextState.NO_TEXT, because)
