/** The web app's `calls` resource: ask for a call, come back to one, end one. */
import { ofRefusal, ProblemError } from './problem';

/** The way into a call. `expires_in` is in seconds. */
export interface Pass {
  id: string;
  line: string;
  server_url: string;
  participant_token: string;
  resume_token: string;
  expires_in: number;
}

export interface Calls {
  /** A new call to a line (undefined: the first one). Raises ProblemError. */
  ask(line: string | undefined): Promise<Pass>;
  /** The way back into the call of a resume token; `fresh`: not into its old room. Raises ProblemError. */
  resume(token: string, fresh: boolean, attempt: string): Promise<Pass>;
  /** End the call of a resume token. Never raises: the caller has left, and the line ends by itself. */
  end(token: string): Promise<void>;
}

/** The line or the resume token is not known any more. */
const GONE = new Set([400, 403, 404, 409, 410, 422]);

/** The resource under `base`, the address of the page. */
export function callsAt(base: string): Calls {
  return {
    ask: async (line) => passOf(await send(base, 'POST', 'calls', line === undefined ? {} : { line })),
    resume: async (token, fresh, attempt) => {
      const answer = await send(base, 'POST', 'calls/resume', { resume_token: token, fresh, attempt });
      if (GONE.has(answer.status)) throw new ProblemError({ kind: 'gone' });
      return passOf(answer);
    },
    end: async (token) => {
      await send(base, 'DELETE', 'calls', { resume_token: token }).catch(() => undefined);
    },
  };
}

async function send(base: string, method: string, path: string, body: object): Promise<Response> {
  try {
    return await fetch(new URL(path, base), {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      keepalive: method === 'DELETE',
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new ProblemError({ kind: 'unreachable' });
  }
}

async function passOf(answer: Response): Promise<Pass> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (answer.ok && body !== undefined) return body as Pass;
  const code = (body as { error?: { code?: string } } | undefined)?.error?.code;
  throw new ProblemError(ofRefusal(answer.status, code, answer.headers.get('retry-after')));
}
