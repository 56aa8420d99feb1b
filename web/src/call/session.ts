/** One stay of the caller in one room: from connecting to leaving. */
import { RoomEvent, Track, type Participant, type RemoteParticipant, type Room } from 'livekit-client';
import { AGENT_ATTRIBUTE, type LineEvent } from './events';
import { isProblem, microphoneProblem, type Microphone } from './microphone';
import type { Pass } from './calls';
import type { Line, Outbox } from './outbox';
import { ofDisconnect, type Problem } from './problem';
import type { Action } from './state';
import { Pulse } from './pulse';
import { listenToStreams } from './streams';
import { PATIENCE, Watch, type Patience } from './watch';

const STATE_ATTRIBUTE = 'lk.agent.state';
const ARRIVAL_TOPIC = 'switchboard.arrived';
const CHAT_TOPIC = 'lk.chat';
const LINE_ATTRIBUTE = 'switchboard.typed';
const RESTORED_SHOWN = 4_000;
const KEYS = '0123456789*#';

export interface Ends {
  /** The call cannot go on here; `problem` is undefined when the line ended it. */
  (problem: Problem | undefined): void;
}

export class Session {
  private readonly watch: Watch;
  private readonly pulse: Pulse;
  private left = false;
  private inRoom = false;
  private connected = false;
  private callerSpeaks = false;
  /** The identity of an agent that is about to leave. */
  private leaving: string | undefined;
  /** To which agent, by identity, each line of the outbox has been sent. */
  private readonly handed = new Map<string, string>();
  private keys: string[] = [];
  private restored: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly room: Room,
    private readonly report: (action: Action) => void,
    private readonly ends: Ends,
    /** The agent that has the caller now. */
    speaker: () => string | undefined,
    private readonly outbox: Outbox,
    patience: Patience = PATIENCE,
  ) {
    this.watch = new Watch(
      {
        noAgent: () => this.end({ kind: 'noAgent' }),
        agentLost: () => this.end({ kind: 'agentLost' }),
        ended: () => this.end(undefined),
      },
      patience,
    );
    this.pulse = new Pulse(
      () => this.agent,
      (quiet) => this.tell({ type: 'link', link: quiet ? 'quiet' : 'fine' }),
    );
    this.listen();
    listenToStreams(room, {
      said: (said) => this.tell({ type: 'said', said }),
      event: (event, sender) => this.hearEvent(event, sender),
      agent: speaker,
    });
  }

  /** Enter the room of `pass` and speak into `microphone`, which may come later. Raises what LiveKit raises. */
  async enter(pass: Pass, microphone: Promise<Microphone | undefined>): Promise<void> {
    await this.room.connect(pass.server_url, pass.participant_token);
    if (this.left) return;
    this.inRoom = this.connected = true;
    this.tell({ type: 'connected', at: Date.now() });
    for (const participant of this.room.remoteParticipants.values()) this.meet(participant);
    this.watch.connected(this.agent !== undefined);
    this.pulse.start();
    void this.publish(microphone);
    // A caller who publishes nothing is active only after two seconds: a byte is enough.
    if (!(await isReady(microphone))) await this.announce();
  }

  /** Publish the microphone and say what became of it. */
  async publish(microphone: Promise<Microphone | undefined>): Promise<void> {
    const track = await microphone;
    if (typeof track !== 'object') {
      if (track !== undefined) this.tell({ type: 'microphone', microphone: track });
      return;
    }
    try {
      if (this.left) throw new Error('the caller has left');
      await this.room.localParticipant.publishTrack(track, { source: Track.Source.Microphone });
      this.tell({ type: 'microphone', microphone: 'on' });
    } catch {
      track.stop();
      this.tell({ type: 'microphone', microphone: 'unsupported' });
    }
  }

  async mute(muted: boolean): Promise<void> {
    try {
      await this.room.localParticipant.setMicrophoneEnabled(!muted);
      this.tell({ type: 'microphone', microphone: muted ? 'muted' : 'on' });
    } catch (error) {
      this.tell({ type: 'microphone', microphone: microphoneProblem(error) });
    }
  }

  /** Send typed words to the agent, or to the next one where none is there. Raises when they could not be sent. */
  async say(text: string): Promise<void> {
    const line = this.outbox.put(text);
    try {
      if (this.listener) await this.hand(line, this.listener);
      else this.show(line);
    } catch (error) {
      this.outbox.drop(line.id);
      throw error;
    }
  }

  /** Press a key, for the next agent where none is there. */
  async press(key: string): Promise<void> {
    if (this.listener) await this.room.localParticipant.publishDtmf(KEYS.indexOf(key), key);
    else this.keys.push(key);
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    this.watch.stop();
    this.pulse.stop();
    void this.room.disconnect();
  }

  private get agent(): RemoteParticipant | undefined {
    return [...this.room.remoteParticipants.values()].find((participant) => participant.isAgent);
  }

  /** The agent that what the caller types reaches: one that has them, not one that comes or leaves. */
  private get listener(): RemoteParticipant | undefined {
    if (!this.connected) return undefined;
    const listens = ({ isAgent, identity, attributes }: RemoteParticipant): boolean =>
      isAgent && AGENT_ATTRIBUTE in attributes && identity !== this.leaving;
    return [...this.room.remoteParticipants.values()].find(listens);
  }

  private end(problem: Problem | undefined): void {
    if (this.left) return;
    this.leave();
    this.ends(problem);
  }

  private tell(action: Action): void {
    if (!this.left) this.report(action);
  }

  private listen(): void {
    this.room
      .on(RoomEvent.ParticipantConnected, (participant) => this.welcome(participant))
      .on(RoomEvent.ParticipantDisconnected, (participant) => this.miss(participant))
      .on(RoomEvent.ParticipantAttributesChanged, (_changed, participant) => this.meet(participant))
      .on(RoomEvent.TrackSubscribed, (_track, _publication, participant) => this.meet(participant))
      .on(RoomEvent.ActiveSpeakersChanged, (speakers) => this.noteSpeakers(speakers))
      .on(RoomEvent.SignalReconnecting, () => this.lose())
      .on(RoomEvent.Reconnecting, () => this.lose())
      .on(RoomEvent.Reconnected, () => this.regain())
      .on(RoomEvent.MediaDevicesError, (error) => {
        this.tell({ type: 'microphone', microphone: microphoneProblem(error) });
      })
      .on(RoomEvent.Disconnected, (reason) => {
        if (this.inRoom) this.end(ofDisconnect(reason));
      });
  }

  /** Somebody comes, perhaps again: what an agent was given before may not have arrived. */
  private welcome(participant: Participant): void {
    if (participant.isAgent) this.handed.clear();
    this.meet(participant);
  }

  private meet(participant: Participant): void {
    if (!participant.isAgent) return;
    this.watch.arrived();
    const { [AGENT_ATTRIBUTE]: agent, [STATE_ATTRIBUTE]: state } = participant.attributes;
    if (agent) this.tell({ type: 'agent', agent });
    if (state) this.tell({ type: 'agentState', state: state as Extract<Action, { type: 'agentState' }>['state'] });
    const heard = [...participant.trackPublications.values()].some((publication) => publication.isSubscribed);
    if (heard || ['listening', 'thinking', 'speaking'].includes(state ?? '')) this.tell({ type: 'answered' });
    this.deliver();
  }

  private miss(participant: Participant): void {
    if (!participant.isAgent) return;
    if (this.agent === undefined) this.watch.left();
    this.deliver();
  }

  private hearEvent(event: LineEvent, sender: string): void {
    if (event.kind === 'taken') this.outbox.drop(event.id);
    this.tell({ type: 'event', event, sender });
    if (event.kind === 'ended') this.watch.farewell();
    if (event.kind !== 'moving') return;
    this.leaving = sender;
    this.watch.moves();
  }

  /** Give the agent what no agent has taken yet. */
  private deliver(): void {
    const { listener } = this;
    if (!listener || this.left) return;
    const lines = this.outbox.lines.filter(({ id }) => this.handed.get(id) !== listener.identity);
    for (const line of lines) void this.hand(line, listener).catch(() => this.handed.delete(line.id));
    for (const key of this.keys.splice(0)) void this.press(key).catch(() => undefined);
  }

  private async hand(line: Line, { identity }: RemoteParticipant): Promise<void> {
    this.handed.set(line.id, identity);
    const options = { topic: CHAT_TOPIC, destinationIdentities: [identity], attributes: { [LINE_ATTRIBUTE]: line.id } };
    await this.room.localParticipant.sendText(line.text, options);
    this.show(line);
  }

  private show({ id, text }: Line): void {
    this.tell({ type: 'said', said: { id, who: 'caller', text, final: true, typed: true } });
  }

  private noteSpeakers(speakers: Participant[]): void {
    const speaks = speakers.some((speaker) => speaker.isLocal);
    if (speaks && !this.callerSpeaks) this.tell({ type: 'callerSpeaks' });
    this.callerSpeaks = speaks;
  }

  private lose(): void {
    clearTimeout(this.restored);
    this.connected = false;
    this.watch.cut();
    this.pulse.stop();
    this.tell({ type: 'link', link: 'lost' });
  }

  private regain(): void {
    this.connected = true;
    this.tell({ type: 'link', link: 'restored' });
    this.watch.connected(this.agent !== undefined);
    this.handed.clear(); // what was sent shortly before may not have arrived
    this.deliver();
    this.pulse.start();
    this.restored = setTimeout(() => this.tell({ type: 'link', link: 'fine' }), RESTORED_SHOWN);
  }

  private async announce(): Promise<void> {
    const options = { reliable: true, topic: ARRIVAL_TOPIC };
    await this.room.localParticipant.publishData(new Uint8Array([1]), options).catch(() => undefined);
  }
}

/** Whether there is a microphone already. */
async function isReady(microphone: Promise<Microphone | undefined>): Promise<boolean> {
  const now = await Promise.race([microphone, Promise.resolve(undefined)]);
  return now !== undefined && (typeof now !== 'string' || !isProblem(now));
}
