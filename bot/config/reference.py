"""Generate `.env.example` and `docs/settings.md` from the settings.

python -m bot.config.reference env > .env.example
python -m bot.config.reference docs > docs/settings.md
"""

from __future__ import annotations

import sys

from bot.config.settings import SETTINGS

ENV_HEAD = """\
# Settings of Footnote. Copy this file to .env in the same folder, and remove the # before each setting that you change.
# The values here are the defaults. Precedence: flag, environment variable, .env, default. Relative paths in .env start
# from its own folder.
"""

DOCS_HEAD = """\
# Settings

Precedence: flag, environment variable, `.env`, default. `.env` is searched for in the current folder and above it;
relative paths in it start from its own folder. `.env.example` lists all settings: copy it to `.env`, and change what
you need.

| setting | default | meaning |
|---|---|---|
"""

DOCS_FOOT = """
The wording of messages is in `prompts/`, one Markdown file for each message. Copy the ones that you want to change into
a folder of your own, and set `PROMPTS_DIR`. They are checked at start-up.
"""


def env_example() -> str:
    """Return the text of `.env.example`."""
    blocks = (f"\n# {setting.help}\n#{setting.name}={setting.default}\n" for setting in SETTINGS)
    return ENV_HEAD + "".join(blocks)


def settings_page() -> str:
    """Return the text of `docs/settings.md`."""
    rows = []
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "–"
        flag = f" Flag `{setting.flag}`." if setting.flag else ""
        rows.append(f"| `{setting.name}` | {default} | {setting.help}{flag} |\n")
    return DOCS_HEAD + "".join(rows) + DOCS_FOOT


def main(arguments: list[str]) -> None:
    """Print one of the two texts."""
    texts = {"env": env_example, "docs": settings_page}
    if len(arguments) != 1 or arguments[0] not in texts:
        sys.exit("usage: python -m bot.config.reference env|docs")
    print(texts[arguments[0]](), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
