"""How we sign in to Azure OpenAI: with the resource's key, or with Entra tokens."""

import importlib
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import cached_property
from typing import Any

from livekit.agents import APIConnectionError
from openai import AsyncAzureOpenAI

from switchboard.services.http_client import http_client
from switchboard.settings.schema import Azure


class AzureAccess:
    """To one resource; `key` is its key, or what gives tokens in its place."""

    def __init__(self, azure: Azure) -> None:
        self._azure = azure
        self._resources = AsyncExitStack()

    @property
    def key(self) -> str | Callable[[], Awaitable[str]]:
        if self._azure.auth == "entra":
            return self._token
        return self._azure.api_key.get_secret_value() if self._azure.api_key else ""

    @property
    def of_realtime(self) -> dict[str, Any]:
        """As our realtime model takes it."""
        return {"token" if self._azure.auth == "entra" else "api_key": self.key}

    def client(self, api_version: str, **options: Any) -> AsyncAzureOpenAI:
        """A client of the `openai` package, which this closes."""
        signed_in: dict[str, Any] = {"azure_ad_token_provider" if self._azure.auth == "entra" else "api_key": self.key}
        client = AsyncAzureOpenAI(
            azure_endpoint=self._azure.resource_url or "",
            api_version=api_version,
            max_retries=0,
            http_client=http_client(),
            **signed_in,
            **options,
        )
        self._resources.push_async_callback(client.close)
        return client

    async def aclose(self) -> None:
        """Close the clients, and what asks for tokens: no more are given."""
        await self._resources.aclose()

    @cached_property
    def _token(self) -> Callable[[], Awaitable[str]]:
        """A fresh Entra token whenever it is called; azure-identity keeps it until it is about to expire."""
        identity = importlib.import_module("azure.identity.aio")
        errors = importlib.import_module("azure.core.exceptions")
        credential = identity.DefaultAzureCredential()
        self._resources.push_async_callback(credential.close)
        provider = identity.get_bearer_token_provider(credential, self._azure.entra_scope)

        async def token() -> str:
            try:
                return str(await provider())
            except errors.ClientAuthenticationError as error:
                raise APIConnectionError(
                    "Entra gave no token: check the identity and AZURE_OPENAI_ENTRA_SCOPE"
                ) from error

        return token
