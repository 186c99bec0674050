"""Messages of one line. Pure. Text from people and documents is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from bot.discord.text.amounts import counted
from bot.discord.text.markdown import escaped, visible
from bot.discord.text.splitting import cut, excerpt, length

if TYPE_CHECKING:
    from index.ingestion.difference import Lag
    from index.ingestion.report import Progress

LONGEST_THREAD_NAME = 100
LONGEST_PHRASE = 200  # characters of what somebody typed
LONGEST_ERROR = 800
FOLDERS_SHOWN = 30

HOW_TO_ASK = "Ask me something about the documents: mention me with a question, or use `/ask`."
WITHOUT_MESSAGE_CONTENT = (
    "I can only read messages that mention me or reply to me, so mention me in threads too. I can't answer new forum "
    "posts. Whoever runs me can change that: turn on “Message Content Intent” in Discord's developer portal."
)
THANKS = "Thank you, that is noted."
NOTHING_TO_CHECK = "There is no sentence in that message that I can check."
OUTDATED_COMMAND = "That command has changed. Reload Discord (Ctrl+R), then try again."

TOO_MANY_WAITING = "Several of your questions are waiting already. Ask again when one of them is answered."
CLOSING = "I am being restarted. Ask again in a minute."

GONE = "I no longer have that answer: it has expired or been erased. Ask again, and I will look it up."
OUT_OF_SCOPE = "None of the sources of that answer may be shown in this channel."
DOCUMENT_CHANGED = "This document has changed since. These are the words that I quoted."
DOCUMENT_GONE = "This document no longer exists. These are the words that I quoted."
NO_FILE = "I can't send that file here."
FILE_TOO_LARGE = "That file is larger than Discord allows me to send."

ALREADY_INDEXING = "Re-indexing is already running. Wait for its report, or start another run after it."
SERVER_AWAY = "I can't reach the server that holds my index. Ask again in a minute."
FOLLOWS = "Another machine indexes the documents, and I use its index."
FOLDER_MISSING = "The folder of documents can't be read at the moment."


def failure_line(reference: str) -> str:
    """Return the message for an internal error, which is in the log under `reference`."""
    return f"Something went wrong on my side, and I have logged it. Reference: `{reference}`"


def not_asked(reason: str) -> str:
    """Return the message for a question that can't be searched."""
    return f"I can't search for that: {_error(reason)}"


def waiting(before: int) -> str:
    """Return the position in the queue: `before` questions come first."""
    return f"{counted(before, 'question')} before yours …"


def cooldown(seconds: float) -> str:
    """Return the message for a person who has asked as many questions as they may within a minute."""
    wait = counted(_whole(seconds), "second")
    return f"You have asked as many questions as I take from one person in a minute. Ask again in {wait}."


def try_again(seconds: float) -> str:
    """Return the message for a command that is used too often."""
    return f"You have just done that. You can do it again in {counted(_whole(seconds), 'second')}."


def queue_full(size: int) -> str:
    """Return the message for a server whose queue is full, with `size` questions."""
    return (
        f"{counted(size, 'question')} {'is' if size == 1 else 'are'} waiting here already. Ask again in a few minutes."
    )


def answered_in(thread: int) -> str:
    """Return the note in a channel that the answer is in a thread that was open already."""
    return f"-# Answered in <#{thread}>."


def no_permission(channel: int) -> str:
    """Return the direct message to a person who asked where the bot may not send messages."""
    where = f"You asked me something in <#{channel}>, but I am not allowed to send messages there."
    return f"{where} Somebody with the Manage Server permission can change that."


def not_allowed(roles: Sequence[str]) -> str:
    """Return the message for a person who may not use a command. `roles` is `ADMIN_ROLES`: names or ids of roles."""
    names = [excerpt(role, LONGEST_PHRASE) for role in roles if not role.isdecimal() and visible(role)]
    if names:
        return cut(f"You need the Manage Server permission, or one of these roles: {', '.join(names)}.", LONGEST_ERROR)
    return f"You need the Manage Server permission{', or one of the roles in my settings' if roles else ''}."


