/** Many histories of the whole operator on models, for as long as there is time. */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { readArguments, refuse } from '../testbed/arguments.ts';
import { crashFailures, crashPointsOf } from '../testbed/simulation/crash-points.ts';
import { CRASH_SCENES } from '../testbed/simulation/crash-scenes.ts';
import { pairProblem, pairsOf } from '../testbed/simulation/edit-runs.ts';
import { KINDS, RARE_KINDS, type Kind } from '../testbed/simulation/history.ts';
import { parseHistory } from '../testbed/simulation/kept.ts';
import { simulate } from '../testbed/simulation/simulation.ts';
import { playCampaign } from './campaign.ts';

const USAGE = `bench/simulate.ts [--histories=1000] [--seed=1] [--behind] [--kinds=${KINDS.join(',')}]
  --behind: with what processors everything else leaves idle
  Only by name: --kinds=${RARE_KINDS.join(',')}
bench/simulate.ts --replay=FILE   tells one history, as a law's failure prints it, step by step
bench/simulate.ts --crashes       the operator dies at each write of some histories, right before it and right after it
bench/simulate.ts --edits         every two edits of fields of both CRDs, one after the other`;

const { values } = readArguments(USAGE, {
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    kinds: { type: 'string', default: KINDS.join(',') },
    replay: { type: 'string' },
    crashes: { type: 'boolean', default: false },
    edits: { type: 'boolean', default: false },
    behind: { type: 'boolean', default: false },
  },
});

const wanted = values.kinds.split(',');
const known: readonly Kind[] = [...KINDS, ...RARE_KINDS];
const kinds = new Set(known.filter((kind) => wanted.includes(kind)));
const unknown = wanted.filter((name) => name !== '' && !known.some((kind) => kind === name));
const [histories, firstSeed] = [Number(values.histories), Number(values.seed)];

/** A value for `nice`: tests that run at the same time have deadlines, histories have none. */
const BEHIND = 10;

if (unknown.length > 0) refuse(`there is no kind ${unknown.join(', ')}`, USAGE);
else if (!(Number.isInteger(histories) && histories > 0)) refuse('--histories is how many, from 1', USAGE);
else if (!Number.isInteger(firstSeed)) refuse('--seed is an integer', USAGE);
else if (values.crashes) await crashes();
else if (values.edits) await edits();
else if (values.replay === undefined) await many();
else await replay(values.replay);

async function many(): Promise<void> {
  if (values.behind) setPriority(BEHIND);
  const { failures, lines } = await playCampaign({ histories, firstSeed, kinds });
  for (const line of lines) process.stdout.write(`${line}\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}

async function crashes(): Promise<void> {
  let count = 0;
  for (const [name, history] of CRASH_SCENES) {
    const points = await crashPointsOf(history);
    count += points.length;
    const failures = await crashFailures(history, points);
    process.stdout.write(`${name}: ${points.length} crash points, ${failures.length} broke a law\n`);
    for (const { point, violation, history: crashed } of failures)
      process.stdout.write(
        `  ${point.call}${point.sent ? ', sent' : ''}: ${violation.law}: ${violation.message}\n  ${JSON.stringify(crashed)}\n`,
      );
    if (failures.length > 0) process.exitCode = 1;
  }
  process.stdout.write(`${count} crash points in all\n`);
}

async function edits(): Promise<void> {
  for (const kind of ['CrossAccountLink', 'AWSAccount'] as const) {
    const pairs = pairsOf(kind);
    const wrong: string[] = [];
    for (const pair of pairs) wrong.push(...(await pairProblem(kind, pair)));
    process.stdout.write(
      `${[`${pairs.length} pairs of edits of ${kind}: ${wrong.length} differ`, ...wrong].join('\n')}\n`,
    );
    if (wrong.length > 0) process.exitCode = 1;
  }
}

async function replay(file: string): Promise<void> {
  const { history } = parseHistory(readFileSync(file, 'utf8'));
  const { violations } = await simulate(history, (line) => process.stdout.write(`${line}\n`));
  for (const { law, message } of violations) process.stdout.write(`${law}: ${message}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
