/** A proxy on loopback that counts: tunnels by CONNECT, and plain requests in absolute form. */
import { once } from 'node:events';
import { createServer, request as requestPlainly } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface ConnectProxy {
  readonly url: string;
  /** `host:port` of each tunnel. */
  readonly tunnels: string[];
  /** URL of each plain request. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** @param to where all tunnels lead: the names that are asked for need not exist */
export async function startConnectProxy(to: { readonly port: number }): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const requests: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const { pathname, search } = new URL(request.url ?? '');
    const onward = requestPlainly(
      {
        host: '127.0.0.1',
        port: to.port,
        path: pathname + search,
        method: request.method,
        headers: request.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, client: Socket) => {
    tunnels.push(request.url ?? '');
    open.add(client);
    const onward = connect(to.port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(client);
      client.pipe(onward);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
    client.on('close', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    tunnels,
    requests,
    close: async () => {
      for (const client of open) client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
