"""Count objects in memory, to show that nothing is left behind."""

from __future__ import annotations

import asyncio
import gc
from types import FunctionType, MethodType, ModuleType

NOT_FOLLOWED = (type, ModuleType, FunctionType, MethodType, asyncio.AbstractEventLoop)


def reachable(root: object) -> int:
    """Return the number of objects that are reachable from `root`, without code and the event loop."""
    gc.collect()
    seen: dict[int, object] = {}
    to_follow = [root]
    while to_follow:
        found = to_follow.pop()
        if id(found) not in seen and not issubclass(type(found), NOT_FOLLOWED):
            seen[id(found)] = found
            to_follow += gc.get_referents(found)
    return len(seen)


def alive(*kinds: type) -> int:
    """Return the number of objects of these classes in memory."""
    gc.collect()
    return sum(issubclass(type(found), kinds) for found in gc.get_objects())
