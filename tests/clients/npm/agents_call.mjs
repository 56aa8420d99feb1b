// A spoken call by `@openai/agents-realtime`, with a handoff: `agents_call.mjs URL PCM`; PCM is a spoken sentence.
import fs from "node:fs";
import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";
import { z } from "zod";

const [url, file] = process.argv.slice(2);
const spoken = fs.readFileSync(file);
const findOrder = tool({
  name: "find_order",
  description: "Finds an order.",
  parameters: z.object({ order_number: z.string() }),
  execute: async ({ order_number }) => `Order ${order_number} was shipped.`,
});
const support = new RealtimeAgent({ name: "support", instructions: "You are support.", tools: [findOrder] });
const greeter = new RealtimeAgent({ name: "greeter", instructions: "You are the greeter.", handoffs: [support] });

function speak(session) {
  for (let start = 0; start < spoken.length; start += 4800) {
    session.sendAudio(new Uint8Array(spoken.subarray(start, start + 4800)).buffer);
  }
}

async function hold(session) {
  const told = { handoffs: [], tools: [], errors: [], seconds: 0, interrupted: 0 };
  session.on("agent_handoff", (_context, from, to) => told.handoffs.push([from.name, to.name]));
  session.on("agent_tool_end", (_context, _agent, used, result) => told.tools.push([used.name, result]));
  session.on("error", (error) => told.errors.push(JSON.stringify(error)));
  session.on("audio_interrupted", () => (told.interrupted += 1));
  session.on("audio", ({ data }) => {
    const before = told.seconds;
    told.seconds += data.byteLength / 48000;
    if (before < 0.5 && told.seconds >= 0.5) speak(session);
  });
  const answered = new Promise((resolve) => {
    session.on("transport_event", (event) => event.type === "conversation.item.truncated" && resolve());
  });
  speak(session);
  await answered;
  return told;
}

const audio = { output: { voice: "marin" }, input: { turnDetection: { type: "server_vad", interruptResponse: true } } };
const session = new RealtimeSession(greeter, {
  transport: "websocket",
  model: "gpt-realtime-2.1",
  tracingDisabled: true,
  config: { audio },
});
await session.connect({ apiKey: "the-key", url: `${url.replace("http", "ws")}/v1/realtime?model=gpt-realtime-2.1` });
console.log(JSON.stringify(await hold(session)));
session.close();
process.exit(0);
