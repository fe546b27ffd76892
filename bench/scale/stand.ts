/** What `scale` is measured on: a real API server with this many links, a model of AWS in which they are in sync, and operators
 *  that run with the probe. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { eventually } from '../../testbed/eventually.ts';
import { AdminApi } from '../../testbed/kubernetes/admin-api.ts';
import { install } from '../../testbed/kubernetes/installation.ts';
import { startOperator, type OperatorProcess } from '../../testbed/operator.ts';
import { scratchFolder } from '../../testbed/scratch.ts';
import {
  accountManifests,
  firstOf,
  fleetOf,
  inParallel,
  manifestOf,
  type Fleet,
  type FleetLink,
  type FleetShape,
} from '../fleet.ts';
import { EtcdObjects } from './etcd-copies.ts';
import { likeness } from './like-first.ts';
import { startModelAws, type ModelAws } from './model-aws.ts';
import { progressOf } from './progress.ts';

/** AWS allows 20 reads of machines a second in an account: this many are read in less than a minute. */
const LINKS_AN_ACCOUNT = 1_000;
/** The interval of checks follows from this rate. It leaves the machine some room, so that a check is measured, not a queue. */
const LINKS_CHECKED_A_SECOND = 100;
const SHORTEST_INTERVAL_S = 60;
/** For the links that warm up a process: the shortest interval there is. */
const WARM_INTERVAL = '30s';

/** For each link of the operator's first list, on a machine that has other things to do. */
const LISTED_WITHIN_MS = 5;

const CREDENTIALS = { accessKeyId: 'AKIA999999999999', secretAccessKey: 'secret' };
const NAMESPACE = 'bench';
const RESOURCE = { group: 'crossaccountlink.dev', plural: 'crossaccountlinks', namespace: NAMESPACE };
const LINKS = `/apis/crossaccountlink.dev/v1alpha1/namespaces/${NAMESPACE}/crossaccountlinks`;
const ACCOUNTS = '/apis/crossaccountlink.dev/v1alpha1/awsaccounts';

/** In what the accounts and links differ from those of `scale`. */
export type StandWishes = Pick<FleetShape, 'rates' | 'driftCheckInterval'>;

/** An operator that reports for how long it held its event loop. */
export interface ProbedOperator extends OperatorProcess {
  /** Holds of 10 ms and more since the last call, without the time in which its own code was loaded, before it began to work. */
  holds(): Promise<readonly Hold[]>;
}

export interface Hold {
  /** Milliseconds since 1970. */
  readonly beganAt: number;
  /** Processor time of the main thread. */
  readonly ms: number;
}

export class ScaleStand {
  readonly fleet: Fleet;
  readonly controlPlane: ControlPlane;
  readonly #program: string;
  /** The links as etcd holds them. */
  readonly links: EtcdObjects;
  #aws: ModelAws | undefined;

  private constructor(fleet: Fleet, controlPlane: ControlPlane, program: string) {
    this.fleet = fleet;
    this.controlPlane = controlPlane;
    this.#program = program;
    this.links = new EtcdObjects(controlPlane, RESOURCE);
  }

  /** With all accounts, and without links. */
  static async start(links: number, program: string, wishes: StandWishes = {}): Promise<ScaleStand> {
    const accounts = Math.max(1, Math.ceil(links / LINKS_AN_ACCOUNT));
    const fleet = fleetOf({
      links,
      sources: accounts,
      targets: accounts,
      namespace: NAMESPACE,
      prefix: 'link',
      driftCheckInterval: `${Math.max(SHORTEST_INTERVAL_S, Math.ceil(links / LINKS_CHECKED_A_SECOND))}s`,
      ...wishes,
    });
    const controlPlane = await startControlPlane();
    try {
      await install(controlPlane);
      await registerAccounts(controlPlane, fleet);
      return new ScaleStand(fleet, controlPlane, program);
    } catch (error) {
      await controlPlane.stop();
      throw error;
    }
  }

