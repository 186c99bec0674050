"""Show messages as text, as a person sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.fake_discord.rules_components import BUTTON, LINK, SELECTS
from tests.fake_discord.state import Channel, Message, MessageType, Payload, User, World


def transcript(world: World, channel: Channel, viewer: User | None = None) -> str:
    """Return all messages of a channel as a person sees them; without a person, those that everyone sees."""
    blocks = [
        "\n".join(message_lines(world, message))
        for message in sorted(channel.messages.values(), key=lambda one: one.id)
        if not message.deleted and message.visible_to in (None, viewer)
    ]
    return "\n\n".join(blocks)


def message_lines(world: World, message: Message) -> Iterator[str]:
    """Return one message: author, what it replies to, content, embeds, files, components, reactions."""
    if message.type is MessageType.THREAD_CREATED:
        yield f"— {message.author.name} started a thread: {message.content}"
        return
    if message.type is MessageType.THREAD_STARTER:
        yield "— the thread's first message is the one above"
        return
    marks = [
        *(["only you see this"] if message.is_ephemeral else []),
        *(["edited"] if message.edited is not None and not message.is_ephemeral else []),
    ]
    interaction = message.interaction
    if interaction is not None and interaction.original is message and "name" in interaction.data:
        slash = "/" if interaction.data["type"] == 1 else ""
        yield f"┌ {interaction.user.name} used {slash}{interaction.data['name']}{_options_text(interaction.data)}"
    elif message.reply_to is not None:
        yield f"┌ {message.reply_to.author.name}: {_readable(world, message.reply_to.content)[:60] or '…'}"
    who = f"{message.author.name} [bot]" if message.author.bot else message.author.name
    yield f"{who}{' (' + ', '.join(marks) + ')' if marks else ''}"
    if message.is_loading:
        yield "  … is thinking"
    yield from (f"  {line}" for line in _readable(world, message.content).splitlines())
    for embed in message.embeds:
        yield from (f"  │ {line}".rstrip() for line in _embed_lines(world, embed))
    for attachment in message.attachments:
        yield f"  [file: {attachment['filename']}, {attachment['size']} bytes]"
    yield from (f"  {line}" for line in component_lines(message.components))
    if message.reactions:
        yield "  " + " ".join(f"({emoji} {len(who)})" for emoji, who in message.reactions.items())
    if message.thread is not None:
        yield f"  ↳ thread: {message.thread.name}"


def _options_text(data: Payload) -> str:
    parts = []
    for option in data.get("options") or []:
        if "options" in option:
            parts.append(f" {option['name']}{_options_text(option)}")
        else:
            parts.append(f" {option['name']}: {option['value']}")
    return "".join(parts)


def _readable(world: World, text: str) -> str:
    """Return the text with the names of those mentioned."""

    def user_name(found: re.Match[str]) -> str:
        user = world.users.get(int(found[1]))
        return f"@{user.name}" if user else found[0]

    def channel_name(found: re.Match[str]) -> str:
        channel = world.channels.get(int(found[1]))
        return f"#{channel.name}" if channel else found[0]

    return re.sub(r"<#(\d+)>", channel_name, re.sub(r"<@!?(\d+)>", user_name, text))


def _embed_lines(world: World, embed: Payload) -> Iterator[str]:
    if author := (embed.get("author") or {}).get("name"):
        yield author
    if title := embed.get("title"):
        yield f"{title} ({embed['url']})" if embed.get("url") else title
    yield from _readable(world, embed.get("description") or "").splitlines()
    for field in embed.get("fields") or []:
        yield f"▪ {field['name']}"
        yield from (f"  {line}" for line in _readable(world, field["value"]).splitlines())
    if footer := (embed.get("footer") or {}).get("text"):
        yield f"_{footer}_"


def component_lines(components: list[Payload]) -> Iterator[str]:
    """Return rows of buttons and selects; text components as text."""
    for component in components:
        if component["type"] == BUTTON:
            yield _button(component)
        elif component["type"] in SELECTS:
            labels = [option["label"] for option in component.get("options") or []]
            yield f"<{component.get('placeholder') or 'select'}: {' | '.join(labels)}>"
        elif component.get("content"):
            yield from str(component["content"]).splitlines()
        elif component["type"] == 1:
            yield " ".join(component_lines(component["components"]))
        else:
            yield from component_lines(component.get("components") or [])
            if isinstance(component.get("accessory"), dict):
                yield from component_lines([component["accessory"]])


def _button(button: Payload) -> str:
    emoji = (button.get("emoji") or {}).get("name")
    text = " ".join(part for part in (emoji, button.get("label")) if part)
    if button.get("style") == LINK:
        return f"[{text} → {button['url']}]"
    return f"[{text}{' (off)' if button.get('disabled') else ''}]"


def modal_lines(modal: Payload) -> Iterator[str]:
    """Return a form: its title and its inputs."""
    yield f"╔ {modal['title']}"
    for component in modal["components"]:
        inner = component.get("component") or (component.get("components") or [component])[0]
        label = component.get("label") or inner.get("label") or ""
        if "custom_id" not in inner:
            yield f"║ {inner.get('content', '')}"
            continue
        optional = "" if inner.get("required", True) else " (optional)"
        yield f"║ {label}{optional}: {inner.get('value') or ''}"
        if description := component.get("description"):
            yield f"║   {description}"
        if inner.get("placeholder"):
            yield f"║   ‹{inner['placeholder']}›"
    yield "╚ [Cancel] [Submit]"
