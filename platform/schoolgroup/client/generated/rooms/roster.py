"""Candidates, rooms and seats of an exam (考务).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import roster as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Roster(Room):
    """Candidates, rooms and seats of an exam (考务)."""

    add_late_candidate = Act(asks.add_late_candidate)
    annotate_candidates = Act(asks.annotate_candidates)
    draw_seats = Act(asks.draw_seats)
    get_draw = Act(asks.get_draw)
    import_candidates = Act(asks.import_candidates)
    list_candidates = Act(asks.list_candidates)
    all_candidates = Each(asks.list_candidates)
    list_exam_rooms = Act(asks.list_exam_rooms)
    lock_roster = Act(asks.lock_roster)
    print_rooms = Act(asks.print_rooms)
    record_attendance = Act(asks.record_attendance)
    set_exam_rooms = Act(asks.set_exam_rooms)
    take_candidates_from_register = Act(asks.take_candidates_from_register)


class AsyncRoster(AsyncRoom):
    """Candidates, rooms and seats of an exam (考务), to be awaited."""

    add_late_candidate = AsyncAct(asks.add_late_candidate)
    annotate_candidates = AsyncAct(asks.annotate_candidates)
    draw_seats = AsyncAct(asks.draw_seats)
    get_draw = AsyncAct(asks.get_draw)
    import_candidates = AsyncAct(asks.import_candidates)
    list_candidates = AsyncAct(asks.list_candidates)
    all_candidates = AsyncEach(asks.list_candidates)
    list_exam_rooms = AsyncAct(asks.list_exam_rooms)
    lock_roster = AsyncAct(asks.lock_roster)
    print_rooms = AsyncAct(asks.print_rooms)
    record_attendance = AsyncAct(asks.record_attendance)
    set_exam_rooms = AsyncAct(asks.set_exam_rooms)
    take_candidates_from_register = AsyncAct(asks.take_candidates_from_register)
