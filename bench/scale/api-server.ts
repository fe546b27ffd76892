/** What an API server says of itself: what it was asked about links, and what that took. */
import type { ControlPlane } from '../../testbed/control-plane.ts';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';

export interface ServerCounts {
  /** Of its processor time. */
  readonly cpuSeconds: number;
  /** Requests about links, and Events: `LIST`, `PATCH status`, `POST events`. */
  readonly requests: ReadonlyMap<string, number>;
}

const RESOURCES: ReadonlySet<string> = new Set(['crossaccountlinks', 'events', 'awsaccounts']);

export class ApiServerMetrics {
  readonly #plane: ControlPlane;
  readonly #dispatcher: Agent;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.#dispatcher = new Agent({ connect: { ca: readFileSync(plane.certificateFile) } });
  }

  async counts(): Promise<ServerCounts> {
    const { body } = await request(`${this.#plane.url}/metrics`, {
      dispatcher: this.#dispatcher,
      headers: { authorization: `Bearer ${this.#plane.adminToken}` },
    });
    const metrics = await body.text();
    return {
      cpuSeconds: Number(/^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1]),
      requests: sumsOf(metrics, 'apiserver_request_total'),
    };
  }

  close(): Promise<void> {
    return this.#dispatcher.close();
  }
}

/** Of each verb and resource, over all other labels. */
function sumsOf(metrics: string, name: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [, labels = '', value] of metrics.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))) {
    const label = (key: string) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labels)?.[1] ?? '';
    const resource = label('resource');
    if (!RESOURCES.has(resource)) continue;
    const parts = [label('verb'), label('subresource'), resource === 'crossaccountlinks' ? '' : resource];
    const key = parts.filter((part) => part !== '').join(' ');
    sums.set(key, (sums.get(key) ?? 0) + Number(value));
  }
  return sums;
}

/** By name, what came to `after` since `before`. */
export function since(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map(
    [...after].flatMap(([key, value]) => {
      const more = value - (before.get(key) ?? 0);
      return more > 0 ? [[key, more] as const] : [];
    }),
  );
}
