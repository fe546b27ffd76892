/** /metrics, /healthz and /readyz. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Endpoints {
  readonly metrics: () => Promise<string>;
  /** Names of what is not in order; empty: fine. */
  readonly alive: () => readonly string[];
  readonly ready: () => readonly string[];
}

/** @param address `host:port`; port 0 takes a free one */
export async function serveTelemetry(
  address: string,
  endpoints: Endpoints,
): Promise<{ server: Server; url: string }> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const server = createServer((request, response) => {
    const answer = (status: number, body: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
    };
    const health = (problems: readonly string[]) =>
      problems.length === 0 ? answer(200, 'ok\n') : answer(503, `${problems.join('\n')}\n`);
    switch (request.url) {
      case '/metrics':
        endpoints.metrics().then(
          (text) =>
            response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
          () => answer(500, 'metrics could not be collected\n'),
        );
        return;
      case '/healthz':
        health(endpoints.alive());
        return;
      case '/readyz':
        health(endpoints.ready());
        return;
      default:
        answer(404, 'not found: /metrics, /healthz, /readyz\n');
    }
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(Number(address.slice(at + 1)), host === '' ? undefined : host, resolve);
  await promise;
  return { server, url: `http://${urlHost(server.address())}` };
}

function urlHost(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return String(address);
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}
