"""What is said in one line. Pure; all that comes from people or documents is escaped."""

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
LONGEST_PHRASE = 200  # of what somebody typed
LONGEST_ERROR = 800
FOLDERS_SHOWN = 30

HOW_TO_ASK = "Ask me something about the documents: mention me with a question, or use `/ask`."
WITHOUT_MESSAGE_CONTENT = (
    "I can only read messages that mention me or answer me, so mention me in threads too; and I can't answer new forum "
    "posts. Whoever runs me can change that: switch on “Message Content Intent” in Discord's developer portal."
)
THANKS = "Thank you, that is noted."
NOTHING_TO_CHECK = "There is no sentence in that message that I could check."
OUTDATED_COMMAND = "That command has changed since your Discord learnt it. Reload Discord (Ctrl+R), then try again."

TOO_MANY_WAITING = "Several of your questions are waiting already. Ask again when one of them is answered."
CLOSING = "I am just being restarted. Ask again in a minute."

GONE = "I no longer have that answer: it has expired or been erased. Ask again, and I will look it up anew."
OUT_OF_SCOPE = "There is nothing that I could show of that answer in this channel."
DOCUMENT_CHANGED = "This document has changed since. These are its words as they were."
DOCUMENT_GONE = "There is no document of this name any more. These are its words as they were."
NO_FILE = "I can't offer that file here."
FILE_TOO_LARGE = "That file is larger than Discord allows me to send."

ALREADY_INDEXING = "The documents are being read already. Wait for that report, or ask for another run after it."
SERVER_AWAY = "I can't reach the place where my index is kept. Ask again in a minute."
FOLLOWS = "Another machine reads the documents; I follow what it has indexed."
FOLDER_MISSING = "The folder of documents can't be read at the moment."


def failure_line(reference: str) -> str:
    """Something that is not the asker's doing went wrong; `reference` finds it in the log."""
    return f"Something went wrong on my side, and it has been noted. Reference: `{reference}`"


def not_asked(reason: str) -> str:
    """A question that can't be searched."""
    return f"I could not look that up: {_error(reason)}"


def waiting(before: int) -> str:
    """How many questions come first."""
    return f"{counted(before, 'question')} before yours …"


def cooldown(seconds: float) -> str:
    """Somebody has asked as much as is allowed within a minute."""
    return f"That is all I can take from one person in a minute. Ask again in {counted(_whole(seconds), 'second')}."


def try_again(seconds: float) -> str:
    """A command that may not be used so often."""
    return f"That was just done. It can be done again in {counted(_whole(seconds), 'second')}."


def queue_full(size: int) -> str:
    """As many questions wait as may."""
    return (
        f"{counted(size, 'question')} {'is' if size == 1 else 'are'} waiting here already. Ask again in a few minutes."
    )


def answered_in(thread: int) -> str:
    """Said in the channel where the answer is in a thread that was open already."""
    return f"-# Answered in <#{thread}>."


def no_permission(channel: int) -> str:
    """Said in a direct message when the bot may not answer where it was asked."""
    where = f"You asked me something in <#{channel}>, but I may not send messages there."
    return f"{where} Somebody with Manage Server can allow it."


def not_allowed(roles: Sequence[str]) -> str:
    """A command for administrators. `roles` are the settings' names or ids of roles."""
    names = [excerpt(role, LONGEST_PHRASE) for role in roles if not role.isdecimal() and visible(role)]
    if names:
        return cut(
            f"That takes the permission Manage Server, or one of these roles: {', '.join(names)}.", LONGEST_ERROR
        )
    return f"That takes the permission Manage Server{', or a role that the settings name' if roles else ''}."


def forgotten(count: int) -> str:
    """What `/forget me` has erased."""
    if count == 0:
        return "I had kept no question of yours. What you rated is erased too."
    return f"Erased: {counted(count, 'question')} of yours with the answers, and all your ratings."


def not_forgotten(reason: str) -> str:
    """`/forget me` has failed."""
    return f"That could not be erased, or not all of it: {_error(reason)}"


def no_document(typed: str) -> str:
    """No document in the channel's scope is called so."""
    return f"No document here matches “{_phrase(typed)}”. `/documents` lists them all."


def unknown_folder(typed: str, known: Sequence[str]) -> str:
    """A folder that does not exist; `known` are those that do, as they are typed."""
    names = [f"“{excerpt(name, LONGEST_PHRASE)}”" for name in known if visible(name)]
    more = f" and {len(names) - FOLDERS_SHOWN} more" if len(names) > FOLDERS_SHOWN else ""
    there = f"There are: {cut(', '.join(names[:FOLDERS_SHOWN]), LONGEST_ERROR)}{more}." if names else "There is none."
    return f"There is no folder “{_phrase(typed)}”. {there}"


def forum_set(forum: str, answers: Literal["off", "found", "always"]) -> str:
    """What is done with new posts of a forum from now on."""
    told = {
        "off": "are left alone",
        "found": "are answered where the documents have an answer",
        "always": "are answered, and told where the documents have no answer",
    }
    return f"New posts in #{_phrase(forum)} {told[answers]} from now on."


def files_set(offered: bool) -> str:
    """Whether Sources offers files from now on."""
    return f"Sources {'offers the files of documents' if offered else 'no longer offers files'} from now on."


def behind(lag: Lag) -> str:
    """How far the index is behind the folder of documents."""
    if not lag.is_behind:
        return "The index is up to date with the folder."
    told = ", ".join(
        f"{count:,} {name}" for count, name in ((lag.new, "new"), (lag.changed, "changed"), (lag.gone, "gone")) if count
    )
    return f"The index is behind the folder: {told}."


def indexing(progress: Progress) -> str:
    """How far `/reindex` is."""
    steps = {"reading": "Reading the documents", "embedding": "Embedding what is new", "publishing": "Publishing"}
    step = steps.get(progress.step, escaped(progress.step))
    return f"{step}: {progress.done:,} of {progress.total:,} …" if progress.total else f"{step} …"


def indexed(chunks: int, embedded: int, seconds: float) -> str:
    """What `/reindex` came to."""
    took = counted(_whole(seconds), "second")
    return f"Done in {took}: {counted(chunks, 'chunk')} in the index, {embedded:,} embedded anew."


def not_indexed(reason: str) -> str:
    """`/reindex` has failed."""
    return f"The documents could not be read anew: {_error(reason)} I go on answering from what I have."


def folder_name(folder: str) -> str:
    """A first-level folder as it is named to people, not escaped; the documents beside the folders have none."""
    return folder or "(beside the folders)"


def thread_name(question: str) -> str:
    """The name of a thread, which knows no Markdown: the question, or its beginning."""
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
    """The words of an error, as a sentence."""
    told = excerpt(reason, LONGEST_ERROR) or "no reason was given"
    return told if told.endswith((".", "!", "?", "…")) else f"{told}."


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))
