/** The page's call: what the caller can do, and the one state that the page shows. */
import { Room, isBrowserSupported, type RoomOptions } from 'livekit-client';
import type { Calls, Pass } from './calls';
import { newId } from './id';
import { openMicrophone, type Microphone } from './microphone';
import type { Outbox } from './outbox';
import { canContinue, needsFreshRoom, ofFailure, type Problem } from './problem';
import { Session } from './session';
import { initial, reduce, type Action, type CallState } from './state';
import type { Kept, KeptCall } from './kept';
import type { Patience } from './watch';

/** How long the room waits for a caller who is being asked for the microphone. Milliseconds. */
const PERMISSION_WAIT = 8_000;

/** So often a call whose agent is gone goes on by itself; then the caller is asked. */
const MOST_COMEBACKS = 3;

const ROOM: RoomOptions = { adaptiveStream: false, dynacast: false, stopLocalTrackOnUnpublish: true };

/** What the call stands on; tests bring their own. */
export interface Ground {
  calls: Calls;
  kept: KeptCall;
  outbox: Outbox;
  createRoom?: () => Room;
  openMicrophone?: () => Promise<Microphone>;
  patience?: Patience;
}

export class Call {
  private state: CallState;
  private session: Session | undefined;
  private readonly listeners = new Set<() => void>();
  private microphone: Promise<Microphone> | undefined;
  private attempt = 0;
  private continued = false;
  private comebacks = 0;

  constructor(
    private readonly ground: Ground,
    private readonly line: string | undefined,
  ) {
    const kept = ground.kept.load();
    this.state = initial(kept !== undefined);
    if (kept) void this.newRoom().prepareConnection(kept.serverUrl);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): CallState => this.state;

  get room(): Room | undefined {
    return this.session?.room;
  }

  /** A new call, by microphone or only by typing. An open call of this tab ends. */
  async start(how: 'speaking' | 'typing'): Promise<void> {
    const kept = this.ground.kept.load();
    this.ground.kept.clear();
    this.ground.outbox.clear();
    if (kept) void this.ground.calls.end(kept.token);
    this.comebacks = 0;
    await this.open(how, false, () => this.ground.calls.ask(this.line));
  }

  /** The call of this tab's resume token, again. */
  async resume(): Promise<void> {
    const kept = this.ground.kept.load();
    if (!kept) return this.start('speaking');
    this.comebacks = 0;
    await this.comeBack('speaking', kept, this.state.link === 'quiet' || needsFreshRoom(this.state.problem));
  }

  hangUp(): void {
    this.finish('you');
  }

  /** Ask for the microphone during the call. */
  async speak(): Promise<void> {
    this.apply({ type: 'microphone', microphone: 'opening' });
    await this.session?.publish(this.openMicrophone());
  }

  async mute(muted: boolean): Promise<void> {
    await this.session?.mute(muted);
  }

  /** Raises when the words could not be sent. */
  async say(text: string): Promise<void> {
    await this.session?.say(text);
  }

  async press(key: string): Promise<void> {
    await this.session?.press(key);
  }

  /** Into the call of a resume token again; `fresh`: not into its old room. */
  private async comeBack(how: 'speaking' | 'typing', kept: Kept, fresh: boolean): Promise<void> {
    const attempt = kept.attempt ?? newId();
    this.ground.kept.save({ ...kept, attempt });
    await this.open(how, true, () => this.ground.calls.resume(kept.token, fresh, attempt));
  }

  private async open(how: 'speaking' | 'typing', continued: boolean, ask: () => Promise<Pass>): Promise<void> {
    this.leave();
    const attempt = this.attempt;
    this.continued = continued;
    if (!isBrowserSupported()) {
      this.fail({ kind: 'unsupported' });
      return;
    }
    this.session = this.newSession();
    const speaking = how === 'speaking';
    this.apply({ type: 'called', continued, microphone: speaking ? 'opening' : 'off' });
    // The agent is called at once; the browser may ask for the microphone meanwhile.
    if (speaking) this.microphone = this.openMicrophone();
    try {
      const pass = await ask();
      if (attempt === this.attempt) await this.enter(attempt, this.session, pass);
      else void this.ground.calls.end(pass.resume_token); // the caller hung up before the call was there
    } catch (error) {
      if (attempt === this.attempt) this.fail(ofFailure(error));
    }
  }

  /** Enter the room, at once when the browser need not ask the caller. */
  private async enter(attempt: number, session: Session, pass: Pass): Promise<void> {
    this.ground.kept.save({ token: pass.resume_token, line: pass.line, serverUrl: pass.server_url });
    const { microphone } = this;
    if (microphone && (await permissionState()) === 'prompt') {
      this.apply({ type: 'microphone', microphone: 'asking' });
      void session.room.prepareConnection(pass.server_url, pass.participant_token);
      await Promise.race([microphone, new Promise((resolve) => setTimeout(resolve, PERMISSION_WAIT))]);
    }
    if (attempt === this.attempt) await session.enter(pass, microphone ?? Promise.resolve(undefined));
  }

  /** Leave whatever there is, and let the microphone go. */
  private leave(): void {
    this.attempt += 1;
    this.session?.leave();
    void this.microphone?.then((track) => {
      if (typeof track === 'object') track.stop();
    });
    this.microphone = undefined;
  }

  private newSession(): Session {
    const mine = (action: () => void): void => {
      if (this.session === session) action();
    };
    const session: Session = new Session(
      this.newRoom(),
      (action) => mine(() => this.apply(action)),
      (problem) => mine(() => this.closed(problem)),
      () => this.state.agent,
      this.ground.outbox,
      this.ground.patience,
    );
    return session;
  }

  private newRoom(): Room {
    return this.ground.createRoom?.() ?? new Room(ROOM);
  }

  private openMicrophone(): Promise<Microphone> {
    return (this.ground.openMicrophone ?? openMicrophone)();
  }

  /** The session has ended by itself. */
  private closed(problem: Problem | undefined): void {
    const kept = this.ground.kept.load();
    if (!problem) this.finish(this.state.ended ?? 'other');
    else if (problem.kind === 'agentLost' && kept && this.comebacks < MOST_COMEBACKS) this.goOn(kept);
    else if (canContinue(problem) || (this.continued && problem.kind === 'noAgent')) this.apply({ type: 'lost', problem });
    else this.fail(problem);
  }

  /** The agent is gone without a word: another one takes the call, and hears only who was heard before. */
  private goOn(kept: Kept): void {
    this.comebacks += 1;
    void this.comeBack(this.state.microphone === 'on' ? 'speaking' : 'typing', kept, true);
  }

  private finish(reason: string): void {
    this.leave();
    this.forget();
    this.apply({ type: 'over', reason, at: Date.now() });
  }

  private fail(problem: Problem): void {
    this.leave();
    if (!canContinue(problem)) this.forget();
    const resumable = this.ground.kept.load() !== undefined;
    // a call that could not be continued keeps what was said on the page
    if (this.continued && resumable && this.state.visited.length > 0) this.apply({ type: 'lost', problem });
    else this.apply({ type: 'failed', problem, resumable });
  }

  private forget(): void {
    const kept = this.ground.kept.load();
    this.ground.kept.clear();
    this.ground.outbox.clear();
    if (kept) void this.ground.calls.end(kept.token);
  }

  private apply(action: Action): void {
    this.state = reduce(this.state, action);
    for (const listener of this.listeners) listener();
  }
}

async function permissionState(): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' })).state;
  } catch {
    return 'prompt'; // a browser that does not tell
  }
}
