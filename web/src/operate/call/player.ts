/**
 * Where in the call we are, and its sound: the recording's lanes, played together. The first lane that has not ended leads,
 * the others are brought back to it when they drift.
 */
import type { Lane } from '../types';

/** What is used of an `HTMLAudioElement`. */
export interface Sound {
  currentTime: number;
  playbackRate: number;
  muted: boolean;
  readonly ended: boolean;
  readonly seeking: boolean;
  play(): Promise<void>;
  pause(): void;
}

export interface Track {
  lane: Lane;
  sound: Sound;
}

interface Frames {
  next: (then: () => void) => number;
  cancel: (frame: number) => void;
}

/** Seconds that a lane may be away from the one that leads. */
export const DRIFT = 0.06;

export class Player {
  time = 0;
  playing = false;
  rate = 1;
  /** Whether anybody has chosen a moment yet. */
  placed = false;
  failed = false;
  private readonly listeners = new Set<() => void>();
  private frame = 0;

  constructor(
    readonly tracks: Track[] = [],
    private readonly frames: Frames = {
      next: (then) => requestAnimationFrame(then),
      cancel: (frame) => cancelAnimationFrame(frame),
    },
  ) {}

  get audible(): boolean {
    return this.tracks.length > 0;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  seek(seconds: number): void {
    this.time = Math.max(0, seconds);
    this.placed = true;
    for (const { sound } of this.tracks) sound.currentTime = this.time;
    this.tell();
  }

  async play(): Promise<void> {
    if (!this.audible || this.playing) return;
    [this.playing, this.placed, this.failed] = [true, true, false];
    this.follow();
    this.tell();
    const begun = await Promise.allSettled(this.tracks.map(({ sound }) => sound.play()));
    // a pause before it has begun is no failure
    if (!this.isPlaying() || begun.some(({ status }) => status === 'fulfilled')) return;
    this.failed = true;
    this.pause();
  }

  pause(): void {
    this.playing = false;
    this.frames.cancel(this.frame);
    for (const { sound } of this.tracks) sound.pause();
    this.tell();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  isMuted(lane: Lane): boolean {
    return this.tracks.some(({ lane: of, sound }) => of === lane && sound.muted);
  }

  mute(lane: Lane, muted: boolean): void {
    for (const track of this.tracks) if (track.lane === lane) track.sound.muted = muted;
    this.tell();
  }

  setRate(rate: number): void {
    this.rate = rate;
    for (const { sound } of this.tracks) sound.playbackRate = rate;
    this.tell();
  }

  private follow(): void {
    this.frame = this.frames.next(() => {
      if (!this.playing) return;
      const leader = this.tracks.find(({ sound }) => !sound.ended);
      if (!leader) {
        this.pause();
        return;
      }
      if (!leader.sound.seeking) this.time = leader.sound.currentTime;
      this.align();
      this.tell();
      this.follow();
    });
  }

  private align(): void {
    for (const { sound } of this.tracks) {
      if (sound.ended || sound.seeking) continue;
      if (Math.abs(sound.currentTime - this.time) > DRIFT) sound.currentTime = this.time;
    }
  }

  private isPlaying(): boolean {
    return this.playing;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
