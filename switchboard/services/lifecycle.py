"""When the models of an Azure OpenAI resource end.

Azure tells it by model, not by deployment. Source: its REST reference, "Models - List", version 2024-10-21.
"""

from datetime import UTC, datetime

from openai import AsyncAzureOpenAI
from pydantic import BaseModel

API_VERSION = "2024-10-21"


class Deprecation(BaseModel):
    inference: int | None = None
    """When it answers no more, in seconds since 1970."""


class Model(BaseModel):
    id: str
    deprecation: Deprecation | None = None


class Listing(BaseModel):
    data: list[Model]


async def model_ends(client: AsyncAzureOpenAI) -> dict[str, datetime]:
    """When each model ends, as far as it is told. Raises `openai.OpenAIError` and, for an odd answer, `ValueError`."""
    answer = await client.models.with_raw_response.list()
    listed = Listing.model_validate_json(answer.content)
    ends = {model.id: model.deprecation.inference for model in listed.data if model.deprecation}
    return {name: datetime.fromtimestamp(seconds, UTC) for name, seconds in ends.items() if seconds is not None}
