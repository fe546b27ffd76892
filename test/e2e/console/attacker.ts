/** A page of another origin that tries to reach the console. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface Attacker {
  readonly url: string;
  stop(): void;
}

/** Serves an empty page: the test puts its attempts into it. */
export async function startAttacker(): Promise<Attacker> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>attacker</title>');
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
