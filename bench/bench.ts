/** `make bench`: measures against the targets of performance.md, prints a table, writes bench/results.json. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments, refuse } from '../testbed/arguments.ts';
import { ensureTools } from '../testbed/tools/go-tools.ts';
import { orExplain } from '../testbed/tools/prerequisites.ts';
import { ensureMinistack } from '../testbed/tools/python-tools.ts';
import { check } from './parts/check.ts';
import { create } from './parts/create.ts';
import { crowd } from './parts/crowd.ts';
import { fairness } from './parts/fairness.ts';
import { fight } from './parts/fight.ts';
import { isolation } from './parts/isolation.ts';
import type { Part, Results } from './parts/part.ts';
import { peerOf } from './parts/peer.ts';
import { quota } from './parts/quota.ts';
import { repair } from './parts/repair.ts';
import { restart } from './parts/restart.ts';
import { scale } from './parts/scale.ts';
import { startup } from './parts/startup.ts';
import { storm } from './parts/storm.ts';
import { keep, mergeResults, table } from './report.ts';

const PROGRAM = fileURLToPath(new URL('../dist/operator.mjs', import.meta.url));

/** In the order in which they run. `create` and `restart` also measure memory. */
const PARTS: Readonly<Record<string, Part>> = {
  startup,
  create,
  check,
  repair,
  restart,
  quota,
  fairness,
  isolation,
  fight,
  storm,
};
/** Parts that run only if they are named: they take half an hour. */
const LONG_PARTS: Readonly<Record<string, Part>> = { scale, crowd };
/** Other names that `--only` accepts. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { memory: ['create', 'restart'] };

const USAGE = `make bench ARGS="[--links=200] [--accounts=10] [--latency-ms=30] [--only=PART[,PART]] [--scale-links=N] [--peer=DIR]"
--scale-links=N has scale measure N links alone, instead of 5,000, 20,000 and 50,000.
DIR holds iam-controller, sfn-controller and CRDs of AWS Controllers for Kubernetes: they are measured beside create.
parts: ${[...Object.keys(PARTS), ...Object.keys(ALIASES), ...Object.keys(LONG_PARTS)].join(', ')}`;

const { values } = readArguments(USAGE, {
  options: {
    links: { type: 'string', default: '200' },
    accounts: { type: 'string', default: '10' },
    'latency-ms': { type: 'string', default: '30' },
    only: { type: 'string' },
    'scale-links': { type: 'string' },
    peer: { type: 'string' },
  },
});
await measure(chosenParts());

/** The peer is measured in the same run: after `create`, unless something else is asked for. */
function chosenParts(): readonly (readonly [name: string, part: Part])[] {
  const { peer, only = peer === undefined ? Object.keys(PARTS).join(',') : 'create' } = values;
  const named = only.split(',').flatMap((name) => ALIASES[name] ?? [name]);
  const parts = named.map((name) => [name, partNamed(name)] as const);
  return peer === undefined ? parts : [...parts, ['peer', peerOf(resolve(peer))]];
}

function partNamed(name: string): Part {
  const part = PARTS[name] ?? LONG_PARTS[name];
  if (part === undefined) refuse(`there is no part ${name}`, USAGE);
  return part;
}

async function measure(parts: readonly (readonly [name: string, part: Part])[]): Promise<void> {
  if (statSync(PROGRAM, { throwIfNoEntry: false }) === undefined)
    throw new Error('dist/operator.mjs is missing: npm run build');
  await orExplain(async () => {
    await ensureTools();
    await ensureMinistack();
  });
  const settings = {
    links: atLeastOne('links', values.links),
    accounts: atLeastOne('accounts', values.accounts),
    latencyMs: Number(values['latency-ms']),
    ...(values['scale-links'] !== undefined && {
      scaleLinks: atLeastOne('scale-links', values['scale-links']),
    }),
    program: PROGRAM,
  };
  let results: Results = {};
  for (const [name, part] of parts) {
    say(`${name} …`);
    const began = performance.now();
    const figures = await part(settings, (line) => say(`  ${line}`));
    say(`  took ${Math.round((performance.now() - began) / 1000)} s`);
    keep(figures);
    results = mergeResults(results, figures);
  }
  say(`\n${table(results)}`);
}

function atLeastOne(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name}: ${text} is no number from 1 on`);
  return number;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
