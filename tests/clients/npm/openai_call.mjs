// A whole call by the `openai` package of npm: `openai_call.mjs URL ga|azure|preview PCM`; PCM is a spoken sentence.
import fs from "node:fs";
import OpenAI, { AzureOpenAI } from "openai";
import { OpenAIRealtimeWS as BetaRealtime } from "openai/beta/realtime/ws";
import { OpenAIRealtimeWS as Realtime } from "openai/realtime/ws";

const [url, dialect, file] = process.argv.slice(2);
const ga = dialect !== "preview";
const spoken = fs.readFileSync(file);
const tool = {
  type: "function",
  name: "find_order",
  description: "Finds an order.",
  parameters: { type: "object", properties: { order_number: { type: "string" } } },
};

function connect(key) {
  if (dialect === "ga") {
    return new Realtime({ model: "my-deployment" }, new OpenAI({ baseURL: `${url}/v1`, apiKey: key }));
  }
  const azure = new AzureOpenAI({
    baseURL: `${url}/openai`,
    apiKey: key,
    apiVersion: "2025-04-01-preview",
    deployment: "my-deployment",
  });
  return (ga ? Realtime : BetaRealtime).azure(azure, { deploymentName: "my-deployment" });
}

// Events are kept until they are asked for; errors of the SDK are events here too.
class Call {
  #events = [];
  #waiting = null;

  constructor(socket) {
    this.socket = socket;
    socket.on("event", (event) => event.type === "error" || this.#put(event));
    socket.on("error", (error) => this.#put({ type: "error", error: error.error, message: error.message }));
  }

  #put(event) {
    this.#events.push(event);
    this.#waiting?.();
  }

  async until(...kinds) {
    for (;;) {
      while (this.#events.length > 0) {
        const event = this.#events.shift();
        if (kinds.includes(event.type)) return event;
        if (event.type === "error") throw new Error(event.message);
      }
      await new Promise((resolve) => (this.#waiting = resolve));
    }
  }

  async update(modality) {
    const transcription = { model: "whisper-1" };
    const audio = { input: { transcription }, output: { voice: "marin" } };
    const session = ga
      ? { type: "realtime", output_modalities: [modality], tools: [tool], audio }
      : {
          modalities: modality === "text" ? ["text"] : ["audio", "text"],
          tools: [tool],
          input_audio_transcription: transcription,
        };
    this.socket.send({ type: "session.update", session });
    return (await this.until("session.updated")).session;
  }

  async answer(item) {
    this.socket.send({ type: "conversation.item.create", item });
    this.socket.send({ type: "response.create" });
    return (await this.until("response.done")).response;
  }

  speak() {
    for (let start = 0; start < spoken.length; start += 4800) {
      const audio = spoken.subarray(start, start + 4800).toString("base64");
      this.socket.send({ type: "input_audio_buffer.append", audio });
    }
  }

  async truncated(item_id) {
    this.socket.send({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 50 });
    return this.until("conversation.item.truncated", "error");
  }
}

async function hold(call) {
  const told = {};
  await call.until("session.created");
  told.tools = (await call.update("text")).tools.map((each) => each.name);
  const content = [{ type: "input_text", text: "Where is my order?" }];
  const asked = (await call.answer({ type: "message", role: "user", content })).output[0];
  told.asked = [asked.name, JSON.parse(asked.arguments)];
  const output = { type: "function_call_output", call_id: asked.call_id, output: "It was shipped." };
  told.text = (await call.answer(output)).output[0].content[0].text;
  await call.update("audio");
  call.speak();
  await call.until("input_audio_buffer.speech_started");
  told.heard = (await call.until("conversation.item.input_audio_transcription.completed")).transcript;
  const sound = await call.until(ga ? "response.output_audio.delta" : "response.audio.delta");
  told.seconds = Buffer.from(sound.delta, "base64").length / 48000;
  call.speak();
  await call.until("input_audio_buffer.speech_started");
  const { status, status_details } = (await call.until("response.done")).response;
  told.interrupted = [status, status_details.reason];
  told.truncated = (await call.truncated(sound.item_id)).audio_end_ms;
  call.socket.send({ type: "response.cancel" });
  await call.until("response.done", "error");
  const { error } = await call.truncated("item_of_nobody");
  told.error = [error.type, error.code];
  return told;
}

const call = new Call(await connect("the-key"));
const told = await hold(call);
call.socket.close();
const refused = await new Call(await connect("another")).until("error");
told.refused = refused.error?.code ?? refused.message;
console.log(JSON.stringify(told));
process.exit(0);
