/** Starts the model of `model-aws-server.ts`, and asks which calls it got. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, Hopeless } from '../../testbed/eventually.ts';
import { onFreePort } from '../../testbed/ports.ts';
import { startService } from '../../testbed/process.ts';
import { scratchFolder } from '../../testbed/scratch.ts';
import type { FleetShape } from '../fleet.ts';

const PROGRAM = fileURLToPath(new URL('model-aws-server.ts', import.meta.url));

export interface ModelCounts {
  /** By operation, since they were last cleared. */
  readonly calls: Readonly<Record<string, number>>;
  /** How many different state machines were described. */
  readonly machines: number;
  /** Milliseconds since 1970. */
  readonly lastCallAt: number;
}

export interface ModelAws {
  readonly url: string;
  counts(): Promise<ModelCounts>;
  clear(): Promise<void>;
  stop(): Promise<void>;
}

/** @param made what exists for a fleet: everything as in sync, or only what links need before they are made */
export async function startModelAws(
  shape: FleetShape,
  made: 'inSync' | 'before' = 'inSync',
): Promise<ModelAws> {
  const folder = scratchFolder('model-aws');
  const { port, service } = await onFreePort(async (free) => {
    const started = startService(
      'model-aws',
      process.execPath,
      ['--max-old-space-size=4096', PROGRAM, String(free), JSON.stringify(shape), made],
      { logFile: join(folder, 'model-aws.log') },
    );
    await eventually(
      'the model of AWS to be up',
      async () => {
        if (!started.running()) throw new Hopeless(`it ended:\n${started.logTail()}`);
        await fetch(`http://127.0.0.1:${free}/`);
      },
      // It works out all roles first.
      { deadlineMs: 30_000 + shape.links * 10 },
    );
    return started;
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    counts: async () => Object(await (await fetch(url)).json()),
    async clear() {
      await fetch(url, { method: 'DELETE' });
    },
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
