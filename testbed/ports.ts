import { createServer } from 'node:net';
import { Hopeless } from './eventually.ts';
import type { Service } from './process.ts';

/** A TCP port of the loopback interface on which nobody listens now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given');
  return address.port;
}

export interface ServiceOnPort {
  readonly port: number;
  readonly service: Service;
}

/**
 * Boots a server on a free TCP port, or on another one if some other process takes the port first. `boot` throws {@link Hopeless}
 * with the server's log if the server ends instead of coming up.
 */
export async function onFreePort(boot: (port: number) => Promise<Service>): Promise<ServiceOnPort> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, service: await boot(port) };
    } catch (error) {
      const taken = error instanceof Hopeless && /address already in use/i.test(error.message);
      if (!taken || attempt === 3) throw error;
    }
  }
}
