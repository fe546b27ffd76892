/** The page's connection to its server: the token, requests, and the stream, which reconnects by itself. */
import type { LinkDetail, PolicyView, StreamMessage } from '../model/contract.ts';
import { StreamParser } from '../model/stream-parser.ts';

export type ConnectionState = 'connecting' | 'live' | 'lost' | 'denied';

const SILENCE_MS = 25_000;
const BACKOFF_MS = { least: 400, most: 8000 } as const;
const STORED = 'crossaccountlink-token';

/** Takes the token out of the address, where it would be seen and copied, and keeps it for this tab. */
export function takeToken(): string {
  const match = /^#token=([\w-]+)$/.exec(location.hash);
  if (match?.[1] !== undefined) {
    sessionStorage.setItem(STORED, match[1]);
    history.replaceState(undefined, '', '#/map');
  }
  return sessionStorage.getItem(STORED) ?? '';
}

/** The page's connection to its server: the stream, one link, one policy. Reconnects by itself. */
export class Connection {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  /** Undefined if the link no longer exists. Throws if the server does not answer. */
  async link(key: string, signal: AbortSignal): Promise<LinkDetail | undefined> {
    const answer = await this.#ask(`/api/link?${linkQuery(key)}`, signal);
    if (answer.status === 404) return undefined;
    return answer.json();
  }

  async policy(key: string, signal: AbortSignal): Promise<PolicyView> {
    const answer = await this.#ask(`/api/policy?${linkQuery(key)}`, signal);
    return answer.ok ? answer.json() : { kind: 'unavailable', why: await answer.text() };
  }

  /** Listens until the signal. After an interruption everything is sent again, so nothing is missed. */
  async listen(
    signal: AbortSignal,
    onMessage: (message: StreamMessage) => void,
    onState: (state: ConnectionState) => void,
  ): Promise<void> {
    let waitMs: number = BACKOFF_MS.least;
    while (!signal.aborted) {
      try {
        await this.#listenOnce(signal, (message) => {
          waitMs = BACKOFF_MS.least;
          onState('live');
          onMessage(message);
        });
      } catch (error) {
        if (error instanceof Denied) return onState('denied');
      }
      if (signal.aborted) return;
      onState('lost');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      waitMs = Math.min(waitMs * 2, BACKOFF_MS.most);
    }
  }

  /** Resolves when the server ends the stream; throws if it breaks or falls silent. */
  async #listenOnce(signal: AbortSignal, onMessage: (message: StreamMessage) => void): Promise<void> {
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const restartTimer = () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
    };
    restartTimer();
    try {
      const answer = await this.#ask('/api/stream', AbortSignal.any([signal, silence.signal]));
      if (answer.status === 401 || answer.status === 403) throw new Denied();
      if (!answer.ok || answer.body === null) throw new Error(`the server answered ${answer.status}`);
      const parser = new StreamParser();
      for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
        restartTimer();
        for (const data of parser.push(piece)) onMessage(JSON.parse(data));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #ask(path: string, signal: AbortSignal): Promise<Response> {
    return fetch(path, { signal, headers: { Authorization: `Bearer ${this.#token}` } });
  }
}

class Denied extends Error {}

function linkQuery(key: string): string {
  const [namespace = '', name = ''] = key.split('/');
  return new URLSearchParams({ namespace, name }).toString();
}
