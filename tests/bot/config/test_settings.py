"""Settings: precedence, the folder that paths start from, and errors that say where and what to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.config.env_file import find_env_file
from bot.config.settings import SETTINGS, Settings, load_settings
from bot.errors import SettingsError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Create a home folder for the projects of these tests, so that no `.env` above it is found."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture
def project(home: Path) -> Path:
    folder = home / "project"
    (folder / "notes" / "deep").mkdir(parents=True)
    return folder


def load(
    folder: Path, flags: Mapping[str, str | None] | None = None, *, environment: Mapping[str, str] | None = None
) -> Settings:
    return load_settings(flags, environment=environment or {}, folder=folder)


def refusal(
    folder: Path, flags: Mapping[str, str] | None = None, *, environment: Mapping[str, str] | None = None
) -> str:
    """Return the message of the error, after checking that it has one line."""
    with pytest.raises(SettingsError) as caught:
        load(folder, flags, environment=environment)
    message = str(caught.value)
    assert "\n" not in message
    return message


def write_env(folder: Path, content: str | bytes) -> Path:
    file = folder / ".env"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def test_defaults(project: Path) -> None:
    assert load(project) == Settings(
        seeds_dir=project / "seeds",
        data_dir=project / ".footnote",
        chroma_url="",
        chroma_database="default_database",
        chroma_tenant="default_tenant",
        chroma_token="",
        chroma_certificates=None,
        embed_model="all-MiniLM-L6-v2",
        reader_model="",
        read_passages=6,
        answer_threshold=0.5,
        parse_seconds=120,
        parse_memory=2048,
        prompts_dir=None,
        log_level="WARNING",
        discord_token="",
        discord_api_url="",
        discord_gateway_url="",
        default_folders=None,
        admin_roles=(),
        threads="follow-up",
        watch_seeds="off",
        journal_days=30,
        questions_per_minute=10,
        queue_size=100,
        env_file=None,
        origins={setting.name: "default" for setting in SETTINGS},
    )


def test_precedence_is_flag_environment_file_default(project: Path) -> None:
    file = write_env(project, "SEEDS_DIR=from-file\nDATA_DIR=from-file\nEMBED_MODEL=from-file\n")
    environment = {"SEEDS_DIR": "from-environment", "DATA_DIR": "from-environment"}
    settings = load(project, {"SEEDS_DIR": "from-flag", "DATA_DIR": None}, environment=environment)
    assert settings.seeds_dir == project / "from-flag"
    assert settings.data_dir == project / "from-environment"
    assert settings.embed_model == "from-file"
    assert settings.env_file == file
    assert settings.origins["SEEDS_DIR"] == "--seeds"
    assert settings.origins["DATA_DIR"] == "environment"
    assert settings.origins["EMBED_MODEL"] == f"{file}, line 3"
    assert settings.origins["LOG_LEVEL"] == "default"


def test_the_environment_is_read_by_default_and_never_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(project, "LOG_LEVEL=debug\nDATA_DIR=somewhere\n")
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("DATA_DIR", "elsewhere")
    monkeypatch.chdir(project)
    before = dict(os.environ)
    settings = load_settings()
    assert (settings.log_level, settings.data_dir) == ("DEBUG", project / "elsewhere")
    assert dict(os.environ) == before


def test_paths_in_the_file_start_from_its_folder_and_others_from_the_current_one(project: Path) -> None:
    write_env(project, "PROMPTS_DIR=wording\n")
    deep = project / "notes" / "deep"
    settings = load(deep, environment={"DATA_DIR": "data"})
    assert settings.prompts_dir == project / "wording"
    assert settings.seeds_dir == project / "seeds"
    assert settings.data_dir == deep / "data"
    assert load(deep, {"SEEDS_DIR": "texts"}).seeds_dir == deep / "texts"


def test_a_tilde_is_the_home_folder(project: Path, home: Path) -> None:
    write_env(project, "SEEDS_DIR=~/texts\nEMBED_MODEL=~/model\n")
    settings = load(project)
    assert (settings.seeds_dir, settings.embed_model) == (home / "texts", str(home / "model"))


@pytest.mark.parametrize(
    ("text", "model"), [("org/model", "org/model"), ("./model", "{folder}/model"), ("/models/one", "/models/one")]
)
def test_a_model_is_a_name_unless_it_begins_like_a_path(project: Path, text: str, model: str) -> None:
    write_env(project, f"EMBED_MODEL={text}\n")
    assert load(project).embed_model == model.format(folder=project)


def test_the_nearest_file_is_used(project: Path) -> None:
    write_env(project, "LOG_LEVEL=INFO\n")
    nearer = write_env(project / "notes", "LOG_LEVEL=ERROR\n")
    settings = load(project / "notes" / "deep")
    assert (settings.log_level, settings.env_file) == ("ERROR", nearer)


def test_the_search_for_the_file_stops_at_the_home_folder(home: Path, project: Path) -> None:
    write_env(home.parent, "LOG_LEVEL=INFO\n")
    assert find_env_file(project) is None
    in_home = write_env(home, "LOG_LEVEL=INFO\n")
    assert find_env_file(project) == in_home


def test_the_search_for_the_file_stops_at_a_repository(home: Path, project: Path) -> None:
    write_env(home, "LOG_LEVEL=INFO\n")
    (project / ".git").mkdir()
    assert find_env_file(project / "notes") is None
    in_project = write_env(project, "LOG_LEVEL=INFO\n")
    assert find_env_file(project / "notes") == in_project


def test_a_folder_named_env_is_ignored(project: Path) -> None:
    file = write_env(project, "LOG_LEVEL=INFO\n")
    (project / "notes" / ".env").mkdir()
    assert find_env_file(project / "notes") == file


def test_comments_quotes_export_and_windows_files_are_understood(project: Path) -> None:
    content = (
        "\ufeff# a comment\r\n\r\nexport SEEDS_DIR='my texts' # there\r\nDATA_DIR=\"data\"\r\nLOG_LEVEL = info\r\n"
    )
    write_env(project, content)
    settings = load(project)
    assert settings.seeds_dir == project / "my texts"
    assert settings.data_dir == project / "data"
    assert settings.log_level == "INFO"
    assert settings.origins["SEEDS_DIR"].endswith("line 3")


def test_an_empty_value_counts_as_not_set(project: Path) -> None:
    write_env(project, "SEEDS_DIR=\nLOG_LEVEL=INFO\nPROMPTS_DIR=''\n")
    settings = load(project, environment={"LOG_LEVEL": " "})
    assert (settings.seeds_dir, settings.log_level, settings.prompts_dir) == (project / "seeds", "INFO", None)


def test_an_empty_flag_is_refused(project: Path) -> None:
    assert refusal(project, {"SEEDS_DIR": ""}) == ("SEEDS_DIR (--seeds) is empty; give a value or leave the flag out")


def test_an_unknown_setting_is_reported_with_its_line_and_a_suggestion(project: Path) -> None:
    file = write_env(project, "# settings\n\n\nSEED_DIR=texts\n")
    assert refusal(project) == f"{file}, line 4: unknown setting SEED_DIR; did you mean SEEDS_DIR?"
    write_env(project, "log_level=INFO\n")
    assert refusal(project) == f"{file}, line 1: unknown setting log_level; did you mean LOG_LEVEL?"
    write_env(project, "COLOUR=blue\n")
    assert refusal(project) == f"{file}, line 1: unknown setting COLOUR; docs/settings.md lists all settings"


@pytest.mark.parametrize("line", ["just words", "LOG_LEVEL", "SEEDS_DIR='texts", "=texts", "SEEDS_DIR='a' b"])
def test_a_line_that_is_not_an_assignment_is_refused_without_being_shown(project: Path, line: str) -> None:
    file = write_env(project, f"\nDATA_DIR=data\n\n{line}\n")
    assert refusal(project) == f"{file}, line 4: not understood; write NAME=value, or # before a comment"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"DATA_DIR=data\nSEEDS_DIR=caf\xe9\n", ", line 2: not UTF-8 text; save the file as UTF-8"),
        ("LOG_LEVEL=INFO\n".encode("utf-16"), ", line 1: not UTF-8 text; save the file as UTF-8"),
        ("LOG_LEVEL=INFO\n".encode("utf-16-le"), " is not UTF-8 text (it has zero bytes); save the file as UTF-8"),
    ],
)
def test_a_file_that_is_not_text_is_refused(project: Path, content: bytes, problem: str) -> None:
    file = write_env(project, content)
    assert refusal(project) == f"{file}{problem}"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that even root can't read")
def test_a_file_that_cannot_be_read_is_refused(project: Path) -> None:
    file = project / ".env"
    file.symlink_to("/proc/self/mem")
    assert refusal(project).startswith(f"{file} can't be read (")


def test_an_invalid_value_is_reported_with_its_origin_and_what_is_allowed(project: Path) -> None:
    file = write_env(project, "\nANSWER_THRESHOLD=high\n")
    allowed = "it must be a number from 0 to 1, such as 0.5"
    assert refusal(project) == f"ANSWER_THRESHOLD is high ({file}, line 2); {allowed}"
    assert refusal(project, environment={"ANSWER_THRESHOLD": "50%"}) == (
        f"ANSWER_THRESHOLD is '50%' (environment); {allowed}"
    )
    assert refusal(project, {"ANSWER_THRESHOLD": "2"}) == f"ANSWER_THRESHOLD is '2' (flag); {allowed}"
    assert "DEBUG, INFO, WARNING" in refusal(project, {"ANSWER_THRESHOLD": "1"}, environment={"LOG_LEVEL": "loud"})


@pytest.mark.parametrize("text", ["nan", "inf", "-0.1", "1.01", "0,5"])
def test_a_threshold_is_a_probability(project: Path, text: str) -> None:
    assert "must be a number from 0 to 1" in refusal(project, environment={"ANSWER_THRESHOLD": text})


def test_an_invalid_value_is_shown_short_and_in_one_line(project: Path) -> None:
    message = refusal(project, environment={"LOG_LEVEL": "a\n\x1b[31m\udcff" + "b" * 1000})
    assert message.isprintable()
    assert len(message) < 250


def test_a_home_folder_that_does_not_exist_is_refused(project: Path) -> None:
    message = refusal(project, {"SEEDS_DIR": "~nobody-has-this-name/texts"})
    assert message.endswith("(--seeds); it must not begin with ~, because there is no such home folder")


def test_a_current_folder_that_was_removed_is_refused(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = project / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingsError, match="the current folder no longer exists"):
        load_settings(environment={})
