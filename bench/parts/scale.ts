/**
 * Many thousands of links that are in sync: what it costs the operator to find, hold and check them. The API server is a real
 * one; AWS is a model (bench/scale), because no emulator here can hold so many roles.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../../testbed/eventually.ts';
import { OLD_DEFINITION_READS } from '../counts.ts';
import { cpuSeconds } from '../machine.ts';
import { rssMB } from '../process-memory.ts';
import type { ModelAws } from '../scale/model-aws.ts';
import { progressOf } from '../scale/progress.ts';
import { ScaleStand, type Hold, type ProbedOperator } from '../scale/stand.ts';
import type { Figures, Part, Settings } from './part.ts';

/** At full size, that is `--links=200`. */
const FACTORS = [25, 100, 250];
const CHECKS_WATCHED_MS = 60_000;
/** With this many links and checks a process is warm: what it takes then is the base, and links are counted from there. */
const WARM_LINKS = 100;
const WARM_CHECKS = 400;

export const scale: Part = async (settings, say) => {
  const results: Record<string, Figures> = {};
  const { scaleLinks } = settings;
  const sizes = scaleLinks === undefined ? FACTORS.map((factor) => factor * settings.links) : [scaleLinks];
  for (const links of sizes) {
    const figures = await measure(links, settings, say);
    say(JSON.stringify(figures));
    results[`scale${links}`] = figures;
  }
  return results;
};

async function measure(links: number, { program }: Settings, say: (line: string) => void) {
  const stand = await ScaleStand.start(links, program);
  try {
    const warmLinks = Math.min(links, WARM_LINKS);
    say(`${links} links: a process is warmed with ${warmLinks} of them`);
    const base = await stand.withFirstLinks(warmLinks, async (operator) => {
      await untilChecked(stand.aws, WARM_CHECKS);
      return rssMB(operator.pid);
    });
    say(`a warm process takes ${Math.round(base)} MB; ${links} links are made`);
    await stand.makeAllLinks(say);
    say('an operator meets them');
    await stand.aws.clear();

    const began = Date.now();
    const operator = await stand.operator();
    try {
      await untilAllAreRead(stand.aws, links, progressOf(say, 'links are met'));
      const start = {
        startSeconds: (Date.now() - began) / 1000,
        startCpuMsALink: (cpuSeconds(operator.pid) * 1000) / links,
        startHoldMs: longest(await operator.holds()),
      };
      say(`all are met: ${JSON.stringify(start)}`);
      const snapshotMs = await meanPageMs(operator);
      const checks = await watchChecks(stand.aws, operator, say);
      const rss = await rssMB(operator.pid);
      return {
        links,
        ...start,
        snapshotMs,
        baseMB: base,
        rssMB: rss,
        kilobytesALink: ((rss - base) * 1024) / (links - warmLinks),
        ...checks,
      };
    } finally {
      await operator.stop();
    }
  } finally {
    await stand.stop();
  }
}

/** The calls to AWS while there are only checks, besides a look at each machine's aliases once a day. */
const READS: ReadonlySet<string> = new Set([
  'DescribeStateMachine',
  'GetAccountAuthorizationDetails',
  'GetCallerIdentity',
  'AssumeRole',
]);

/** Processor time, other calls and the longest hold of the event loop while there are only checks. */
async function watchChecks(aws: ModelAws, operator: ProbedOperator, say: (line: string) => void) {
  await aws.clear();
  await untilChecked(aws, 1);
  await aws.clear();
  await operator.holds();
  const cpuBefore = cpuSeconds(operator.pid);
  await pause(CHECKS_WATCHED_MS);
  const cpu = cpuSeconds(operator.pid) - cpuBefore;
  const { calls } = await aws.counts();
  const checks = calls['DescribeStateMachine'] ?? 0;
  say(`calls during checks: ${JSON.stringify(calls)}`);
  const others = Object.entries(calls).filter(
    ([operation]) => !READS.has(operation) && !OLD_DEFINITION_READS.has(operation),
  );
  const holds = await operator.holds();
  return {
    checks,
    checkCpuMs: checks === 0 ? Number.NaN : (cpu * 1000) / checks,
    checkHoldMs: longest(holds),
    otherCalls: others.reduce((sum, [, count]) => sum + count, 0),
  };
}

/** In milliseconds. */
function longest(holds: readonly Hold[]): number {
  return Math.max(0, ...holds.map(({ ms }) => ms));
}

async function untilChecked(aws: ModelAws, checks: number): Promise<void> {
  const look = async () => {
    const { calls } = await aws.counts();
    const made = calls['DescribeStateMachine'] ?? 0;
    if (made < checks) throw new Error(`${made} were made`);
  };
  await eventually(`${checks} checks`, look, { deadlineMs: 900_000, everyMs: 250 });
}

async function untilAllAreRead(
  aws: ModelAws,
  links: number,
  told: (read: number, of: number) => void,
): Promise<void> {
  const look = async () => {
    const { machines } = await aws.counts();
    told(machines, links);
    if (machines < links) throw new Error(`${machines} of ${links} machines were read`);
  };
  await eventually('every link to be checked', look, { deadlineMs: 2_400_000, everyMs: 250 });
}

/** How long the operator took on average to read a page of a thousand roles, from the request to the last of them. */
async function meanPageMs({ telemetryUrl }: ProbedOperator): Promise<number> {
  const metrics = await (await fetch(`${telemetryUrl}/metrics`)).text();
  const value = (suffix: string) => {
    const name = `crossaccountlink_aws_call_duration_seconds_${suffix}`;
    const line = new RegExp(`^${name}\\{[^}]*"GetAccountAuthorizationDetails"[^}]*\\} (\\S+)`, 'm');
    return Number(line.exec(metrics)?.[1]);
  };
  return (value('sum') * 1000) / value('count');
}
