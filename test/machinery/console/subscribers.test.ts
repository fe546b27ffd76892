/** Pages that listen and do not read, over real sockets. */
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/base/clock.ts';
import type { StreamMessage } from '../../../src/console/model/contract.ts';
import { Subscribers } from '../../../src/console/server/subscribers.ts';
import { present } from '../../expectations.ts';

const MIB = 1024 * 1024;

/** A message of about this many bytes, which ends with some words. */
const messageOf = (bytes: number, words = ''): StreamMessage => ({
  kind: 'snapshot',
  links: [],
  accounts: [],
  sources: [],
  unreadable: ['x'.repeat(bytes), words],
});

let server: Server;
let subscribers: Subscribers;
let page: IncomingMessage;
/** Whether the page was hung up on. */
let closed: Promise<unknown>;

beforeEach(async () => {
  subscribers = new Subscribers(systemClock, MIB);
  server = createServer((_request, response) => {
    closed = once(response, 'close');
    // More than the sockets on the way hold.
    subscribers.add(response, messageOf(32 * MIB));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? present(address, 'no address').port : 0;
  [page] = await once(get({ port, host: '127.0.0.1' }), 'response');
  page.on('error', () => undefined);
});
afterEach(() => {
  page.destroy();
  subscribers.close();
  server.closeAllConnections();
  server.close();
});

describe('a page that has not read its first message yet', () => {
  it('gets what changes meanwhile', async () => {
    subscribers.send(messageOf(1, 'changed meanwhile'));
    let end = '';
    for await (const chunk of page) {
      end = (end + String(chunk)).slice(-1_000);
      if (end.includes('changed meanwhile')) break;
    }
    expect(end).toContain('changed meanwhile');
  });

  it('is hung up on once more waits for it beside than may', async () => {
    subscribers.send(messageOf(2 * MIB));
    subscribers.send(messageOf(1));
    await closed;
  });
});
