import { createServer } from 'node:net';

/** A TCP port of the loopback interface that nobody listens on now. Another process may take it before the
 *  caller does, so whoever starts a server on it has to be ready to try again. */
export async function freePort(): Promise<number> {
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
