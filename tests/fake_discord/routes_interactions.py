"""Routes that respond to interactions: the first response within the deadline, then edits and follow-ups by token."""

from __future__ import annotations

import time
from typing import Any

from tests.fake_discord.errors import (
    ApiError,
    Problems,
    already_acknowledged,
    invalid,
    invalid_webhook_token,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from tests.fake_discord.messages import delete, edited, fill, message_payload, post
from tests.fake_discord.routing import Call, route
from tests.fake_discord.rules_commands import check_choices
from tests.fake_discord.rules_components import check_modal
from tests.fake_discord.rules_messages import check_message, check_not_empty
from tests.fake_discord.state import EPHEMERAL, LOADING, Interaction, InteractionType, Message, MessageType, Payload

PONG, MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


def _check_response(call: Call) -> None:
    """Check the body of a first response by its type."""
    kind, data = call.body.get("type"), call.body.get("data") or {}
    problems = Problems()
    if kind == MESSAGE:
        check_message(data, call.files, is_new=True, path=("data",))
    elif kind == UPDATE:
        check_message(data, call.files, is_new=False, path=("data",))
    elif kind == MODAL:
        check_modal(problems, data, ("data",))
    elif kind == CHOICES:
        check_choices(problems, data.get("choices") or [], ("data", "choices"))
    elif kind not in (DEFERRED, DEFERRED_UPDATE):
        problems.add(("type",), "BASE_TYPE_CHOICES", "Value must be one of (4, 5, 6, 7, 8, 9).")
    problems.raise_if_any()


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback", authorized=False, check=_check_response)
def respond(call: Call) -> Payload | None:
    """Accept the first response to an interaction."""
    interaction = _unanswered(call)
    kind, data = call.body["type"], call.body.get("data") or {}
    _check_type(interaction, kind)
    if kind in (MESSAGE, UPDATE):
        call.check_mentions(data, is_new=False)
    interaction.acknowledged_at = time.monotonic()
    interaction.response_type = kind
    if kind == CHOICES:
        interaction.choices = data.get("choices") or []
    elif kind == MODAL:
        interaction.modal = data
    elif kind in (MESSAGE, DEFERRED):
        _respond_with_message(call, interaction, kind, data)
    elif kind == UPDATE and interaction.original is not None:
        _change(call, interaction, interaction.original, data)
    if kind not in (DEFERRED, DEFERRED_UPDATE):
        interaction.answered_at = interaction.acknowledged_at
    return _response(call, interaction) if call.request.query.get("with_response") in ("1", "true") else None


def _unanswered(call: Call) -> Interaction:
    interaction = call.core.world.interactions.get(call.number("interaction_id"))
    if interaction is None or interaction.token != call.parameters["interaction_token"] or interaction.expired:
        raise unknown_interaction()
    if interaction.acknowledged_at is not None:
        raise already_acknowledged()
    if call.request.at - interaction.sent_at > call.core.settings.interaction_deadline:
        raise unknown_interaction()
    return interaction


def _check_type(interaction: Interaction, kind: int) -> None:
    may = {
        InteractionType.COMMAND: (MESSAGE, DEFERRED, MODAL),
        InteractionType.COMPONENT: (MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL),
        InteractionType.AUTOCOMPLETE: (CHOICES,),
        InteractionType.MODAL: (MESSAGE, DEFERRED)
        + ((DEFERRED_UPDATE, UPDATE) if interaction.message is not None else ()),
    }[interaction.type]
    if kind not in may:
        problem = f"Value must be one of {may} for this interaction, is {kind}."
        raise invalid("type", code="BASE_TYPE_CHOICES", message=problem)


def _respond_with_message(call: Call, interaction: Interaction, kind: int, data: Payload) -> None:
    message = _new_message(call, interaction, ephemeral=bool((data.get("flags") or 0) & EPHEMERAL))
    if kind == DEFERRED:
        message.flags |= LOADING
    else:
        fill(call.core, message, data, call.files, mention_everyone=True)
    if interaction.type is InteractionType.COMMAND:
        is_slash = interaction.data["type"] == 1
        message.type = MessageType.SLASH_COMMAND if is_slash else MessageType.CONTEXT_MENU_COMMAND
    elif interaction.message is not None and not interaction.message.is_ephemeral:
        message.type, message.reply_to = MessageType.REPLY, interaction.message
    interaction.original = post(call.core, message)


def _new_message(call: Call, interaction: Interaction, *, ephemeral: bool) -> Message:
    world = call.core.world
    message = Message(world.new_id(), interaction.channel, world.bot, interaction=interaction)
    if ephemeral:
        message.flags |= EPHEMERAL
        message.visible_to = interaction.user
    return message


def _change(call: Call, interaction: Interaction, message: Message, data: Payload) -> None:
    message.flags &= ~LOADING
    fill(call.core, message, data, call.files, mention_everyone=False)
    check_not_empty(message)
    edited(call.core, message)
    if interaction.answered_at is None:
        interaction.answered_at = time.monotonic()


def _response(call: Call, interaction: Interaction) -> Payload:
    message, kind = interaction.original, interaction.response_type
    about: Payload = {"id": str(interaction.id), "type": int(interaction.type)}
    about["channel_id"] = str(interaction.channel.id)
    if interaction.channel.guild is not None:
        about["guild_id"] = str(interaction.channel.guild.id)
    if message is None or kind in (CHOICES, MODAL):
        return {"interaction": about}
    about |= {
        "response_message_id": str(message.id),
        "response_message_loading": message.is_loading,
        "response_message_ephemeral": message.is_ephemeral,
    }
    if kind == DEFERRED_UPDATE:
        return {"interaction": about}
    resource_type = UPDATE if kind == UPDATE else MESSAGE
    return {"interaction": about, "resource": {"type": resource_type, "message": message_payload(call.core, message)}}


def _interaction(call: Call) -> Interaction:
    """Return the interaction of a webhook's token. Raises ApiError if it is unknown, unanswered or expired."""
    interaction = call.core.world.interactions_by_token.get(call.parameters["webhook_token"])
    if interaction is None or call.number("webhook_id") != call.core.application_id:
        raise unknown_webhook()
    age = call.request.at - interaction.sent_at
    if interaction.expired or age > call.core.settings.token_lifetime:
        raise invalid_webhook_token()
    if interaction.acknowledged_at is None or interaction.type is InteractionType.AUTOCOMPLETE:
        raise unknown_webhook()
    return interaction


def _original(call: Call) -> tuple[Interaction, Message]:
    interaction = _interaction(call)
    message = interaction.original
    if message is None or message.deleted:
        raise unknown_message()
    return interaction, message


def _followup(call: Call) -> tuple[Interaction, Message]:
    interaction = _interaction(call)
    number = call.number("message_id")
    own = [*interaction.followups, *([interaction.original] if interaction.original else [])]
    message = next((one for one in own if one.id == number and not one.deleted), None)
    if message is None:
        raise unknown_message()
    return interaction, message


def _check_new(call: Call) -> None:
    check_message(call.body, call.files, is_new=True)


def _check_edit(call: Call) -> None:
    check_message(call.body, call.files, is_new=False)


@route("POST", WEBHOOK, authorized=False, check=_check_new)
def follow_up(call: Call) -> Any:
    """Send another message; after a deferral, the first one fills the message that is loading."""
    interaction = _interaction(call)
    call.check_mentions(call.body, is_new=True)
    if interaction.response_type == DEFERRED and interaction.original is not None and interaction.original.is_loading:
        _change(call, interaction, interaction.original, call.body)
        return message_payload(call.core, interaction.original)
    message = _new_message(call, interaction, ephemeral=bool((call.body.get("flags") or 0) & EPHEMERAL))
    fill(call.core, message, call.body, call.files, mention_everyone=True)
    if interaction.original is not None and not interaction.original.is_ephemeral:
        message.type, message.reply_to = MessageType.REPLY, interaction.original
    interaction.followups.append(post(call.core, message))
    interaction.answered_at = interaction.answered_at or time.monotonic()
    return message_payload(call.core, message) if call.request.query.get("wait", "0") in ("1", "true") else None


@route("GET", f"{WEBHOOK}/messages/@original", authorized=False)
def original(call: Call) -> Payload:
    """Return the first response, or the message that the component is on."""
    return message_payload(call.core, _original(call)[1])


@route("PATCH", f"{WEBHOOK}/messages/@original", authorized=False, check=_check_edit)
def edit_original(call: Call) -> Payload:
    """Edit the first response, or fill it after a deferral."""
    return _edit(call, *_original(call))


@route("DELETE", f"{WEBHOOK}/messages/@original", authorized=False)
def delete_original(call: Call) -> None:
    """Delete the first response."""
    delete(call.core, _original(call)[1])


@route("GET", f"{WEBHOOK}/messages/{{message_id}}", authorized=False)
def followup(call: Call) -> Payload:
    """Return a follow-up."""
    return message_payload(call.core, _followup(call)[1])


@route("PATCH", f"{WEBHOOK}/messages/{{message_id}}", authorized=False, check=_check_edit)
def edit_followup(call: Call) -> Payload:
    """Edit a follow-up."""
    return _edit(call, *_followup(call))


@route("DELETE", f"{WEBHOOK}/messages/{{message_id}}", authorized=False)
def delete_followup(call: Call) -> None:
    """Delete a follow-up."""
    delete(call.core, _followup(call)[1])


def _edit(call: Call, interaction: Interaction, message: Message) -> Payload:
    call.check_mentions(call.body, is_new=False)
    if message.author is not call.core.world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    _change(call, interaction, message, call.body)
    return message_payload(call.core, message)
