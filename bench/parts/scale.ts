/**
 * Many thousands of links that are in sync: what the operator takes to meet them, to hold them and to check them. The API
 * server is the real one; AWS is a model (bench/scale), since no emulator here holds so many roles.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { eventually } from '../../testbed/eventually.ts';
import { AdminApi } from '../../testbed/kubernetes/admin-api.ts';
import { install } from '../../testbed/kubernetes/installation.ts';
import { startOperator, type OperatorProcess } from '../../testbed/operator.ts';
import { accountManifests, fleetOf, inParallel, manifestOf, type Fleet, type FleetLink } from '../fleet.ts';
import { cpuSeconds } from '../machine.ts';
import { rssMB } from '../process-memory.ts';
import { startModelAws, type ModelAws } from '../scale/model-aws.ts';
import type { Figures, Part, Settings } from './part.ts';

/** At full size, that is `--links=200`. */
const FACTORS = [25, 100, 250];
/** AWS bears 20 reads of machines a second in an account: so many are read in less than a minute. */
const LINKS_AN_ACCOUNT = 1_000;
/** The interval of checks follows from it: it leaves the machine room, so that a check is measured, not a queue. */
const LINKS_CHECKED_A_SECOND = 250;
const SHORTEST_INTERVAL_S = 60;
const CHECKS_WATCHED_MS = 60_000;

const CREDENTIALS = { accessKeyId: 'AKIA999999999999', secretAccessKey: 'secret' };
const LINKS = '/apis/crossaccountlink.dev/v1alpha1/namespaces/bench/crossaccountlinks';

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
  const accounts = Math.max(1, Math.ceil(links / LINKS_AN_ACCOUNT));
  const fleet = fleetOf({
    links,
    sources: accounts,
    targets: accounts,
    namespace: 'bench',
    prefix: 'link',
    driftCheckInterval: `${Math.max(SHORTEST_INTERVAL_S, Math.ceil(links / LINKS_CHECKED_A_SECOND))}s`,
  });
  await using cleanUp = new AsyncDisposableStack();
  const controlPlane = await startControlPlane();
  cleanUp.defer(() => controlPlane.stop());
  await install(controlPlane);
  const aws = await startModelAws(fleet.shape);
  cleanUp.defer(() => aws.stop());
  const stand = { controlPlane, aws, program };

  await registerAccounts(controlPlane, fleet);
  const base = await withFirstLink(stand, fleet, async (operator) => rssMB(operator.pid));
  await makeTheOthers(controlPlane, fleet);
  say(`${links} links over ${accounts} source accounts are made; the operator meets them`);
  await aws.clear();

  const began = Date.now();
  const operator = await startOperator({ controlPlane, awsUrl: aws.url, credentials: CREDENTIALS, program });
  cleanUp.defer(() => operator.stop());
  await untilAllAreRead(aws, links);
  const startSeconds = (Date.now() - began) / 1000;
  const startCpuSeconds = cpuSeconds(operator.pid);
  const startHoldMs = await longestHoldMs(operator);
  const { snapshotMs } = await aws.counts();
  const rss = await rssMB(operator.pid);

  const checks = await watchChecks(aws, operator);
  return {
    links,
    startSeconds,
    startCpuMsALink: (startCpuSeconds * 1000) / links,
    startHoldMs,
    slowestSnapshotMs: Math.max(0, ...snapshotMs),
    rssMB: rss,
    kilobytesALink: ((rss - base) * 1024) / links,
    ...checks,
  };
}

/** Processor time, writes and the longest hold of the event loop while nothing but checks goes on. */
async function watchChecks(aws: ModelAws, operator: OperatorProcess) {
  await aws.clear();
  await eventually(
    'the first check after the start',
    async () => {
      const { machines } = await aws.counts();
      if (machines === 0) throw new Error('no machine was read again');
    },
    { deadlineMs: 600_000, everyMs: 250 },
  );
  await aws.clear();
  await longestHoldMs(operator);
  const cpuBefore = cpuSeconds(operator.pid);
  await pause(CHECKS_WATCHED_MS);
  const cpu = cpuSeconds(operator.pid) - cpuBefore;
  const { calls } = await aws.counts();
  const checks = calls['DescribeStateMachine'] ?? 0;
  const reads = new Set([
    'DescribeStateMachine',
    'GetAccountAuthorizationDetails',
    'GetCallerIdentity',
    'AssumeRole',
  ]);
  const others = Object.entries(calls).filter(([operation]) => !reads.has(operation));
  return {
    checks,
    checkCpuMs: checks === 0 ? Number.NaN : (cpu * 1000) / checks,
    checkHoldMs: await longestHoldMs(operator),
    otherCalls: others.reduce((sum, [, count]) => sum + count, 0),
  };
}

