"""Why a time is not booked, and what may become of a booking: pure, in the keeper's words."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schoolgroup.kernel.errors import Conflict, Refusal
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.resources.places.bookings.models import BookingRow, BookingStatus, BookWish
from schoolgroup.resources.places.models import DayOff, PlaceRow, PlaceStatus, Taken
from schoolgroup.resources.places.rules import opening, why_closed

May = Callable[[str], bool]
DECIDE, CANCEL, BY_ITSELF = "booking:decide", "booking:cancel", "-"
ASKED, CONFIRMED = BookingStatus.ASKED, BookingStatus.CONFIRMED
BOOKINGS: Machine[BookingStatus] = Machine(
    "booking",
    [
        Transition("confirm", DECIDE, (ASKED,), CONFIRMED),
        Transition("decline", DECIDE, (ASKED,), BookingStatus.DECLINED),
        Transition("call_off", DECIDE, (CONFIRMED,), BookingStatus.CANCELLED),
        Transition("no_show", DECIDE, (CONFIRMED,), BookingStatus.NO_SHOW),
        Transition("cancel", CANCEL, (ASKED, CONFIRMED), BookingStatus.CANCELLED),
        Transition("lapse", BY_ITSELF, (ASKED,), BookingStatus.LAPSED),
    ],
)


class PlaceIsClosed(Conflict):
    """The place takes no bookings now."""

    code = "place_closed"
    title = Text("The place takes no bookings", "场地暂停预订")


class ClosedThatDay(Conflict):
    """The place is closed on that day."""

    code = "closed_that_day"
    title = Text("Closed on that day", "当日不开放")
    remedy = Text("See the free times of the month.", "请查看当月空闲时间。")


class OutsideHours(Conflict):
    """The place is not open all of that time."""

    code = "outside_hours"
    title = Text("Outside the opening hours", "不在开放时间内")
    remedy = Text("See the free times of the month.", "请查看当月空闲时间。")


class NotOnSlots(Conflict):
    """Bookings take whole slots, counted from the opening."""

    code = "not_on_slots"
    title = Text("Not on whole slots", "须按整时段预订")


class TooLong(Conflict):
    """A booking takes no more slots than the place allows."""

    code = "too_long"
    title = Text("Longer than one booking may be", "超出单次预订时长")
    remedy = Text("Book less.", "请缩短时长。")


class TooManyPeople(Conflict):
    """More people than the place holds."""

    code = "too_many_people"
    title = Text("More people than the place holds", "人数超出容量")
    remedy = Text("Come in smaller groups.", "请分批前往。")


class TooSoon(Conflict):
    """The place is booked some time ahead, so that it can be prepared."""

    code = "too_soon"
    title = Text("Too short notice", "预订时间过近")
    remedy = Text("Choose a later time, or call the contact.", "请选择更晚时间，或联系场地负责人。")


class TooFarAhead(Conflict):
    """The place is not booked that far ahead."""

    code = "too_far_ahead"
    title = Text("Too far ahead", "预订时间过早")
    remedy = Text("Book it nearer to the day.", "请临近日期再预订。")


class SlotTaken(Conflict):
    """Another party has booked that time."""

    code = "slot_taken"
    title = Text("The time is taken", "该时段已被预订")
    remedy = Text("See the free times of the month.", "请查看当月空闲时间。")


class NoRoom(Conflict):
    """With those who come already there is no room for so many."""

    code = "no_room"
    title = Text("There is not enough room left", "剩余名额不足")
    remedy = Text("Come with fewer people, or at another time.", "请减少人数或更换时间。")


class TooLateToCancel(Conflict):
    """The deadline for cancelling has passed."""

    code = "too_late_to_cancel"
    title = Text("Too late to cancel", "已过取消期限")
    remedy = Text("Ask the owner to call it off.", "请联系所属学校撤销。")


class NotBegun(Conflict):
    """Whether a party shows up is seen when its time has begun."""

    code = "not_begun"
    title = Text("Its time has not begun", "预订时间未到")
    remedy = Text("Wait for its beginning.", "请在开始后再登记。")


def why_out_of_reach(place: PlaceRow, wish: BookWish, now: datetime) -> Refusal | None:
    """Why the place is not booked so soon, so far ahead, for so long or for so many; or None."""
    if place.status is PlaceStatus.CLOSED:
        return PlaceIsClosed(remedy=_ask(place))
    if wish.people > place.capacity_people:
        return TooManyPeople(facts={"capacity_people": place.capacity_people})
    if wish.starts_at < now + timedelta(hours=place.lead_hours):
        return TooSoon(
            Text(f"book {place.lead_hours} hours ahead", f"须提前 {place.lead_hours} 小时"),
            facts={"lead_hours": place.lead_hours},
        )
    if wish.starts_at > now + timedelta(days=place.ahead_days):
        return TooFarAhead(facts={"ahead_days": place.ahead_days})
    if wish.ends_at - wish.starts_at > timedelta(minutes=place.slot_minutes * place.slots_max):
        return TooLong(facts={"minutes_max": place.slot_minutes * place.slots_max})
    return None


def why_not_open(
    place: PlaceRow, wish: BookWish, holidays: Sequence[DayOff], time_zone: str
) -> Refusal | None:
    """Why the place is not open all of a time that is within reach, in whole slots; or None."""
    day = wish.starts_at.astimezone(ZoneInfo(time_zone)).date()
    if why := why_closed(place, day, holidays):
        return ClosedThatDay(why)
    spans = opening(place.hours, day, time_zone)
    inside = [s for s in spans if s[0] <= wish.starts_at < wish.ends_at <= s[1]]
    if not inside:
        return OutsideHours()
    slot = timedelta(minutes=place.slot_minutes)
    if (wish.starts_at - inside[0][0]) % slot or (wish.ends_at - wish.starts_at) % slot:
        minutes = place.slot_minutes
        return NotOnSlots(
            remedy=Text(
                f"Begin and end on slots of {minutes} minutes from the opening.",
                f"请按自开放起每 {minutes} 分钟的时段预订。",
            )
        )
    return None


def why_no_room(place: PlaceRow, wish: BookWish, taken: Sequence[Taken]) -> Refusal | None:
    """Why those who come already leave no room, or None: read while the place is held."""
    if not taken:
        return None
    if not place.shared:
        until_at = max(one.ends_at for one in taken)
        return SlotTaken(facts={"taken_until": until_at})
    left = place.capacity_people - crowd(taken)
    return NoRoom(facts={"room_for": max(0, left)}) if wish.people > left else None


def crowd(taken: Sequence[Taken]) -> int:
    """How many people are there at the fullest moment: when one of the parties comes."""
    return max(
        sum(t.people for t in taken if t.starts_at <= one.starts_at < t.ends_at) for one in taken
    )


def why_not_cancelled(booking: BookingRow, now: datetime) -> Refusal | None:
    """Why the booker can no longer cancel, or None; an ask is withdrawn until it is answered."""
    if booking.status is CONFIRMED and now > booking.cancel_by_at:
        return TooLateToCancel(
            Text(
                f"it could be cancelled until {booking.cancel_by_at.isoformat()}",
                f"取消期限为 {booking.cancel_by_at.isoformat()}",
            )
        )
    return None


def booking_actions(booking: BookingRow, now: datetime, may: May) -> list[str]:
    """What the caller may do to the booking now."""
    steps = BOOKINGS.actions(booking.status, lambda act: act != BY_ITSELF and may(act))
    if now < booking.starts_at:
        steps = [step for step in steps if step != "no_show"]
    if why_not_cancelled(booking, now) is not None:
        steps = [step for step in steps if step != "cancel"]
    return steps


def _ask(place: PlaceRow) -> Text:
    contact = f": {place.contact}" if place.contact else ""
    return Text(f"Ask {place.school_name}{contact}", f"请联系{place.school_name}{contact}")
