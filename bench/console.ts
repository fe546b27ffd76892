/**
 * The console at 50, 500 and 2,000 links: first paint, dragging, zooming, bytes and memory, in a real browser, with links that
 * exist only in memory. `node bench/console.ts [LINKS…]` prints a table for docs/console.md.
 */
import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession } from 'playwright-core';
import { systemClock } from '../src/base/clock.ts';
import type { JsonObject } from '../src/base/json.ts';
import { consoleAsset } from '../src/console/server/assets.ts';
import type { ReadingClient } from '../src/console/server/console-watch.ts';
import { startConsole } from '../src/console/server/server.ts';
import { findSources } from '../src/console/server/sources.ts';
import { findChromium, launchChromium } from '../testbed/chromium.ts';

const FRAMES = 60;

/** The page marks each painting of a map that is not empty. */
const FIRST_PAINT = "performance.getEntriesByName('map-painted')[0].startTime";
const TIMELINE =
  'JSON.stringify(performance.getEntries().map(({ name, startTime, duration }) => [name, Math.round(startTime), Math.round(duration)]))';

interface Figures {
  readonly links: number;
  /** Milliseconds from opening the page to the painted map: elapsed time, and processor time alone. */
  readonly firstPaintMs: number;
  readonly firstPaintCpuMs: number;
  /** Processor time in milliseconds for each frame while everything is open. */
  readonly dragCpuMs: number;
  readonly zoomCpuMs: number;
  readonly snapshotKB: number;
  readonly heapMB: number;
}

const executable = findChromium();
if (executable === undefined) throw new Error('there is no Chromium: make browser');
const sizes = process.argv.slice(2).map(Number);
const browser = await launchChromium(executable);
try {
  const rows: Figures[] = [];
  for (const links of sizes.length === 0 ? [50, 500, 2000] : sizes) rows.push(await measure(browser, links));
  print(rows);
} finally {
  await browser.close();
}

async function measure(on: Browser, links: number): Promise<Figures> {
  const sources = await findSources({
    client: clientOf(fleet(links)),
    clock: systemClock,
    namespace: 'x',
    only: false,
  });
  const served = await startConsole({
    sources,
    clock: systemClock,
    asset: consoleAsset,
    readPolicy: async () => ({ kind: 'unavailable', why: 'not here' }),
  });
  const page = await on.newPage({ viewport: { width: 1440, height: 900 } });
  try {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(served.url);
    await page.locator('canvas[data-painted]').waitFor();
    await page.waitForFunction(`document.querySelector('canvas').ariaLabel.includes('${label(links)}')`);
    const firstPaintMs = await page.evaluate<number>(FIRST_PAINT);
    if (process.env['TIMELINE'] !== undefined)
      process.stderr.write(`${await page.evaluate<string>(TIMELINE)}\n`);
    const firstPaintCpuMs = await cpuMs(session);
    await page.getByRole('button', { name: /Open all|Close all/ }).waitFor();
    if (links > 120) await page.getByRole('button', { name: 'Open all' }).click();
    await page.locator(`canvas[data-painted="${links}"]`).waitFor();
    await page.locator('canvas').focus();
    const drag = await perFrame(session, () => page.evaluate(frames('ArrowDown', 'ArrowUp')));
    const zoom = await perFrame(session, () => page.evaluate(frames('-', '+')));
    const [, token = ''] = served.url.split('token=');
    return {
      links,
      firstPaintMs: Math.round(firstPaintMs),
      firstPaintCpuMs: Math.round(firstPaintCpuMs),
      dragCpuMs: drag,
      zoomCpuMs: zoom,
      snapshotKB: Math.round((await snapshotBytes(served.url, token)) / 1000),
      heapMB: Math.round((await page.evaluate<number>('performance.memory.usedJSHeapSize')) / 1e6),
    };
  } finally {
    await page.close();
    await served.close();
  }
}

