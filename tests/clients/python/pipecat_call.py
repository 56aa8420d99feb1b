"""A call by Pipecat, with a handoff: `pipecat_call.py URL openai|azure PCM`; PCM is a file with a spoken sentence."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from pipecat.adapters.schemas.function_schema import FunctionSchema
from pipecat.adapters.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMRunFrame,
    LLMSetToolsFrame,
    LLMUpdateSettingsFrame,
    TTSAudioRawFrame,
    TTSTextFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.azure.realtime.llm import AzureRealtimeLLMService
from pipecat.services.llm_service import FunctionCallParams
from pipecat.services.openai.realtime.events import (
    AudioConfiguration,
    AudioInput,
    InputAudioTranscription,
    SessionProperties,
)
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

PIECE = 4800
SERVICES = {
    "openai": (OpenAIRealtimeLLMService, "/v1/realtime"),
    "azure": (AzureRealtimeLLMService, "/openai/v1/realtime"),
}
TRANSFER = FunctionSchema("transfer_to_support", "Hands the caller over.", {}, [])
FIND = FunctionSchema("find_order", "Finds an order.", {"order_number": {"type": "string"}}, ["order_number"])


class Ears(FrameProcessor):
    """What comes out of the service; speaks into it again when half a second of the long answer has come."""

    def __init__(self, told: dict[str, Any], speak: Any) -> None:
        super().__init__()
        self._told = told
        self._speak = speak
        self.over = asyncio.Event()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, TTSTextFrame):
            self._told["text"] += frame.text
        elif isinstance(frame, TTSAudioRawFrame):
            before = self._told["seconds"]
            self._told["seconds"] += len(frame.audio) / 48_000
            if before < 0.5 <= self._told["seconds"]:
                await self._speak()
        elif isinstance(frame, InterruptionFrame):
            self._told["interrupted"] += 1
        if self._told["text"].endswith("welcome."):
            self.over.set()
        await self.push_frame(frame, direction)


def service(which: str, url: str) -> OpenAIRealtimeLLMService:
    """Pipecat's own, for OpenAI's address or Azure's."""
    heard = AudioInput(transcription=InputAudioTranscription(model="whisper-1"))
    properties = SessionProperties(audio=AudioConfiguration(input=heard))
    kind, path = SERVICES[which]
    settings = kind.Settings(
        model="gpt-realtime-2.1", system_instruction="You are the greeter.", session_properties=properties
    )
    return kind(api_key="the-key", base_url=f"{url.replace('http', 'ws', 1)}{path}", settings=settings)


class Call:
    """A pipeline around the service: asked, handed over, looked up, answered, interrupted."""

    def __init__(self, which: str, url: str, spoken: bytes) -> None:
        self._spoken = spoken
        self.told: dict[str, Any] = {"tools": [], "text": "", "errors": [], "seconds": 0.0, "interrupted": 0}
        self._context = LLMContext([{"role": "user", "content": "Hello."}], tools=ToolsSchema([TRANSFER]))
        self._llm = service(which, url)
        self._llm.register_function("transfer_to_support", self._transfer)
        self._llm.register_function("find_order", self._find)
        self._llm.add_event_handler("on_error", self._failed)
        self._ears = Ears(self.told, self._speak)
        both = LLMContextAggregatorPair(self._context)
        self._worker = PipelineWorker(Pipeline([both.user(), self._llm, self._ears, both.assistant()]))

    async def hold(self) -> None:
        """From the first word to the last."""
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(self._worker)
        running = asyncio.create_task(runner.run())
        await self._worker.queue_frame(LLMRunFrame())
        await asyncio.wait_for(self._ears.over.wait(), 30)
        await self._worker.queue_frame(EndFrame())
        await running

    async def _transfer(self, call: FunctionCallParams) -> None:
        self.told["tools"].append([call.function_name, call.arguments])
        await self._llm.queue_frame(
            LLMUpdateSettingsFrame(delta=self._llm.Settings(system_instruction="You are support."))
        )
        self._context.set_tools(ToolsSchema([FIND]))
        await self._llm.queue_frame(LLMSetToolsFrame(tools=ToolsSchema([FIND])))
        await call.result_callback("You are support now.")

    async def _find(self, call: FunctionCallParams) -> None:
        self.told["tools"].append([call.function_name, call.arguments])
        await call.result_callback("It was shipped.")

    async def _failed(self, _: Any, error: Any) -> None:
        self.told["errors"].append(str(error))

    async def _speak(self) -> None:
        for start in range(0, len(self._spoken), PIECE):
            await self._worker.queue_frame(InputAudioRawFrame(self._spoken[start : start + PIECE], 24_000, 1))


async def main(url: str, which: str, pcm: str) -> None:
    """Hold the call."""
    call = Call(which, url, await asyncio.to_thread(Path(pcm).read_bytes))
    await call.hold()
    print(json.dumps(call.told))


asyncio.run(main(*sys.argv[1:]))
