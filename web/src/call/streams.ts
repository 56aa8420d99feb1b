/** The text streams of a room: transcripts of both sides, and the line's events. */
import { RoomEvent, type Room, type TextStreamReader } from 'livekit-client';
import { EVENTS_TOPIC, parseEvent, type LineEvent } from './events';
import type { Words } from './state';

const TRANSCRIPTION_TOPIC = 'lk.transcription';

export interface Heard {
  said(words: Words): void;
  event(event: LineEvent, sender: string): void;
  /** The agent that has the caller now. */
  agent(): string | undefined;
}

/** Listen before the room is connected: what arrives for a topic without a listener is thrown away. */
export function listenToStreams(room: Room, heard: Heard): void {
  listenToWords(room, heard);
  listenToEvents(room, heard);
}

function listenToWords(room: Room, heard: Heard): void {
  room.registerTextStreamHandler(TRANSCRIPTION_TOPIC, (reader, { identity }) => {
    const id = segmentOf(reader);
    if (identity === room.localParticipant.identity) {
      void readGuess(reader, (text, final) => heard.said({ id, who: 'caller', text, final }));
      return;
    }
    // who speaks is settled when the sentence begins: a handoff may follow before it ends
    let agent = heard.agent();
    void readSpeech(reader, (text, final) => {
      agent ??= heard.agent();
      heard.said({ id, who: 'agent', agent, text, final });
    });
  });
}

/** Only an agent is believed; what comes before its sender is known (data and signals race) waits for them. */
function listenToEvents(room: Room, heard: Heard): void {
  const early = new Map<string, LineEvent[]>();
  const take = (event: LineEvent, identity: string): void => {
    const sender = room.remoteParticipants.get(identity);
    if (!sender) early.set(identity, [...(early.get(identity) ?? []), event]);
    else if (sender.isAgent) heard.event(event, identity);
  };
  room.on(RoomEvent.ParticipantConnected, ({ identity }) => {
    const waiting = early.get(identity) ?? [];
    early.delete(identity);
    for (const event of waiting) take(event, identity);
  });
  room.registerTextStreamHandler(EVENTS_TOPIC, (reader, { identity }) => {
    void reader.readAll().then((text) => {
      const event = parseEvent(text);
      if (event) take(event, identity);
    }, ignoreCut);
  });
}

type Report = (text: string, final: boolean) => void;

/** An agent's segment is one stream, written as it is spoken; its end is the end of the segment. */
async function readSpeech(reader: TextStreamReader, report: Report): Promise<void> {
  let text = '';
  try {
    for await (const chunk of reader) report((text += chunk), false);
  } catch {
    // the stream was cut with the connection: what was heard so far stands
  }
  report(text, true);
}

/** A caller's segment is one stream for each guess, the whole text in each; the last one is marked as final. */
async function readGuess(reader: TextStreamReader, report: Report): Promise<void> {
  const final = reader.info.attributes?.['lk.transcription_final'] === 'true';
  await reader.readAll().then((text) => report(text, final), ignoreCut);
}

function segmentOf(reader: TextStreamReader): string {
  return reader.info.attributes?.['lk.segment_id'] ?? reader.info.id;
}

function ignoreCut(): void {
  // what was cut with the connection says nothing
}
