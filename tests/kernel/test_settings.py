"""A wrong setting is refused at start, with its name and what is allowed."""

import pytest

from schoolgroup.kernel.settings import SettingsRefused, read_settings

SECRET = {"SCHOOLGROUP_SECRET": "s" * 40}


def test_defaults_need_only_the_secret():
    settings = read_settings(SECRET)
    assert settings.port == 8000
    assert settings.database_url == ""


def test_a_missing_secret_is_named():
    with pytest.raises(SettingsRefused, match=r"secret: missing; set SCHOOLGROUP_SECRET"):
        read_settings({})


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "70000", "1 to 65535"),
        ("PORT", "http", "1 to 65535"),
        ("S3_SECURE", "perhaps", "true or false"),
        ("S3_BUCKET", "A_B", "a bucket name"),
        ("LOG_LEVEL", "loud", "debug|info|warning|error"),
        ("DATABASE_URL", "mysql://x", "postgresql://"),
        ("SECRET", "short", "at least 32"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(name, value, allowed):
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**SECRET, f"SCHOOLGROUP_{name}": value})
    assert name.lower() in str(refused.value)
    assert allowed in str(refused.value)


def test_every_wrong_setting_is_told_at_once():
    wrong = {**SECRET, "SCHOOLGROUP_PORT": "-1", "SCHOOLGROUP_LOG_LEVEL": "x"}
    with pytest.raises(SettingsRefused) as refused:
        read_settings(wrong)
    assert "port" in str(refused.value)
    assert "log_level" in str(refused.value)


def test_an_unknown_setting_is_refused():
    with pytest.raises(SettingsRefused, match="prot: no such setting"):
        read_settings({**SECRET, "SCHOOLGROUP_PROT": "1"})


def test_a_refused_secret_is_not_shown():
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"SCHOOLGROUP_SECRET": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('port = 9001\nhost = "0.0.0.0"\n')
    settings = read_settings(
        {**SECRET, "SCHOOLGROUP_CONFIG": str(file), "SCHOOLGROUP_PORT": "9002"}
    )
    assert (settings.host, settings.port) == ("0.0.0.0", 9002)


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(SettingsRefused, match="not there"):
        read_settings({**SECRET, "SCHOOLGROUP_CONFIG": str(tmp_path / "none.toml")})


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("f" * 40 + "\n")
    assert read_settings({"SCHOOLGROUP_SECRET_FILE": str(file)}).secret == "f" * 40


def test_shown_settings_hide_what_is_secret():
    settings = read_settings(
        SECRET,
        database_url="postgresql://u:hunter2@h/d",
        s3_secret_key="hunter3",
        s3_access_key="hunter4",
    )
    shown = str(settings.shown())
    assert "hunter" not in shown
    assert "s" * 40 not in shown
    assert settings.shown()["port"] == 8000
