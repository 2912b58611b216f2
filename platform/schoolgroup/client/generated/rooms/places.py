"""Places to visit: hours, bookings, free times (场地).

Written by `make client` from the API description: do not edit.
"""

from schoolgroup.client.generated import places as asks
from schoolgroup.client.rooms import Act, AsyncAct, AsyncEach, AsyncRoom, Each, Room


class Places(Room):
    """Places to visit: hours, bookings, free times (场地)."""

    book_place = Act(asks.book_place)
    booking_calendar = Act(asks.booking_calendar)
    bookings_calendar = Act(asks.bookings_calendar)
    call_off_booking = Act(asks.call_off_booking)
    cancel_booking = Act(asks.cancel_booking)
    change_place = Act(asks.change_place)
    close_place_days = Act(asks.close_place_days)
    confirm_booking = Act(asks.confirm_booking)
    decline_booking = Act(asks.decline_booking)
    enter_place = Act(asks.enter_place)
    free_times = Act(asks.free_times)
    get_booking = Act(asks.get_booking)
    get_place = Act(asks.get_place)
    list_bookings = Act(asks.list_bookings)
    all_bookings = Each(asks.list_bookings)
    list_places = Act(asks.list_places)
    all_places = Each(asks.list_places)
    no_show = Act(asks.no_show)
    open_place_days = Act(asks.open_place_days)


class AsyncPlaces(AsyncRoom):
    """Places to visit: hours, bookings, free times (场地), to be awaited."""

    book_place = AsyncAct(asks.book_place)
    booking_calendar = AsyncAct(asks.booking_calendar)
    bookings_calendar = AsyncAct(asks.bookings_calendar)
    call_off_booking = AsyncAct(asks.call_off_booking)
    cancel_booking = AsyncAct(asks.cancel_booking)
    change_place = AsyncAct(asks.change_place)
    close_place_days = AsyncAct(asks.close_place_days)
    confirm_booking = AsyncAct(asks.confirm_booking)
    decline_booking = AsyncAct(asks.decline_booking)
    enter_place = AsyncAct(asks.enter_place)
    free_times = AsyncAct(asks.free_times)
    get_booking = AsyncAct(asks.get_booking)
    get_place = AsyncAct(asks.get_place)
    list_bookings = AsyncAct(asks.list_bookings)
    all_bookings = AsyncEach(asks.list_bookings)
    list_places = AsyncAct(asks.list_places)
    all_places = AsyncEach(asks.list_places)
    no_show = AsyncAct(asks.no_show)
    open_place_days = AsyncAct(asks.open_place_days)
