"""The core of the simulated Discord: its settings, its state, and the record of what the client did."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fake_discord.faults import Faults
from tests.fake_discord.gateway import Gateway
from tests.fake_discord.rate_limits import RateLimits
from tests.fake_discord.state import Payload, World

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "data" / "discord" / "openapi.json"
MESSAGE_CONTENT = {"granted": 1 << 18, "limited": 1 << 19, "no": 0}


@dataclass
class Settings:
    """The settings of this Discord. Times are in seconds.

    `message_content` is what the application's page says about that intent: granted, limited or no. `heartbeat_grace`
    is how late a heartbeat may be. `port` 0 is any free port. `document` is the OpenAPI document, which is used if it
    exists; with `check_responses`, this Discord's own responses are checked against it too.
    """

    token: str = "fake.token.of-the-bot"
    bot_name: str = "footnote"
    message_content: str = "no"
    other_flags: int = 0
    shards: int = 1
    heartbeat_interval: float = 2.0
    heartbeat_grace: float = 10.0
    interaction_deadline: float = 3.0
    token_lifetime: float = 900.0
    generous: bool = False
    port: int = 0
    check_responses: bool = False
    document: Path = field(default_factory=lambda: DOCUMENT)

    @property
    def application_flags(self) -> int:
        """The application's flags."""
        return self.other_flags | MESSAGE_CONTENT[self.message_content]


@dataclass(eq=False)
class Request:
    """A request of the client and its response.

    `route` has placeholders; `body` is JSON, or the `payload_json` of a form.
    """

    at: float
    method: str
    path: str
    route: str
    query: dict[str, str]
    body: object = None
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    status: int = 0
    response: object = field(default=None, repr=False)
    answered_at: float = 0.0


@dataclass(frozen=True)
class Violation:
    """Something that the client should not have sent."""

    at: float
    method: str
    route: str
    rule: str
    body: object = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.route}: {self.rule}"


class Core:
    """The state that all parts share. Only used in the server's event loop, except for reading."""

    def __init__(self, settings: Settings, changed: Callable[[], None]) -> None:
        self.settings = settings
        self.changed = changed
        self.world = World(settings.bot_name)
        self.application_id = self.world.bot.id
        self.gateway = Gateway(self)
        self.rate_limits = RateLimits(settings.generous)
        self.faults = Faults()
        self.requests: list[Request] = []
        self.violations: list[Violation] = []
        self.failures: list[str] = []
        self.http_url = ""
        self.gateway_url = ""

    def violate(self, method: str, route: str, rule: str, body: object) -> None:
        """Record a violation."""
        self.violations.append(Violation(time.monotonic(), method, route, rule, body))

    def application_payload(self) -> Payload:
        """The bot's application, as the bot sees it."""
        from tests.fake_discord.payloads import user_payload

        return {
            "id": str(self.application_id),
            "name": self.settings.bot_name,
            "icon": None,
            "description": "",
            "type": None,
            "rpc_origins": [],
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": self.settings.application_flags,
            "flags_new": str(self.settings.application_flags),
            "eligible_oauth2_scopes": [],
            "owner": user_payload(self.world.owner),
            "team": None,
            "bot": user_payload(self.world.bot),
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "approximate_guild_count": len(self.world.guilds),
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "event_webhooks_url": None,
            "event_webhooks_status": 1,
            "event_webhooks_types": [],
            "explicit_content_filter": 0,
            "integration_types_config": {"0": {}},
            "tags": [],
            "is_discoverable": False,
            "is_monetized": False,
            "hook": True,
            "max_participants": None,
            "storefront_available": False,
        }
