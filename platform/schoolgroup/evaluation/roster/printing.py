"""Door lists, seat labels and sign-in sheets as one self-contained page each. Pure.

No script, no font, no picture from elsewhere: the page prints the same on any machine. Names stand
only where the caller's own school has them.
"""

from collections.abc import Mapping, Sequence
from html import escape
from uuid import UUID

from schoolgroup.evaluation.roster.models import Print, RoomRow, Sitter
from schoolgroup.kernel.sheet_files import foot

TITLES = {
    Print.DOOR_LIST: ("Door list", "考场门贴"),
    Print.SEAT_LABELS: ("Seat labels", "座位签"),
    Print.SIGN_IN: ("Sign-in sheet", "考生签到表"),
}
STYLE = """
@page{size:A4;margin:12mm}*{box-sizing:border-box}
body{font:12pt "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;margin:0}
section{break-after:page}section:last-child{break-after:auto}
h1{font-size:16pt;margin:0 0 2mm}h2{font-size:13pt;margin:0 0 4mm;font-weight:normal}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #000;padding:1.5mm;text-align:center}
.labels{display:flex;flex-wrap:wrap;gap:3mm}
.label{border:1px dashed #000;width:60mm;height:34mm;padding:3mm;break-inside:avoid}
.big{font-size:20pt;font-weight:bold}
"""


def page(
    kind: Print,
    title: str,
    rooms: Sequence[RoomRow],
    sitters: Mapping[UUID, Sequence[Sitter]],
    names: Mapping[UUID, str],
    mark: str,
) -> str:
    """One HTML page with a sheet per room; everything said by people is escaped.

    `mark` (who printed it, when, and where the trail has it) is the foot of every printed page.
    """
    draw = {Print.DOOR_LIST: _door, Print.SEAT_LABELS: _labels, Print.SIGN_IN: _sign_in}[kind]
    en, zh = TITLES[kind]
    sheets = "".join(
        f"<section><h1>{escape(title)} · {zh} <small>{en}</small></h1>"
        f"<h2>{_room(room)}</h2>{draw(room, sitters.get(room.id, ()), names)}</section>"
        for room in rooms
    )
    return (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{escape(title)} {zh}'
        f"</title><style>{STYLE}</style></head><body>{sheets}{foot(mark)}</body></html>"
    )


def table(
    rooms: Sequence[RoomRow],
    sitters: Mapping[UUID, Sequence[Sitter]],
    names: Mapping[UUID, str],
) -> list[list[object]]:
    """The same as rows of a workbook: room, site, seat, exam number, name, a place to sign."""
    return [
        [room.number, room.site_name, room.label, one.seat_no, one.exam_number,
         names.get(one.candidate_id, ""), ""]
        for room in rooms
        for one in sitters.get(room.id, ())
    ]  # fmt: skip


def _room(room: RoomRow) -> str:
    return f"第 {room.number:03d} 考场 · {escape(room.site_name)} · {escape(room.label)}"


def _door(room: RoomRow, sitters: Sequence[Sitter], names: Mapping[UUID, str]) -> str:
    """The plan of the room as one sees it from the door, the front above."""
    by_seat = {one.seat_no: one for one in sitters}
    lines = []
    for row in range(room.seat_rows):
        cells = []
        for column in range(room.seat_columns):
            number = row * room.seat_columns + column + 1
            one = by_seat.get(number)
            said = f"{one.exam_number}<br>{escape(names.get(one.candidate_id, ''))}" if one else ""
            cells.append(f"<td><b>{number:02d}</b><br>{said}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    seated = len(sitters)
    return f"<p>讲台 Front · 应考 {seated} 人</p><table>{''.join(lines)}</table>"


def _labels(room: RoomRow, sitters: Sequence[Sitter], names: Mapping[UUID, str]) -> str:
    return (
        '<div class="labels">'
        + "".join(
            f'<div class="label"><div class="big">{one.seat_no:02d}</div>'
            f"<div>{one.exam_number}</div><div>{escape(names.get(one.candidate_id, ''))}</div>"
            f"<small>第 {room.number:03d} 考场</small></div>"
            for one in sitters
        )
        + "</div>"
    )


def _sign_in(room: RoomRow, sitters: Sequence[Sitter], names: Mapping[UUID, str]) -> str:
    lines = "".join(
        f"<tr><td>{one.seat_no:02d}</td><td>{one.exam_number}</td>"
        f"<td>{escape(names.get(one.candidate_id, ''))}</td><td></td><td></td></tr>"
        for one in sitters
    )
    return (
        "<table><tr><th>座位 Seat</th><th>准考证号 Number</th><th>姓名 Name</th>"
        f"<th>签名 Signature</th><th>备注（缺考/违纪）</th></tr>{lines}</table>"
        "<p>监考 Invigilators: ____________ ____________</p>"
    )