def forgotten(count: int) -> str:
    """Return the result of `/forget me`: the number of questions that were erased."""
    if count == 0:
        return "I had no question of yours. Your ratings are erased too."
    return f"I have erased {counted(count, 'question')} of yours with the answers, and all your ratings."


def not_forgotten(reason: str) -> str:
    """Return the message for `/forget me` if it failed."""
    return f"I could not erase everything: {_error(reason)}"


def no_document(typed: str) -> str:
    """Return the message if no document in the channel's scope matches."""
    return f"No document here matches “{_phrase(typed)}”. `/documents` lists them all."


def unknown_folder(typed: str, known: Sequence[str]) -> str:
    """Return the message for an unknown folder. `known` are the existing ones, as they are typed."""
    names = [f"“{excerpt(name, LONGEST_PHRASE)}”" for name in known if visible(name)]
    more = f" and {len(names) - FOLDERS_SHOWN} more" if len(names) > FOLDERS_SHOWN else ""
    listed = f"{cut(', '.join(names[:FOLDERS_SHOWN]), LONGEST_ERROR)}{more}"
    return f"There is no folder “{_phrase(typed)}”. " + (f"These exist: {listed}." if names else "No folder exists.")


def forum_set(forum: str, answers: Literal["off", "found", "always"]) -> str:
    """Return the confirmation of `/forum`."""
    what_happens = {
        "off": "are not answered",
        "found": "are answered if the documents have an answer",
        "always": "are always answered, even if only to say that the documents have no answer",
    }
    return f"From now on, new posts in #{_phrase(forum)} {what_happens[answers]}."


def files_set(*, offered: bool) -> str:
    """Return the confirmation of `/files`."""
    return f"From now on, Sources {'offers the files of documents' if offered else 'does not offer files'}."


def behind(lag: Lag) -> str:
    """Return how far the index is behind the folder of documents."""
    if not lag.is_behind:
        return "The index is up to date with the folder."
    counts = ", ".join(
        f"{count:,} {name}" for count, name in ((lag.new, "new"), (lag.changed, "changed"), (lag.gone, "gone")) if count
    )
    return f"The index is behind the folder: {counts}."


def indexing(progress: Progress) -> str:
    """Return the progress of `/reindex`."""
    steps = {"reading": "Reading the documents", "embedding": "Embedding new text", "publishing": "Publishing"}
    step = steps.get(progress.step, escaped(progress.step))
    return f"{step}: {progress.done:,} of {progress.total:,} …" if progress.total else f"{step} …"


def indexed(chunks: int, embedded: int, seconds: float) -> str:
    """Return the result of `/reindex`."""
    took = counted(_whole(seconds), "second")
    return f"Done in {took}: {counted(chunks, 'chunk')} in the index, {embedded:,} newly embedded."


def not_indexed(reason: str) -> str:
    """Return the message for `/reindex` if it failed."""
    return f"Re-indexing failed: {_error(reason)} I still answer from the previous index."


def folder_name(folder: str) -> str:
    """Return the name of a first-level folder, not escaped; "" stands for documents outside any folder."""
    return folder or "(outside any folder)"


def thread_name(question: str) -> str:
    """Return the name of a thread: the question, or its beginning. Names of threads have no Markdown."""
    name = visible(question) or "Question"
    if length(name) <= LONGEST_THREAD_NAME:
        return name
    shown = name[: LONGEST_THREAD_NAME - 2]
    while length(shown) > LONGEST_THREAD_NAME - 2:
        shown = shown[:-1]
    return (shown.rsplit(" ", 1)[0] if " " in shown else shown) + " …"


def _phrase(text: str) -> str:
    return excerpt(text, LONGEST_PHRASE) or "…"


def _error(reason: str) -> str:
    """Return the text of an error as a sentence."""
    shown = excerpt(reason, LONGEST_ERROR) or "no reason was given"
    return shown if shown.endswith((".", "!", "?", "…")) else f"{shown}."


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))
