/** The API server over HTTP, as the admin: for calls so frequent that kubectl would take most of the machine's time. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import type { SharedControlPlane } from '../control-plane.ts';

export interface ApiCall {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Type of the body; `application/json` unless given. */
  readonly contentType?: string;
}

/** Where the API server is, and how the admin accesses it. */
export type AdminAddress = Pick<SharedControlPlane, 'url' | 'adminToken' | 'certificateFile'>;

/** An answer other than 2xx. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export class AdminApi {
  readonly #plane: AdminAddress;
  readonly #dispatcher: Agent;

  constructor(plane: AdminAddress) {
    this.#plane = plane;
    this.#dispatcher = new Agent({ connect: { ca: readFileSync(plane.certificateFile) } });
  }

  /** Returns the answer's JSON; throws {@link ApiRefusal} with the server's words. `path` begins with `/api`. */
  async call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    { body, contentType = 'application/json' }: ApiCall = {},
  ): Promise<unknown> {
    const answer = await request(`${this.#plane.url}${path}`, {
      dispatcher: this.#dispatcher,
      method,
      headers: { authorization: `Bearer ${this.#plane.adminToken}`, 'content-type': contentType },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new ApiRefusal(answer.statusCode, refusal(path, text));
    return JSON.parse(text);
  }

  get(path: string): Promise<unknown> {
    return this.call('GET', path);
  }

  /** The items of a list. */
  async list(path: string): Promise<readonly unknown[]> {
    const list = Object(await this.get(path));
    return Array.isArray(list.items) ? list.items : [];
  }

  /** The events of a watch, until the server ends it; throws if the watch is refused. */
  async *watch(path: string): AsyncGenerator<unknown> {
    const answer = await request(`${this.#plane.url}${path}?watch=true`, {
      dispatcher: this.#dispatcher,
      headers: { authorization: `Bearer ${this.#plane.adminToken}` },
      bodyTimeout: 0,
    });
    if (answer.statusCode >= 300)
      throw new ApiRefusal(answer.statusCode, refusal(path, await answer.body.text()));
    for await (const line of createInterface({ input: answer.body })) yield JSON.parse(line);
  }

  /** A merge patch. */
  async patch(path: string, body: object): Promise<void> {
    await this.call('PATCH', path, { body, contentType: 'application/merge-patch+json' });
  }

  /** Like `kubectl apply --server-side`, which refuses unknown fields. */
  async apply(path: string, body: object): Promise<void> {
    const query = 'fieldManager=kubectl&force=true&fieldValidation=Strict';
    await this.call('PATCH', `${path}?${query}`, { body, contentType: 'application/apply-patch+yaml' });
  }

  /** Deletes an object or a collection; one that is already gone is no failure. */
  async delete(path: string): Promise<void> {
    await this.call('DELETE', path).catch((error: unknown) => {
      if (!(error instanceof ApiRefusal && error.status === 404)) throw error;
    });
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }
}

function refusal(path: string, text: string): string {
  try {
    return `${path}: ${Object(JSON.parse(text)).message}`;
  } catch {
    return `${path}: ${text}`;
  }
}