  /** @throws Error if there are no links yet */
  get aws(): ModelAws {
    if (this.#aws === undefined) throw new Error('AWS is not there yet');
    return this.#aws;
  }

  /** @param program a program other than the stand's, to be compared with it */
  async operator({ program = this.#program, flags = [], nodeOptions = [] }: OperatorRun = {}) {
    const folder = scratchFolder('probe');
    const file = join(folder, 'holds.json');
    const probe = `${pathToFileURL(await probeIn(folder)).href}?to=${file}`;
    const operator = await startOperator({
      controlPlane: this.controlPlane,
      awsUrl: this.aws.url,
      credentials: CREDENTIALS,
      program,
      flags,
      readyWithinMs: 30_000 + this.fleet.shape.links * LISTED_WITHIN_MS,
      nodeOptions: [`--import=${probe}`, ...nodeOptions],
    });
    const stop = async () => {
      await operator.stop();
      rmSync(folder, { recursive: true, force: true });
    };
    return { ...operator, holds: () => holdsIn(file, operator), stop };
  }

  /** Lets the operator work on the first `count` links, with repeated checks; AWS has only their roles.
   *  @param work begins once they are in sync */
  async withFirstLinks<Result>(
    count: number,
    work: (operator: ProbedOperator) => Promise<Result>,
  ): Promise<Result> {
    const shape = { ...this.fleet.shape, driftCheckInterval: WARM_INTERVAL };
    await this.#renewAws(count);
    const admin = new AdminApi(this.controlPlane);
    const links = this.fleet.links.slice(0, count);
    await inParallel(links, async (link) => {
      await admin.call('POST', LINKS, { body: bodyOf(link, shape) });
    });
    const operator = await this.operator();
    try {
      const look = async () => {
        const items = (await admin.list(LINKS)).map((item) => JSON.stringify(Object(item).status));
        const inSync = items.filter((status) => status?.includes('"InSync"')).length;
        if (inSync < count) throw new Error(`${inSync} of ${count} are`);
      };
      await eventually('the first links to be in sync', look, { deadlineMs: 120_000, everyMs: 500 });
      return await work(operator);
    } finally {
      await operator.stop();
      await admin.close();
    }
  }

  /** Makes all links, each with the status that the operator gave to the first. */
  async makeAllLinks(say: (line: string) => void): Promise<void> {
    const first = firstOf(this.fleet);
    const template: Record<string, unknown> = Object(JSON.parse(await this.links.read(first.name)));
    const spec = { ...Object(template['spec']), driftCheckInterval: this.fleet.shape.driftCheckInterval };
    const like = likeness(JSON.stringify({ ...template, spec }), first);
    await this.#renewAws(this.fleet.links.length);
    await this.links.write(
      this.fleet.links,
      (link) => ({ name: link.name, json: like(link, randomUUID()) }),
      { told: progressOf(say, 'links are in etcd') },
    );
    await this.#setFloor(this.fleet.shape.driftCheckInterval);
  }

  /** Prepares for all links to be made, and removes the present ones. */
  async clear(): Promise<void> {
    await this.links.clear();
    await this.#renewAws(this.fleet.links.length, 'before');
    await this.#setFloor(this.fleet.shape.driftCheckInterval);
  }

  async #renewAws(links: number, made: 'inSync' | 'before' = 'inSync'): Promise<void> {
    await this.#aws?.stop();
    this.#aws = await startModelAws({ ...this.fleet.shape, links }, made);
  }

  async #setFloor(driftCheckInterval: string | undefined): Promise<void> {
    const admin = new AdminApi(this.controlPlane);
    for (const id of [...this.fleet.sources, ...this.fleet.targets])
      await admin.patch(`${ACCOUNTS}/account-${id}`, { spec: { driftCheckInterval } });
    await admin.close();
  }

  async stop(): Promise<void> {
    await this.#aws?.stop();
    await this.controlPlane.stop();
  }
}

interface OperatorRun {
  readonly program?: string;
  readonly flags?: readonly string[];
  readonly nodeOptions?: readonly string[];
}

/** Without types: if Node itself removed them, the measured process would be 18 MB larger. */
async function probeIn(folder: string): Promise<string> {
  const outfile = join(folder, 'probe.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('probe.ts', import.meta.url))],
    outfile,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  return outfile;
}

async function holdsIn(file: string, operator: OperatorProcess): Promise<readonly Hold[]> {
  rmSync(file, { force: true });
  operator.signal('SIGUSR2');
  const holds = await eventually(
    'the probe to answer',
    (): readonly Hold[] => Object(JSON.parse(readFileSync(file, 'utf8'))),
    { deadlineMs: 30_000, everyMs: 50 },
  );
  const startedAt = Date.parse(/"time":"([^"]+)"/.exec(readFileSync(operator.logFile, 'utf8'))?.[1] ?? '');
  return holds.filter(({ beganAt }) => beganAt > startedAt);
}

/** With the shortest interval, until `makeAllLinks` changes it. */
async function registerAccounts(controlPlane: ControlPlane, fleet: Fleet): Promise<void> {
  const admin = new AdminApi(controlPlane);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await admin.call('POST', '/api/v1/namespaces', { body });
  const warm = { ...fleet, shape: { ...fleet.shape, driftCheckInterval: WARM_INTERVAL } };
  const accounts: unknown = Object(JSON.parse(accountManifests([warm]))).items;
  if (!Array.isArray(accounts)) throw new Error('there are no accounts');
  for (const account of accounts) await admin.call('POST', ACCOUNTS, { body: account });
  await admin.close();
}

function bodyOf(link: FleetLink, shape: FleetShape): object {
  const { apiVersion, kind, spec } = Object(manifestOf(link, shape));
  return { apiVersion, kind, metadata: { name: link.name, namespace: NAMESPACE }, spec };
}
