/** Whatever comes over a connection, a call that is made without the SDK comes to an end: a worker and a place in a lane wait
 *  for it. */
import { once } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { toFailure } from '../../../src/aws/errors/errors.ts';
import { exchange } from '../../../src/aws/transport/exchange.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Sends a request to a server that answers these bytes and closes; limits are far beyond what it takes. */
function answered(bytes: string) {
  return exchanged((socket) => socket.end(bytes), 60_000);
}

/** Sends a request to a server that does this once it has got it. */
async function exchanged(answer: (socket: Socket) => void, wholeMs: number) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  const agents = { httpAgent: new HttpAgent({ keepAlive: true }), httpsAgent: new HttpsAgent() };
  closing.push(
    () => server.close(),
    () => agents.httpAgent.destroy(),
    () => sockets.forEach((socket) => socket.destroy()),
  );
  const request = {
    protocol: 'http:',
    hostname: '127.0.0.1',
    port: address.port,
    method: 'POST',
    path: '/',
    headers: { 'content-length': '1' },
    body: 'x',
  };
  return exchange(request, agents, { connectMs: 60_000, wholeMs });
}

describe('what is no answer leaves it open what became of a write:', () => {
  it.each([
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'],
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['half of an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<PutRole'],
    ['half of a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<Put'],
    ['something else than HTTP', 'SSH-2.0-x\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const thrown: unknown = await answered(bytes).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Error);
    const subject = { accountId: '111111111111', operation: 'PutRolePolicy', object: 'x' };
    expect(toFailure(thrown, subject)).toMatchObject({ kind: 'retryable', outcomeUnknown: true });
  });
});

describe('an answer is read to its end:', () => {
  it.each([
    ['as long as it says', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n'],
    ['until the connection is closed', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok'],
    [
      'after one that only says to go on',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    ],
  ])('%s', async (_, bytes) => {
    expect(String((await answered(bytes)).body)).toBe('ok');
  });
});

describe('an answer that is not there when the time is over is given up, and its connection closed:', () => {
  it.each([
    ['none', ''],
    ['half of one', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<PutRole'],
  ])('%s', async (_, bytes) => {
    const closed = Promise.withResolvers<void>();
    const answer = (socket: Socket) => {
      socket.once('close', () => closed.resolve());
      socket.write(bytes);
    };
    const failure = { name: 'TimeoutError', message: 'no answer within 20 ms' };
    await expect(exchanged(answer, 20)).rejects.toMatchObject(failure);
    await closed.promise;
  });
});
