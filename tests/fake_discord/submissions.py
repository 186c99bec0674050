"""Fill in a form as Discord's own client does: what it accepts, and what it sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fake_discord.commands import NotPossible
from tests.fake_discord.messages import numbered
from tests.fake_discord.rules_components import LABEL, ROW, SELECTS, TEXT_INPUT, walk
from tests.fake_discord.state import Payload


def submission(modal: Payload, values: Mapping[str, Any]) -> Payload:
    """Return the data of an interaction that submits a form; `values` are by custom id. Raises NotPossible."""
    components = numbered(modal["components"])
    inputs = {one["custom_id"]: one for _, one in walk(components) if "custom_id" in one}
    if unknown := set(values) - set(inputs):
        raise NotPossible(f"no inputs {sorted(unknown)}; there are {sorted(inputs)}")
    return {"custom_id": modal["custom_id"], "components": [_submitted(one, values) for one in components]}


def _submitted(component: Payload, values: Mapping[str, Any]) -> Payload:
    about = {"type": component["type"], "id": component["id"]}
    if component["type"] == LABEL:
        return {**about, "component": _filled(component["component"], values)}
    if component["type"] == ROW:
        return {**about, "components": [_filled(one, values) for one in component["components"]]}
    return about


def _filled(component: Payload, values: Mapping[str, Any]) -> Payload:
    name = component["custom_id"]
    about = {"type": component["type"], "id": component["id"], "custom_id": name}
    if component["type"] == TEXT_INPUT:
        return {**about, "value": _text(component, values.get(name, component.get("value") or ""))}
    if component["type"] in SELECTS:
        chosen = values.get(name, [])
        chosen = [chosen] if isinstance(chosen, str) else list(chosen)
        if component.get("required", True) and not chosen:
            raise NotPossible(f"{name!r} must be filled in")
        offered = [option["value"] for option in component.get("options") or []]
        if offered and not set(chosen) <= set(offered):
            raise NotPossible(f"{name!r} must be of {offered}")
        return {**about, "values": chosen}
    is_many = isinstance(values.get(name), list)
    return {**about, ("values" if is_many else "value"): values.get(name)}


def _text(component: Payload, text: str) -> str:
    name = component["custom_id"]
    if not text:
        if component.get("required", True):
            raise NotPossible(f"{name!r} must be filled in")
        return ""
    least, most = component.get("min_length") or 0, component.get("max_length") or 4000
    if not least <= len(text) <= most:
        raise NotPossible(f"{name!r} must have {least} to {most} characters")
    return text
