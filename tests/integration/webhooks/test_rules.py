"""When it is tried again, and what a receiver may ask for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from schoolgroup.integration.events.models import Event
from schoolgroup.integration.webhooks import rules
from schoolgroup.kernel.settings import SettingsRefused, read_settings

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_the_schedule_goes_over_three_days_and_then_ends():
    planned = [rules.delay_s(tries, 0.0) for tries in range(1, 10)]
    assert planned == [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    assert rules.delay_s(10, 0.0) is None
    assert rules.delay_s(1, 1.0) == pytest.approx(6.0)


def test_a_busy_receiver_gets_the_time_it_asks_for_within_a_day():
    assert rules.retry_after_s(503, "120", NOW) == 120
    assert rules.retry_after_s(429, "Mon, 23 Nov 2026 01:00:00 GMT", NOW) == 3600
    assert rules.retry_after_s(500, "120", NOW) is None
    for nonsense in ("soon", "-1", "", None, "Mon, 23 Nov 2026 01:00:00"):
        assert rules.retry_after_s(503, nonsense, NOW) is None
    assert rules.delay_s(1, 0.0, 120.0) == 120
    assert rules.delay_s(3, 0.0, 120.0) == 1800
    assert rules.delay_s(1, 0.0, 1e9) == 86400


def test_what_is_too_large_is_sent_without_its_data():
    event = Event(uuid4(), "note.written", "note/1", NOW, 1, None, [], {"ids": ["x"] * 30_000})
    body = rules.body_of(event)
    assert len(body) < 1000
    told = msgspec.json.decode(body)["data"]
    assert (told["data"], told["data_left_out"], told["id"]) == ({}, True, str(event.id))
    assert rules.body_of(msgspec.structs.replace(event, data={"n": 1})).count(b"left_out") == 0


def test_the_operator_names_networks_and_ports():
    allowed = rules.Allowed("443,9000-9100", "10.20.0.0/16", http=False)
    assert str(rules.choose(["10.20.3.4"], allowed)) == "10.20.3.4"
    for inside in (["10.21.0.1"], ["10.20.3.4", "127.0.0.1"], []):
        with pytest.raises(rules.AddressRefused):
            rules.choose(inside, allowed)
    assert rules.read_url("https://a.example:9050/x?y=1", allowed).path == "/x?y=1"
    with pytest.raises(rules.AddressRefused):
        rules.read_url("https://a.example:9101/", allowed)
    with pytest.raises(SettingsRefused, match="webhook_networks"):
        read_settings({}, secret="-" * 40, webhook_networks="10.0.0.1/8")


def test_a_signature_is_made_for_each_secret():
    keys = [rules.key_of(rules.secret_of(bytes([n]) * 32)) for n in (1, 2)]
    headers = rules.headers_of("id", NOW + timedelta(seconds=0.9), b"{}", keys)
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert len(headers["webhook-signature"].split(" ")) == 2
