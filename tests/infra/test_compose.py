"""The compose file holds to the specification, and says what the application needs."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import compose_spec
import pytest
from msgspec.structs import fields

from schoolgroup.kernel.jobs.worker import DRAIN_S
from schoolgroup.kernel.settings import PREFIX, Settings, read_settings

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
        "proxy",
        "pgbouncer",
        "postgres-standby",
        "prometheus",
        "grafana",
        *(f"minio{n}" for n in range(1, 5)),
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
            assert variable.startswith(PREFIX), variable
            field = variable.removeprefix(PREFIX).lower()
            assert field.removesuffix("_file") in known or field in known, variable


def test_the_proxy_is_believed_and_nobody_else_reaches_a_process(compose):
    """Otherwise all visitors would count as one address, and share one quota."""
    api = compose["services"]["api"]
    assert api["environment"]["SCHOOLGROUP_TRUSTED_PROXIES"]
    assert not api.get("ports")


def test_every_secret_used_is_declared_and_made_by_the_script(compose):
    script = (INFRA / "make-secrets").read_text("utf-8")
    used = {s for service in compose["services"].values() for s in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    for name in used:
        assert f"keep {name} " in script


def test_a_secret_a_variable_reads_is_given_to_its_service(compose):
    for name, service in compose["services"].items():
        for value in (service.get("environment") or {}).values():
            if str(value).startswith("/run/secrets/"):
                assert str(value).removeprefix("/run/secrets/") in service["secrets"], name


@pytest.fixture(scope="module")
def secrets(tmp_path_factory) -> Path:
    """What make-secrets makes, elsewhere than in the checkout."""
    folder = tmp_path_factory.mktemp("infra")
    shutil.copy(INFRA / "make-secrets", folder)
    for _ in range(2):
        subprocess.run([folder / "make-secrets"], check=True, timeout=60)
    return folder / "secrets"


def test_the_secrets_fit_each_other_and_the_services(compose, secrets):
    made = {path.name: path.read_text() for path in secrets.iterdir()}
    assert set(made) == set(compose["secrets"])
    for declared in compose["secrets"].values():
        assert Path(declared["file"]).name in made
    urls = {name: urlsplit(made[name].strip()) for name in made if name.endswith("_url")}
    for name, at in urls.items():
        assert at.hostname in compose["services"], name
    assert urls["database_url"].hostname == "pgbouncer"
    assert urls["database_read_url"].password == urls["database_url"].password
    assert made["pgbouncer_users"] == f'"schoolgroup_app" "{urls["database_url"].password}"'
    assert made["nothing"] == ""
    assert "BEGIN CERTIFICATE" in made["tls_pem"]
    assert "PRIVATE KEY" in made["tls_pem"]
    read_settings(
        {
            variable: str(value).replace("/run/secrets", str(secrets))
            for variable, value in compose["services"]["api"]["environment"].items()
            if variable.startswith(PREFIX) and value is not None
        },
        contact_email="office@example.org",
    )


def test_every_file_that_is_mounted_is_in_the_repository(compose):
    mounted = 0
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = str(volume["source"] if isinstance(volume, dict) else volume.split(":")[0])
            if source.startswith("."):
                assert (INFRA / source).exists(), f"{name}: {source}"
                mounted += 1
            else:
                assert source in compose["volumes"], f"{name}: {source}"
    assert mounted >= 11


@pytest.mark.parametrize("profile", ["small", "scale"])
def test_each_profile_has_a_store_and_everything_it_waits_for(compose, profile):
    services = {
        name: service
        for name, service in compose["services"].items()
        if profile in (service.get("profiles") or [profile])
    }
    stores = [name for name in services if name.startswith("minio")]
    assert len(stores) == {"small": 1, "scale": 4}[profile]
    assert ("postgres-standby" in services) == (profile == "scale")
    for name, service in services.items():
        for other, how in (service.get("depends_on") or {}).items():
            assert other in services or how["required"] is False, f"{name} waits for {other}"


def test_every_service_is_bounded_watched_and_started_again(compose):
    for name, service in compose["services"].items():
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        if name == "migrate":
            assert service["restart"] == "on-failure"
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"], name
    # an open port is no sign that a worker works
    assert "9464/healthz" in compose["services"]["worker"]["healthcheck"]["test"][-1]


def test_only_the_proxy_and_the_store_are_reached_from_outside(compose):
    open_to_all = {
        name
        for name, service in compose["services"].items()
        for port in service.get("ports") or []
        if "127.0.0.1" not in str(port)
    }
    assert open_to_all == {"proxy", "minio", "minio1"}
    assert compose["services"]["api"]["deploy"]["replicas"] == 2


def test_the_pooler_and_the_proxy_lead_where_the_services_are(compose):
    pooler = (INFRA / "pgbouncer" / "pgbouncer.ini").read_text("utf-8")
    common = (INFRA / "pgbouncer" / "common.ini").read_text("utf-8")
    assert "host=postgres port=5432" in pooler
    assert "listen_port = 6432" in pooler
    kept = re.search(r"max_prepared_statements = (\d+)", pooler)
    assert kept, "without it the drivers' prepared statements are lost between transactions"
    default = next(f.default for f in fields(Settings) if f.name == "database_statements_max")
    assert int(kept[1]) >= default
    assert "pool_mode = transaction" in common
    backends = [int(n) for n in re.findall(r"^(?:default|reserve)_pool_size = (\d+)", common, re.M)]
    command = " ".join(compose["services"]["postgres"]["command"])
    (connections,) = re.findall(r"max_connections=(\d+)", command)
    assert len(backends) == 2
    assert sum(backends) + 20 <= int(connections)
    proxy = (INFRA / "proxy" / "compose.cfg").read_text("utf-8")
    assert "api 16 api:8000 check" in proxy
    assert "X-Forwarded-For %[src]" in proxy, "or anyone names the address they come from"


def test_the_builder_of_the_image_is_locked():
    image = (INFRA / "Dockerfile").read_text("utf-8")
    assert image.count("--require-hashes") == 2
    assert "pip install --no-cache-dir build" not in image
    root = INFRA.parent
    for line in re.findall(r"^COPY (.*) \S+$", image, re.MULTILINE):
        for name in line.split():
            assert name.startswith(("--from", "/")) or (root / name).exists(), name
    locked, all_locked = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (root / name).read_text(), re.MULTILINE))
        for name in ("build-requirements.lock", "requirements-dev.lock")
    )
    wanted = (root / "build-requirements.in").read_text().split()
    assert {re.split(r"[>=]", name)[0] for name in wanted} <= set(locked)
    assert locked.items() <= all_locked.items()


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
