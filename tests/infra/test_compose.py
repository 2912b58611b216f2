"""The compose file holds to the specification, and says what the application needs."""

import re
from pathlib import Path
from typing import Any

import compose_spec
import pytest

from schoolgroup.kernel.jobs.worker import DRAIN_S
from schoolgroup.kernel.settings import PREFIX, Settings

INFRA = Path(__file__).parent.parent.parent / "infra"
# what `docker compose` does first: a variable nobody set takes its default
TEXT = re.sub(
    r"\$\{[A-Z0-9_]+:-([^}]*)\}", r"\1", (INFRA / "docker-compose.yml").read_text("utf-8")
)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    options = compose_spec.PyOptions(apply_merge=True)
    parsed = options.from_yaml(TEXT)
    parsed.validate()
    return parsed.to_dict()


def test_a_key_the_specification_does_not_know_is_refused():
    with pytest.raises(ValueError, match="imagee"):
        compose_spec.PyCompose.from_yaml(TEXT.replace("image: postgres", "imagee: postgres"))


def test_the_services_of_the_group_are_there(compose):
    assert set(compose["services"]) >= {
        "postgres",
        "minio",
        "clamd",
        "migrate",
        "api",
        "worker",
    }


def test_the_api_reaches_the_scanner_where_it_listens(compose):
    host, _, port = compose["services"]["api"]["environment"][PREFIX + "CLAMD_ADDRESS"].partition(
        ":"
    )
    scanner = compose["services"][host]
    assert scanner["image"].startswith("clamav/clamav:")
    assert scanner["healthcheck"]["test"]
    assert host in compose["services"]["api"]["depends_on"]
    assert "ports" not in scanner, "the API alone reaches it"
    told = dict(
        line.split(" ", 1)
        for line in (INFRA / "clamd.conf").read_text("utf-8").splitlines()
        if line and line[0] != "#"
    )
    assert told["TCPSocket"] == port
    assert told["StreamMaxLength"] == told["MaxFileSize"] == told["MaxScanSize"]


@pytest.mark.parametrize("name", ["api", "worker"])
def test_it_starts_only_on_the_newest_schema(compose, name):
    assert compose["services"][name]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }


def test_a_worker_is_given_the_time_it_takes_to_finish(compose):
    grace = compose["services"]["worker"]["stop_grace_period"]
    assert float(str(grace).removesuffix("s")) > DRAIN_S


def test_every_setting_named_is_one_the_application_knows(compose):
    known = set(Settings.__struct_fields__)
    for name in ("api", "migrate", "worker"):
        for variable in compose["services"][name]["environment"]:
            field = variable.removeprefix(PREFIX).lower()
            assert field.removesuffix("_file") in known or field in known, variable


def test_every_secret_used_is_declared_and_made_by_the_script(compose):
    script = (INFRA / "make-secrets").read_text("utf-8")
    used = {s for service in compose["services"].values() for s in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    for name in used:
        assert f"keep {name} " in script


def test_images_are_pinned_and_nothing_secret_is_written_down(compose):
    for service in compose["services"].values():
        assert ":" in service["image"]
        assert not service["image"].endswith(":latest")
    for service in compose["services"].values():
        for variable, value in (service.get("environment") or {}).items():
            secret = any(word in variable for word in ("PASSWORD", "SECRET", "KEY"))
            assert not secret or variable.endswith("_FILE"), f"{variable}={value}"


@pytest.mark.parametrize("name", ["api", "worker"])
def test_the_application_runs_without_privileges(compose, name):
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "USER 10001" in (INFRA / "Dockerfile").read_text("utf-8")
