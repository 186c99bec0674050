"""Discord's rules for buttons, selects and modals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fake_discord.errors import Problems
from tests.fake_discord.state import Payload

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = (3, 5, 6, 7, 8)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 19, 21, 22, 23
V2_ONLY = (SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER)
IN_LABELS = (TEXT_INPUT, *SELECTS, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX)
LINK, PREMIUM = 5, 6
LONGEST_V2_TEXT = 4000
MOST_V2_COMPONENTS = 40

Path = tuple[str, ...]


def walk(components: list[Payload], *, path: Path = ()) -> Iterator[tuple[Path, Payload]]:
    """Yield every component with its path, including nested ones."""
    for index, component in enumerate(components):
        here = (*path, str(index))
        yield here, component
        yield from walk(component.get("components") or [], path=(*here, "components"))
        for key in ("component", "accessory"):
            if isinstance(component.get(key), dict):
                inner = component[key]
                yield (*here, key), inner
                yield from walk(inner.get("components") or [], path=(*here, key, "components"))


def check_components(problems: Problems, components: list[Payload], path: Path, *, is_v2: bool) -> None:
    """Check a message's components."""
    if not is_v2 and len(components) > 5:
        problems.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and 5 in length, is {len(components)}.")
    for index, component in enumerate(components):
        if component.get("type") != ROW and not (is_v2 and component.get("type") in V2_ONLY):
            problem = f"Value of field type must be one of (1,), is {component.get('type')}."
            problems.add((*path, str(index), "type"), "UNION_TYPE_CHOICES", problem)
    found = list(walk(components, path=path))
    if len(found) > MOST_V2_COMPONENTS:
        problems.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"At most {MOST_V2_COMPONENTS} components.")
    texts = sum(len(str(one.get("content") or "")) for _, one in found if one.get("type") == TEXT)
    if texts > LONGEST_V2_TEXT:
        problems.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", f"At most {LONGEST_V2_TEXT} characters.")
    for here, component in found:
        _check_component(problems, component, here)
    _check_ids(problems, found)


def _check_component(problems: Problems, component: Payload, here: Path) -> None:
    kind = component.get("type")
    if kind == ROW:
        _check_row(problems, component, here)
    elif kind == BUTTON:
        _check_button(problems, component, here)
    elif kind in SELECTS:
        _check_select(problems, component, here)
    elif kind == TEXT:
        problems.length((*here, "content"), component.get("content"), 1, LONGEST_V2_TEXT)