/** Presses keys on the map, one for each frame. */
function frames(there: string, back: string): string {
  return `(async () => {
    const canvas = document.querySelector('canvas');
    for (let frame = 0; frame < ${FRAMES}; frame += 1) {
      const key = frame < ${FRAMES / 2} ? '${there}' : '${back}';
      canvas.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      await new Promise(requestAnimationFrame);
    }
  })()`;
}

async function perFrame(session: CDPSession, act: () => Promise<unknown>): Promise<number> {
  const before = await cpuMs(session);
  await act();
  return Math.round(((await cpuMs(session)) - before) / (FRAMES / 10)) / 10;
}

/** For how many milliseconds the page's main thread has worked. */
async function cpuMs(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
}

async function snapshotBytes(url: string, token: string): Promise<number> {
  const stop = new AbortController();
  const answer = await fetch(new URL('/api/stream', url), {
    headers: { Authorization: `Bearer ${token}` },
    signal: stop.signal,
  });
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    if (Buffer.from(piece).toString('latin1').endsWith('\n\n')) break;
  }
  stop.abort();
  return bytes;
}

function label(links: number): string {
  return `${links.toLocaleString('en')} links`;
}

/** One machine for each link or two, 40 roles in each target account. */
function fleet(links: number): readonly JsonObject[] {
  return Array.from({ length: links }, (_, index) => {
    const source = account(1, index % Math.max(Math.round(links / 50), 2));
    const target = account(2, (index * 7) % Math.max(Math.round(links / 40), 2));
    const ready = index % 17 !== 0;
    const condition = (type: string, status: string) => ({
      type,
      status,
      reason: ready ? 'InSync' : 'AccountNotAllowed',
      message: 'A sentence as long as messages usually are, which name the object and what to do about it.',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    });
    return {
      metadata: {
        namespace: `team-${index % 20}`,
        name: `link-${index}`,
        uid: `uid-${index}`,
        resourceVersion: String(index + 1),
        generation: 1,
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: {
        stateMachineARN: `arn:aws:states:us-east-1:${source}:stateMachine:machine-${Math.floor(index * 0.8)}`,
        targetRole: { arn: `arn:aws:iam::${target}:role/crossaccountlink/team-${index % 20}/role-${index}` },
      },
      status: {
        observedGeneration: 1,
        conditions: ['TargetRoleReady', 'TrustPolicyReady', 'PermissionsReady', 'Ready'].map((type) =>
          condition(type, ready ? 'True' : 'False'),
        ),
      },
    };
  });
}

function account(first: number, index: number): string {
  return `${first}${String(index).padStart(11, '0')}`;
}

function clientOf(links: readonly JsonObject[]): ReadingClient {
  return {
    list: async ({ plural }, { continue: from = '0', limit = Infinity } = {}) => {
      const items = plural === 'crossaccountlinks' ? links : [];
      const end = Number(from) + limit;
      return {
        items: items.slice(Number(from), end),
        resourceVersion: '1000000',
        ...(end < items.length && { continue: String(end) }),
      };
    },
    // oxlint-disable-next-line require-yield
    async *watch(_resource, _query, _silenceMs, signal) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  };
}

function print(rows: readonly Figures[]): void {
  const page = ['index.html', 'app.js', 'app.css', 'icon.svg', 'inter.woff2', 'mono.woff2'];
  const bytes = page.reduce((sum, name) => sum + gzipSync(consoleAsset(name)).length, 0);
  const lines = rows.map(
    (row) =>
      `| ${row.links} | ${row.firstPaintMs} ms (${row.firstPaintCpuMs} ms) | ${row.dragCpuMs} ms | ${row.zoomCpuMs} ms | ${row.snapshotKB} KB | ${row.heapMB} MB |`,
  );
  process.stdout.write(
    [
      '| links | first paint (processor) | frame, dragging | frame, zooming | snapshot | memory |',
      '| --- | --- | --- | --- | --- | --- |',
      ...lines,
      '',
      `page: ${Math.round(bytes / 1000)} KB gzipped`,
      '',
    ].join('\n'),
  );
}
