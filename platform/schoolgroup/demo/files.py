"""The lesson a teacher of the demo group deposits: four real files, one of them large."""

import hashlib
import wave
from importlib import resources
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

RATE: Final = 44_100  # frames a second
BAR_FRAMES: Final = 88_200  # two seconds; divisible by 1 to 8, so every beat falls on a frame
BARS_EACH: Final = 12
# One rhythm for both ears, or a rhythm for the left and another for the right.
RHYTHMS: Final = (*((n, n) for n in range(1, 9)), (2, 3), (3, 4))
RECORDING_NAME: Final = "把一小节平均分.wav"
RECORDING_BYTES: Final = 44 + len(RHYTHMS) * BARS_EACH * BAR_FRAMES * 4

_BEAT_FRAMES = 6_000
_LOUDEST = 9_000
_ACCENT_PERIOD, _PLAIN_PERIOD = 50, 100  # frames: 882 Hz on the first beat, 441 Hz on the others


class Lesson(msgspec.Struct, frozen=True):
    """What the catalogue is told: title, summary, curriculum coordinate 课程坐标."""

    title: str
    title_en: str
    summary: str
    keywords: tuple[str, ...]
    kind: str
    stage: str
    subject: str
    edition: str
    grade: str
    volume: str
    chapter: tuple[str, ...]


class LessonFile(msgspec.Struct, frozen=True):
    """One file ready to be deposited.

    `kind` is the kind of resource it is by itself; `size_bytes` and `sha256` (hex) are measured on
    the file at `path`; `filename` is what people see.
    """

    path: Path
    filename: str
    title: str
    title_en: str
    kind: str
    media_type: str
    size_bytes: int
    sha256: str


LESSON: Final = Lesson(
    title="《分数的意义》单元起始课",
    title_en="What a fraction means: the opening lesson of the unit",
    summary="教学设计、课件、课堂练习单与节奏听辨录音，供五年级下册第四单元第1课时使用。",
    keywords=("分数", "单位“1”", "分数单位", "数轴"),
    kind="lesson_plan",
    stage="primary",
    subject="数学",
    edition="人教版",
    grade="五年级",
    volume="下册",
    chapter=("分数的意义和性质", "分数的意义"),
)

_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
# name in the package, name people see, title, title in English, kind, media type
_SHIPPED = (
    (
        "fractions-lesson-plan.pdf",
        "《分数的意义》教学设计.pdf",
        "《分数的意义》教学设计",
        "What a fraction means: lesson plan",
        "lesson_plan",
        "application/pdf",
    ),
    (
        "fractions-courseware.pptx",
        "《分数的意义》课件.pptx",
        "《分数的意义》课件",
        "What a fraction means: courseware",
        "courseware",
        _PPTX,
    ),
    (
        "fractions-worksheet-scan.jpg",
        "《分数的意义》课堂练习单（扫描）.jpg",
        "《分数的意义》课堂练习单（扫描件）",
        "What a fraction means: worksheet, scanned",
        "exercise",
        "image/jpeg",
    ),
)


def lesson_files(folder: Path) -> list[LessonFile]:
    """Put the lesson's four files into `folder` (made where missing); the last is over 40 MiB.

    The same bytes every time. Raises OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for packed, filename, title, title_en, kind, media_type in _SHIPPED:
        path = folder / filename
        path.write_bytes(_packed(packed))
        files.append(_measured(path, title, title_en, kind, media_type))
    path = folder / RECORDING_NAME
    write_recording(path)
    title, title_en = "《把一小节平均分》节奏听辨录音", "A bar shared out equally: rhythm recording"
    files.append(_measured(path, title, title_en, "other", "audio/wav"))
    return files


def write_recording(path: Path) -> None:
    """Write a four-minute stereo WAV of RECORDING_BYTES bytes, the same on every machine.

    A bar of two seconds is shared out into 1 to 8 equal beats, then 2 against 3 and 3 against 4,
    one in each ear. Everything is integer arithmetic, because sines differ in the last bit between
    processors. A faint hiss depends on the frame's number, so no two stretches of the file are
    alike and a swapped part cannot pass unnoticed. The size is a multiple of no part size: RIFF
    (Microsoft and IBM, 1991) pads chunks to even lengths, so an odd size would not be a valid WAV.
    """
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(2)
        recording.setsampwidth(2)
        recording.setframerate(RATE)
        recording.setnframes(len(RHYTHMS) * BARS_EACH * BAR_FRAMES)
        for number, (left, right) in enumerate(RHYTHMS):
            bar = np.stack([_bar(left), _bar(right)], axis=1)
            for again in range(BARS_EACH):
                heard = bar + _hiss(number * BARS_EACH + again)
                recording.writeframesraw(heard.astype("<i2").tobytes())


def _bar(beats: int) -> NDArray[np.int32]:
    bar = np.zeros(BAR_FRAMES, dtype=np.int32)
    apart = BAR_FRAMES // beats
    for beat in range(beats):
        at = beat * apart
        bar[at : at + _BEAT_FRAMES] = _beat(_PLAIN_PERIOD if beat else _ACCENT_PERIOD)
    return bar


def _beat(period: int) -> NDArray[np.int32]:
    """A triangle wave that fades out evenly."""
    frame = np.arange(_BEAT_FRAMES, dtype=np.int64)
    swing = 2 * np.abs(2 * (frame % period) - period) - period  # from -period to period
    faded = swing * _LOUDEST * (_BEAT_FRAMES - frame) // (period * _BEAT_FRAMES)
    return faded.astype(np.int32)


def _hiss(bar: int) -> NDArray[np.int32]:
    """Between -4 and 3 for each frame of the bar: Knuth's multiplicative hash of its number."""
    frame = np.arange(bar * BAR_FRAMES, (bar + 1) * BAR_FRAMES, dtype=np.uint32)
    mixed = (frame * np.uint32(2_654_435_761)) >> np.uint32(29)
    return (mixed.astype(np.int32) - 4)[:, np.newaxis]


def _measured(path: Path, title: str, title_en: str, kind: str, media_type: str) -> LessonFile:
    with path.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    return LessonFile(
        path, path.name, title, title_en, kind, media_type, path.stat().st_size, sha256
    )


def _packed(name: str) -> bytes:
    return (resources.files("schoolgroup.demo") / "data" / "lessons" / name).read_bytes()
