/** Watches that run through a proxy, and what can happen to them. */
import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { KubernetesCall } from './kubernetes-call.ts';
import { GONE, statusObject } from './kubernetes-answers.ts';

const NEWLINE = 0x0a;

/** A watch under way. Events are JSON, one a line. */
export interface Watch {
  readonly call: KubernetesCall;
  /** Cuts the connection in the middle of the stream. */
  cut(): void;
  /** Delivers nothing more, for good: the connection stays open and events are lost, as behind a dead NAT entry. */
  silence(): void;
  /** Keeps events back until the returned function is called: the watcher's view lags. */
  hold(): () => void;
  /** Ends with the event that tells a watcher to list again. */
  expire(): void;
}

/** The watches of one proxy. */
export class Watches {
  readonly #open = new Set<Watch>();

  /** Watches under way, oldest first. */
  matching(match: (call: KubernetesCall) => boolean = () => true): readonly Watch[] {
    return [...this.#open].filter(({ call }) => match(call));
  }

  /** Passes a watch's events on, until either side ends it. */
  async relay(call: KubernetesCall, source: Readable, sink: ServerResponse): Promise<void> {
    const stream = new WatchStream(call, source, sink);
    this.#open.add(stream);
    try {
      await stream.run();
    } finally {
      this.#open.delete(stream);
    }
  }
}

class WatchStream implements Watch {
  readonly call: KubernetesCall;
  readonly #source: Readable;
  readonly #sink: ServerResponse;
  #silent = false;
  /** Events kept back; undefined while they are passed on. */
  #held: Buffer[] | undefined;

  constructor(call: KubernetesCall, source: Readable, sink: ServerResponse) {
    this.call = call;
    this.#source = source;
    this.#sink = sink;
  }

  /** Only complete lines are passed on, so that an event of ours never lands within one of the server's. */
  async run(): Promise<void> {
    let rest = Buffer.alloc(0);
    for await (const chunk of this.#source) {
      const text = Buffer.concat([rest, chunk]);
      const end = text.lastIndexOf(NEWLINE) + 1;
      rest = text.subarray(end);
      if (end > 0) this.#pass(text.subarray(0, end));
    }
    // The end of a silenced or lagging watch is not reported either.
    if (!this.#silent && this.#held === undefined) this.#sink.end();
  }

  cut(): void {
    this.#sink.destroy();
  }

  silence(): void {
    this.#silent = true;
  }

  hold(): () => void {
    this.#held ??= [];
    return () => {
      const events = this.#held ?? [];
      this.#held = undefined;
      for (const event of events) this.#pass(event);
    };
  }

  expire(): void {
    this.#sink.end(`${JSON.stringify({ type: 'ERROR', object: statusObject(GONE) })}\n`);
    this.#source.destroy();
  }

  #pass(lines: Buffer): void {
    if (this.#silent) return;
    if (this.#held === undefined) this.#sink.write(lines);
    else this.#held.push(lines);
  }
}
