"""Waiting and turns, without a database."""

from datetime import UTC, datetime, time, timedelta

import pytest

from schoolgroup.kernel.jobs import Kind, Registry, kind, rules


def test_what_fails_waits_longer_each_time_up_to_an_hour():
    least = [rules.backoff_s(n, 0.0) for n in range(1, 30)]
    most = [rules.backoff_s(n, 1.0) for n in range(1, 30)]
    assert most[:4] == [5.0, 10.0, 20.0, 40.0]
    assert most[-1] == 3600.0
    assert [2 * low for low in least] == most
    assert most == sorted(most)


@pytest.mark.parametrize(
    ("now", "turn"),
    [
        # 07:00 in Shanghai is 23:00 UTC of the day before
        ("2026-11-23T22:59:59", "2026-11-22T23:00:00"),
        ("2026-11-23T23:00:00", "2026-11-23T23:00:00"),
        ("2026-11-24T10:00:00", "2026-11-23T23:00:00"),
    ],
)
def test_a_daily_turn_is_at_the_groups_place(now, turn):
    there = rules.turn_of(
        datetime.fromisoformat(now).replace(tzinfo=UTC), "Asia/Shanghai", None, time(7)
    )
    assert there == datetime.fromisoformat(turn).replace(tzinfo=UTC)


def test_every_turn_has_one_id_whoever_reckons_it():
    now = datetime(2026, 11, 23, 10, 31, tzinfo=UTC)
    half = timedelta(minutes=30)
    turn = rules.turn_of(now, "Asia/Shanghai", half, None)
    assert turn == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    same = rules.turn_of(now + timedelta(minutes=28), "Asia/Urumqi", half, None)
    assert same is not None
    assert rules.turn_id("tidy", turn) == rules.turn_id("tidy", same)
    assert rules.turn_id("tidy", turn) != rules.turn_id("tidy", turn + half)
    assert rules.turn_of(now, "Asia/Shanghai", None, None) is None


def test_two_kinds_of_one_name_keep_a_process_from_starting():
    @kind("digest", daily_at=time(7))
    async def digest(work):
        raise AssertionError("not to be called")

    assert isinstance(digest, Kind)
    assert "digest" in Registry([digest]).names
    with pytest.raises(ValueError, match="digest"):
        Registry([digest, digest])
