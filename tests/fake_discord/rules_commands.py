"""Discord's rules for application commands and autocomplete choices."""

from __future__ import annotations

from tests.fake_discord.errors import Problems
from tests.fake_discord.state import Payload

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
MOST_COMMANDS = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
LONGEST_COMMAND = 8000  # characters of names, descriptions and values of a command, including its options

Path = tuple[str, ...]


def check_commands(commands: list[Payload]) -> None:
    """Check all commands that are to be registered. Raises ApiError."""
    problems = Problems()
    for kind, most in MOST_COMMANDS.items():
        if sum(1 for command in commands if (command.get("type") or CHAT_INPUT) == kind) > most:
            problems.add((), "APPLICATION_COMMANDS_MAX", f"At most {most} commands of type {kind}.")
    seen: set[tuple[object, object]] = set()
    for index, command in enumerate(commands):
        check_command(problems, command, (str(index),))
        key = (command.get("type") or CHAT_INPUT, command.get("name"))
        if key in seen:
            problems.add((str(index), "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Names must be unique.")
        seen.add(key)
    problems.raise_if_any()


def check_command(problems: Problems, command: Payload, path: Path) -> None:
    """Check one command."""
    if (command.get("type") or CHAT_INPUT) == CHAT_INPUT:
        _check_name(problems, command.get("name"), (*path, "name"))
        problems.length((*path, "description"), command.get("description"), 1, 100)
        _check_options(problems, command.get("options") or [], (*path, "options"))
    else:
        problems.length((*path, "name"), command.get("name"), 1, 32)
        if command.get("description"):
            problems.add((*path, "description"), "BASE_TYPE_MAX_LENGTH", "Context menu commands have none.")
        if command.get("options"):
            problems.add((*path, "options"), "APPLICATION_COMMAND_OPTIONS", "Context menu commands have none.")
    if _length(command) > LONGEST_COMMAND:
        problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"At most {LONGEST_COMMAND} characters in all.")


def _length(entry: Payload) -> int:
    own = sum(len(str(entry.get(key) or "")) for key in ("name", "description", "value"))
    return own + sum(_length(one) for key in ("options", "choices") for one in entry.get(key) or [])


def _check_name(problems: Problems, name: object, path: Path) -> None:
    allowed = isinstance(name, str) and all(one in "-_'" or one.isalnum() for one in name)
    if not isinstance(name, str) or not allowed or not 1 <= len(name) <= 32 or name != name.lower():
        problem = "Command name is invalid: 1 to 32 lower-case letters, digits, dashes and underscores"
        problems.add(path, "APPLICATION_COMMAND_INVALID_NAME", problem)


def _check_options(problems: Problems, options: list[Payload], path: Path) -> None:
    problems.length(path, options, 0, 25)
    is_nested = [option.get("type") in (SUBCOMMAND, GROUP) for option in options]
    if any(is_nested) and not all(is_nested):
        problem = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", problem)
    names = [option.get("name") for option in options]
    if len(set(names)) < len(names):
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Names must be unique.")
    optional_seen = False
    for index, option in enumerate(options):
        here = (*path, str(index))
        if option.get("required") and optional_seen:
            problem = "Required options must be placed before non-required options"
            problems.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", problem)
        optional_seen = optional_seen or not option.get("required")
        _check_option(problems, option, here)


def _check_option(problems: Problems, option: Payload, here: Path) -> None:
    _check_name(problems, option.get("name"), (*here, "name"))
    problems.length((*here, "description"), option.get("description"), 1, 100)
    choices = option.get("choices") or []
    check_choices(problems, choices, (*here, "choices"), kind=option.get("type"))
    if choices and option.get("autocomplete"):
        problems.add((*here, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", "Either of the two.")
    if option.get("autocomplete") and option.get("type") not in (STRING, INTEGER, NUMBER):
        problems.add((*here, "autocomplete"), "APPLICATION_COMMAND_AUTOCOMPLETE_TYPE", "Only for texts and numbers.")
    least, most = option.get("min_length"), option.get("max_length")
    if not 0 <= (least or 0) <= 6000 or not 1 <= (most or 6000) <= 6000 or (least or 0) > (most or 6000):
        problems.add((*here, "max_length"), "NUMBER_TYPE_MAX", "Lengths must be between 0 and 6000.")
    if option.get("type") in (SUBCOMMAND, GROUP):
        _check_options(problems, option.get("options") or [], (*here, "options"))


def check_choices(problems: Problems, choices: list[Payload], path: Path, *, kind: object = None) -> None:
    """Check the choices of an option or of autocomplete; `kind` is the option's type, None if unknown."""
    problems.length(path, choices, 0, 25)
    for index, choice in enumerate(choices):
        here = (*path, str(index))
        problems.length((*here, "name"), choice.get("name"), 1, 100)
        value = choice.get("value")
        if isinstance(value, str):
            problems.length((*here, "value"), value, 1, 100)
        if value is None or (kind is not None and isinstance(value, str) != (kind == STRING)):
            problems.add((*here, "value"), "BASE_TYPE_BAD_TYPE", "Must be of the option's type.")
