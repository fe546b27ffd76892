/**
 * Thousands of links that are made, edited and deleted all at once: how many calls to AWS and to the API server that takes, and
 * what it costs the operator. AWS is a model that sets no pace (bench/scale): the operator is measured at its own.
 */
import { randomUUID } from 'node:crypto';
import { eventually } from '../../testbed/eventually.ts';
import { firstOf, manifestOf, type FleetLink } from '../fleet.ts';
import { cpuSeconds } from '../machine.ts';
import { rssMB } from '../process-memory.ts';
import { ApiServerMetrics, since } from '../scale/api-server.ts';
import { likeness } from '../scale/like-first.ts';
import { asDeleted, asMade, withDescription, type LinkJson } from '../scale/link-json.ts';
import { ScaleStand, type ProbedOperator } from '../scale/stand.ts';
import type { Figures, Part } from './part.ts';

const LINKS = 5_000;
/** More than the operator can use. */
const PACE = { burst: 1_000, perSecond: 1_000 };
const RATES = Object.fromEntries(
  [
    'iam',
    'states:DescribeStateMachine',
    'states:UpdateStateMachine',
    'states:ListStateMachineAliases',
    'states:ListExecutions',
  ].map((quota) => [quota, PACE]),
);
/** Long enough that no routine check comes in between. */
const INTERVAL = '24h';
const DEADLINE_MS = 1_800_000;
const QUIET_MS = 3_000;

export const crowd: Part = async ({ scaleLinks = LINKS, program }, say) => {
  const stand = await ScaleStand.start(scaleLinks, program, { rates: RATES, driftCheckInterval: INTERVAL });
  try {
    await stand.clear();
    const operator = await stand.operator();
    try {
      return await new Crowd(stand, operator, say).measure();
    } finally {
      await operator.stop();
    }
  } finally {
    await stand.stop();
  }
};

class Crowd {
  readonly #stand: ScaleStand;
  readonly #operator: ProbedOperator;
  readonly #server: ApiServerMetrics;
  readonly #say: (line: string) => void;
  readonly #uids: ReadonlyMap<string, string>;

  constructor(stand: ScaleStand, operator: ProbedOperator, say: (line: string) => void) {
    this.#stand = stand;
    this.#operator = operator;
    this.#server = new ApiServerMetrics(stand.controlPlane);
    this.#say = say;
    this.#uids = new Map(stand.fleet.links.map(({ name }) => [name, randomUUID()]));
  }

  async measure(): Promise<Record<string, Figures>> {
    const { shape } = this.#stand.fleet;
    const crowdMake = await this.#phase('make', async () => {
      await this.#write((link) => JSON.stringify(asMade(manifestOf(link, shape), this.#uidOf(link))));
      await this.#untilCalls('UpdateStateMachine');
    });
    const crowdEdit = await this.#phase('edit', async () => {
      await this.#writeLikeFirst((first) => withDescription(first, 'new'));
      await this.#untilCalls('UpdateRoleDescription');
    });
    const crowdDelete = await this.#phase('delete', async () => {
      await this.#writeLikeFirst((first) => asDeleted(first, new Date()));
      await this.#untilGone();
    });
    await this.#server.close();
    return { crowdMake, crowdEdit, crowdDelete };
  }

  async #phase(name: string, work: () => Promise<void>): Promise<Figures> {
    const { aws, fleet } = this.#stand;
    const { pid } = this.#operator;
    const count = fleet.links.length;
    await this.#untilQuiet();
    await aws.clear();
    await this.#operator.holds();
    const before = await this.#server.counts();
    const cpuBefore = cpuSeconds(pid);
    const began = Date.now();
    await work();
    const seconds = (Date.now() - began) / 1000;
    await this.#untilQuiet();
    const cpu = cpuSeconds(pid) - cpuBefore;
    const holds = await this.#operator.holds();
    const after = await this.#server.counts();
    const { calls } = await aws.counts();
    const requests = since(before.requests, after.requests);
    const each = (counts: Iterable<readonly [string, number]>) =>
      [...counts].map(([key, value]) => `${key} ${(value / count).toFixed(3)}`).join(', ');
    this.#say(`${name}, for each link: ${each(Object.entries(calls))}; ${each(requests)}`);
    const figures = {
      seconds,
      cpuMsALink: (cpu * 1000) / count,
      apiServerCpuMsALink: ((after.cpuSeconds - before.cpuSeconds) * 1000) / count,
      callsALink: sum(Object.values(calls)) / count,
      requestsALink: sum(requests.values()) / count,
      listsALink: (requests.get('LIST') ?? 0) / count,
      longestHoldMs: Math.max(0, ...holds.map(({ ms }) => ms)),
      rssMB: await rssMB(pid),
    };
    this.#say(`${name}: ${JSON.stringify(figures)}`);
    return figures;
  }

  /** One by one, as users do: a watcher hears of each. */
  #write(jsonOf: (link: FleetLink) => string): Promise<void> {
    const { fleet, links } = this.#stand;
    const objectOf = (link: FleetLink) => ({ name: link.name, json: jsonOf(link) });
    return links.write(fleet.links, objectOf, { atOnce: 1 });
  }

  /** Writes all links like the first, changed. */
  async #writeLikeFirst(change: (first: LinkJson) => object): Promise<void> {
    const first = firstOf(this.#stand.fleet);
    const template: LinkJson = Object(JSON.parse(await this.#stand.links.read(first.name)));
    const like = likeness(JSON.stringify(change(template)), first);
    await this.#write((link) => like(link, this.#uidOf(link)));
  }

  #uidOf({ name }: FleetLink): string {
    return this.#uids.get(name) ?? '';
  }

  async #untilCalls(operation: string): Promise<void> {
    const { aws, fleet } = this.#stand;
    const look = async () => {
      const made = (await aws.counts()).calls[operation] ?? 0;
      if (made < fleet.links.length) throw new Error(`${made} were made`);
    };
    await until(`${fleet.links.length} calls of ${operation}`, look);
  }

  async #untilGone(): Promise<void> {
    const look = async () => {
      const left = await this.#stand.links.count();
      if (left > 0) throw new Error(`${left} are left`);
    };
    await until('links to be gone', look);
  }

  /** Waits until neither server has been called for a while. */
  async #untilQuiet(): Promise<void> {
    let before = '';
    let quietSince = Date.now();
    const look = async () => {
      const { lastCallAt } = await this.#stand.aws.counts();
      const { requests } = await this.#server.counts();
      const now = JSON.stringify([lastCallAt, [...requests]]);
      if (now !== before) quietSince = Date.now();
      before = now;
      if (Date.now() - quietSince < QUIET_MS) throw new Error('it did something just now');
    };
    await until('the operator to be quiet', look);
  }
}

function sum(counts: Iterable<number>): number {
  return [...counts].reduce((total, one) => total + one, 0);
}

function until(what: string, look: () => Promise<void>): Promise<void> {
  return eventually(what, look, { deadlineMs: DEADLINE_MS, everyMs: 1_000 });
}
