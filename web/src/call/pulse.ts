/**
 * Feels whether the agent's sound still arrives. LiveKit notices a killed worker only after twenty seconds; but a
 * living one always sends something, silence too.
 */
import type { RemoteParticipant, RemoteTrack } from 'livekit-client';

/** Milliseconds. Together, with one more round for the last packet, half a second below the two that are promised. */
const EVERY = 250;
const QUIET_AFTER = 1_000;

export class Pulse {
  private timer: ReturnType<typeof setInterval> | undefined;
  private packets = 0;
  private changedAt = 0;
  private quiet = false;

  constructor(
    private readonly agent: () => RemoteParticipant | undefined,
    private readonly changed: (quiet: boolean) => void,
  ) {}

  start(): void {
    this.timer ??= setInterval(() => void this.feel(), EVERY);
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.packets = 0;
  }

  private async feel(): Promise<void> {
    const agent = this.agent();
    if (!agent) return;
    const packets = await packetsOf(voiceOf(agent));
    if (packets === undefined || packets !== this.packets) this.beat(packets ?? 0);
    else if (packets > 0 && Date.now() - this.changedAt > QUIET_AFTER) this.turn(true);
  }

  private beat(packets: number): void {
    this.packets = packets;
    this.changedAt = Date.now();
    this.turn(false);
  }

  private turn(quiet: boolean): void {
    if (quiet === this.quiet || !this.timer) return;
    this.quiet = quiet;
    this.changed(quiet);
  }
}

function voiceOf(agent: RemoteParticipant): RemoteTrack | undefined {
  const publication = [...agent.audioTrackPublications.values()].find((one) => !one.isMuted);
  return publication?.track;
}

/** Packets received so far; undefined when the browser does not say. */
async function packetsOf(track: RemoteTrack | undefined): Promise<number | undefined> {
  const report = await track?.getRTCStatsReport().catch(() => undefined);
  for (const stats of (report?.values() ?? []) as Iterable<RTCStats>) {
    if (stats.type === 'inbound-rtp') return (stats as RTCInboundRtpStreamStats).packetsReceived;
  }
  return undefined;
}
