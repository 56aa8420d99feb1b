/** The caller's microphone: asked for only when a call wants it. */
import { createLocalAudioTrack, MediaDeviceFailure, type LocalAudioTrack } from 'livekit-client';
import type { texts } from '../texts';

export type MicrophoneProblem = keyof typeof texts.microphoneProblems;
/** opening: soon on · asking: the browser asks the caller. */
export type MicrophoneState = 'off' | 'opening' | 'asking' | 'on' | 'muted' | MicrophoneProblem;

/** A microphone, or why there is none. */
export type Microphone = LocalAudioTrack | MicrophoneProblem;

const PROBLEMS: Partial<Record<MediaDeviceFailure, MicrophoneProblem>> = {
  [MediaDeviceFailure.PermissionDenied]: 'refused',
  [MediaDeviceFailure.NotFound]: 'missing',
  [MediaDeviceFailure.DeviceInUse]: 'busy',
};

/** Ask the browser for the microphone. Never rejects. */
export async function openMicrophone(): Promise<Microphone> {
  if (!(navigator.mediaDevices as unknown)) return 'unsupported';
  try {
    return await createLocalAudioTrack({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });
  } catch (error) {
    return microphoneProblem(error);
  }
}

export function microphoneProblem(error: unknown): MicrophoneProblem {
  const failure = MediaDeviceFailure.getFailure(error);
  return (failure && PROBLEMS[failure]) ?? 'unsupported';
}

export function isProblem(state: MicrophoneState): state is MicrophoneProblem {
  return !['off', 'opening', 'asking', 'on', 'muted'].includes(state);
}
