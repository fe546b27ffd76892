/** A worker thread that serves 5,000 widgets in pages, so that the tested thread's time is its own. */
import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

const [objects, pageSize] = [5000, 250];

/** As large as a real object with its managed fields: about 4 kB. */
function widget(n: number): object {
  const fields = Object.fromEntries(
    Array.from({ length: 60 }, (_, k) => [`f:field-${k}`, { '.': {}, 'f:x': {} }]),
  );
  return {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: {
      name: `widget-${n}`,
      namespace: `team-${n % 50}`,
      uid: `uid-${n}`,
      resourceVersion: String(1000 + n),
      labels: { app: 'widgets', team: `team-${n % 50}` },
      managedFields: [{ manager: 'kubectl', operation: 'Apply', fieldsV1: fields }],
    },
    spec: { colour: `colour-${n % 7}`, text: 'x'.repeat(1500) },
  };
}

const pages = Array.from({ length: objects / pageSize }, (_, page) => {
  const items = Array.from({ length: pageSize }, (__, n) => widget(page * pageSize + n));
  const isLast = (page + 1) * pageSize === objects;
  return JSON.stringify({
    kind: 'WidgetList',
    metadata: { resourceVersion: '9000', ...(!isLast && { continue: String(page + 1) }) },
    items,
  });
});

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://page-server');
  response.writeHead(200, { 'Content-Type': 'application/json' });
  if (url.searchParams.has('watch')) response.flushHeaders();
  else response.end(pages[Number(url.searchParams.get('continue') ?? 0)]);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  parentPort?.postMessage(port, []);
});