async function untilAllAreRead(aws: ModelAws, links: number): Promise<void> {
  const look = async () => {
    const { machines } = await aws.counts();
    if (machines < links) throw new Error(`${machines} of ${links} machines were read`);
  };
  await eventually('every link to be checked', look, { deadlineMs: 1_800_000, everyMs: 250 });
}

async function registerAccounts(controlPlane: ControlPlane, fleet: Fleet): Promise<void> {
  const admin = new AdminApi(controlPlane);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: fleet.shape.namespace } };
  await admin.call('POST', '/api/v1/namespaces', { body });
  const accounts: unknown = Object(JSON.parse(accountManifests([fleet]))).items;
  if (!Array.isArray(accounts)) throw new Error('there are no accounts');
  for (const account of accounts)
    await admin.call('POST', '/apis/crossaccountlink.dev/v1alpha1/awsaccounts', { body: account });
  await admin.close();
}

interface Stand {
  readonly controlPlane: ControlPlane;
  readonly aws: ModelAws;
  readonly program: string;
}

/** Has the operator meet the fleet's first link, so that its status can stand for those of all the others. */
async function withFirstLink<Result>(
  { controlPlane, aws, program }: Stand,
  fleet: Fleet,
  work: (operator: OperatorProcess) => Promise<Result>,
): Promise<Result> {
  const admin = new AdminApi(controlPlane);
  const first = firstOf(fleet);
  await admin.call('POST', LINKS, { body: bodyOf(first, fleet) });
  const operator = await startOperator({ controlPlane, awsUrl: aws.url, credentials: CREDENTIALS, program });
  try {
    const look = async () => {
      const status = JSON.stringify(Object(await admin.get(`${LINKS}/${first.name}`)).status);
      if (!status.includes('"InSync"')) throw new Error(status);
    };
    await eventually('the first link to be in sync', look, { deadlineMs: 60_000 });
    return await work(operator);
  } finally {
    await operator.stop();
    await admin.close();
  }
}

/** Makes all links but the first, each with the status that the operator would give it. */
async function makeTheOthers(controlPlane: ControlPlane, fleet: Fleet): Promise<void> {
  const admin = new AdminApi(controlPlane);
  const first = firstOf(fleet);
  const template = JSON.stringify(Object(await admin.get(`${LINKS}/${first.name}`)).status);
  await inParallel(fleet.links.slice(1), async (link) => {
    const made = Object(await admin.call('POST', LINKS, { body: bodyOf(link, fleet) }));
    const status: unknown = JSON.parse(
      template
        .replaceAll(first.name, link.name)
        .replaceAll(first.source, link.source)
        .replaceAll(first.target, link.target),
    );
    await admin.call('PUT', `${LINKS}/${link.name}/status`, { body: { ...made, status } });
  });
  await admin.close();
}

function firstOf({ links: [first] }: Fleet): FleetLink {
  if (first === undefined) throw new Error('the fleet is empty');
  return first;
}

function bodyOf(link: FleetLink, { shape }: Fleet): object {
  const { apiVersion, kind, spec } = Object(manifestOf(link, shape));
  return { apiVersion, kind, metadata: { name: link.name, namespace: shape.namespace }, spec };
}

/** Since it was last asked. */
async function longestHoldMs({ telemetryUrl }: OperatorProcess): Promise<number> {
  const metrics = await (await fetch(`${telemetryUrl}/metrics`)).text();
  const seconds = /^crossaccountlink_event_loop_longest_hold_seconds (\S+)/m.exec(metrics)?.[1];
  if (seconds === undefined) throw new Error('the operator does not tell its longest hold');
  return Number(seconds) * 1000;
}