def _check_ids(problems: Problems, found: list[tuple[Path, Payload]]) -> None:
    seen: set[Any] = set()
    for here, component in found:
        custom_id = component.get("custom_id")
        if custom_id is not None and custom_id in seen:
            problem = "Component custom id cannot be duplicated"
            problems.add((*here, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", problem)
        seen.add(custom_id)


def _check_row(problems: Problems, row: Payload, here: Path) -> None:
    children = row.get("components") or []
    kinds = {child.get("type") for child in children}
    most = 5 if kinds <= {BUTTON} else 1
    if not 1 <= len(children) <= most:
        problems.add((*here, "components"), "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")


def _check_button(problems: Problems, button: Payload, here: Path) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        problems.add((*here, "style"), "BASE_TYPE_CHOICES", f"Must be one of (1, 2, 3, 4, 5, 6), is {style}.")
    if style == LINK:
        url = str(button.get("url") or "")
        if not url.startswith(("http://", "https://", "discord://")):
            problem = "Scheme must be one of ('http', 'https', 'discord')."
            problems.add((*here, "url"), "URL_TYPE_INVALID_SCHEME", problem)
        problems.length((*here, "url"), url, 1, 512)
        if button.get("custom_id") is not None:
            problem = "A custom id and url cannot both be specified"
            problems.add((*here, "custom_id"), "BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", problem)
    elif style != PREMIUM:
        problems.length((*here, "custom_id"), button.get("custom_id"), 1, 100)
        if button.get("url") is not None:
            problems.add((*here, "url"), "BUTTON_COMPONENT_URL_ON_NON_LINK", "Only link buttons have one.")
    label = button.get("label")
    if label is not None:
        problems.length((*here, "label"), label, 0, 80)
    if style != PREMIUM and not label and not button.get("emoji"):
        problems.add((*here, "label"), "BASE_TYPE_REQUIRED", "A button must have a label or an emoji.")


def _check_select(problems: Problems, select: Payload, here: Path) -> None:
    problems.length((*here, "custom_id"), select.get("custom_id"), 1, 100)
    if select.get("placeholder") is not None:
        problems.length((*here, "placeholder"), select["placeholder"], 0, 150)
    least, most = select.get("min_values", 1), select.get("max_values", 1)
    least, most = (1 if least is None else least), (1 if most is None else most)
    if not 0 <= least <= 25 or not 1 <= most <= 25 or least > most:
        problems.add((*here, "min_values"), "SELECT_COMPONENT_INVALID_RANGE", f"From {least} to {most} values.")
    if select.get("type") != SELECT:
        return
    options = select.get("options") or []
    problems.length((*here, "options"), options, 1, 25)
    if most > len(options):
        problems.add((*here, "max_values"), "SELECT_COMPONENT_MAX_VALUES", "More values than options.")
    values = [option.get("value") for option in options]
    if len(set(values)) < len(values):
        problem = "The specified option value is already used"
        problems.add((*here, "options"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", problem)
    for index, option in enumerate(options):
        there = (*here, "options", str(index))
        problems.length((*there, "label"), option.get("label"), 1, 100)
        problems.length((*there, "value"), option.get("value"), 1, 100)
        if option.get("description") is not None:
            problems.length((*there, "description"), option["description"], 0, 100)


def check_modal(problems: Problems, modal: Payload, path: Path) -> None:
    """Check the modal that responds to an interaction."""
    problems.length((*path, "title"), modal.get("title"), 1, 45)
    problems.length((*path, "custom_id"), modal.get("custom_id"), 1, 100)
    components = modal.get("components") or []
    problems.length((*path, "components"), components, 1, 5)
    for index, component in enumerate(components):
        here = (*path, "components", str(index))
        kind = component.get("type")
        if kind == LABEL:
            _check_label(problems, component, here)
        elif kind == ROW:
            inputs = component.get("components") or []
            if len(inputs) != 1 or inputs[0].get("type") != TEXT_INPUT:
                problems.add((*here, "components"), "BASE_TYPE_BAD_LENGTH", "A row of a modal holds one text input.")
            else:
                problems.length((*here, "components", "0", "label"), inputs[0].get("label"), 1, 45)
        elif kind == TEXT:
            problems.length((*here, "content"), component.get("content"), 1, LONGEST_V2_TEXT)
        else:
            problems.add((*here, "type"), "UNION_TYPE_CHOICES", f"Must be one of (1, 10, 18), is {kind}.")
    found = list(walk(components, path=(*path, "components")))
    for there, component in found:
        if component.get("type") == TEXT_INPUT:
            _check_text_input(problems, component, there)
        elif component.get("type") in SELECTS:
            _check_select(problems, component, there)
    _check_ids(problems, found)


def _check_label(problems: Problems, label: Payload, here: Path) -> None:
    problems.length((*here, "label"), label.get("label"), 1, 45)
    if label.get("description") is not None:
        problems.length((*here, "description"), label["description"], 0, 100)
    inner = label.get("component")
    if not isinstance(inner, dict) or inner.get("type") not in IN_LABELS:
        problems.add((*here, "component"), "BASE_TYPE_REQUIRED", "A label holds one input.")
    elif inner.get("type") == TEXT_INPUT and inner.get("label") is not None:
        problems.add((*here, "component", "label"), "TEXT_INPUT_LABEL_IN_LABEL", "The label's own text is the label.")


def _check_text_input(problems: Problems, text_input: Payload, here: Path) -> None:
    problems.length((*here, "custom_id"), text_input.get("custom_id"), 1, 100)
    if text_input.get("style") not in (1, 2):
        problems.add((*here, "style"), "BASE_TYPE_CHOICES", "Must be one of (1, 2).")
    least, most = text_input.get("min_length") or 0, text_input.get("max_length") or 4000
    if not 0 <= least <= most <= 4000:
        problems.add((*here, "max_length"), "NUMBER_TYPE_MAX", "Lengths must be between 0 and 4000.")
    value = text_input.get("value")
    if value is not None and not (value == "" and not text_input.get("required", True)):
        problems.length((*here, "value"), value, least, most)
    if text_input.get("placeholder") is not None:
        problems.length((*here, "placeholder"), text_input["placeholder"], 0, 100)
