/** Pages that listen: each gets everything at first, then every change, until it disconnects or cannot keep up. */
import type { ServerResponse } from 'node:http';
import type { Cancel, Clock } from '../../base/clock.ts';
import type { StreamMessage } from '../model/contract.ts';
import { eventText, HEARTBEAT } from '../model/stream-parser.ts';
import { wireText } from './wire.ts';

const HEARTBEAT_MS = 10_000;
/** Bytes of changes that may wait for one page. Beyond that it is disconnected; it comes back by itself and starts again. */
const MOST_WAITING = 32 * 1024 * 1024;
/** A person has a few tabs, not dozens. */
const MOST_PAGES = 16;

export class Subscribers {
  /** With the bytes that may wait for each page, which include its snapshot: that is as long as the fleet is large. */
  readonly #pages = new Map<ServerResponse, number>();
  readonly #clock: Clock;
  readonly #mostWaiting: number;
  #heartbeat: Cancel | undefined;

  /** @param mostWaiting bytes of changes that may wait for one page */
  constructor(clock: Clock, mostWaiting = MOST_WAITING) {
    this.#clock = clock;
    this.#mostWaiting = mostWaiting;
  }

  /** Answers with the stream. False if too many listen already; then nothing was sent. */
  add(response: ServerResponse, snapshot: StreamMessage): boolean {
    if (this.#pages.size >= MOST_PAGES) return false;
    const text = eventText(wireText(snapshot));
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.write(text);
    this.#pages.set(response, Buffer.byteLength(text) + this.#mostWaiting);
    response.on('close', () => this.#pages.delete(response));
    this.#beat();
    return true;
  }

  /** Sends a change to every page. */
  send(message: StreamMessage): void {
    if (this.#pages.size > 0) this.#write(eventText(wireText(message)));
  }

  /** Disconnects every page. */
  close(): void {
    this.#heartbeat?.();
    for (const page of this.#pages.keys()) page.destroy();
    this.#pages.clear();
  }

  #beat(): void {
    this.#heartbeat ??= this.#clock.after(HEARTBEAT_MS, () => {
      this.#heartbeat = undefined;
      this.#write(HEARTBEAT);
      if (this.#pages.size > 0) this.#beat();
    });
  }

  #write(text: string): void {
    for (const [page, mostWaiting] of this.#pages) {
      if (page.writableLength > mostWaiting) page.destroy();
      else page.write(text);
    }
  }
}
