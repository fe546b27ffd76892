/** What happens in a simulation, as data: it is drawn from a seed, can be made shorter, and can be kept in a file. */
import type { JsonObject } from '../../src/base/json.ts';
import { Random } from '../random.ts';
import { EXECUTION_ROLES, machineArn, MACHINES, NAMESPACES, targetRoleArn, TASKS } from './scenery.ts';

/** Something that people, tools, machines or the network do. */
export type Event =
  /** `kubectl apply`: made, or its spec replaced. `link` is `namespace/name`. */
  | { readonly do: 'apply'; readonly link: string; readonly spec: JsonObject }
  | { readonly do: 'delete'; readonly link: string }
  /** An administrator replaces the spec of an AWSAccount. */
  | { readonly do: 'rules'; readonly account: string; readonly spec: JsonObject }
  /** Asks for a reconcile now. */
  | { readonly do: 'request'; readonly link: string }
  /** A developer deploys a state machine with these Tasks; a careful one keeps the Credentials that are there. */
  | {
      readonly do: 'deploy';
      readonly machine: string;
      readonly tasks: readonly string[];
      readonly careful: boolean;
    }
  | { readonly do: 'swapExecutionRole'; readonly machine: string; readonly role: string }
  | { readonly do: 'removeMachine'; readonly machine: string }
  /** Somebody changes a role by hand. */
  | { readonly do: 'tamper'; readonly role: string; readonly how: Tampering }
  /** An execution role is deleted and made again: it has another RoleId then. */
  | { readonly do: 'remakeExecutionRole'; readonly role: string }
  /** Somebody makes a role where a link may want its own. */
  | { readonly do: 'squat'; readonly namespace: string; readonly name: string }
  /** A process dies at its so manieth call from now on, which is still sent or not; another starts after a while. */
  | {
      readonly do: 'crash';
      readonly replica: number;
      readonly calls: number;
      readonly sent: boolean;
      readonly downMs: number;
    }
  | { readonly do: 'freeze'; readonly replica: number; readonly forMs: number }
  | {
      readonly do: 'storm';
      readonly over: 'aws' | 'kubernetes';
      readonly probability: number;
      readonly forMs: number;
    }
  | { readonly do: 'cutWatches'; readonly replica: number; readonly expired: boolean }
  | { readonly do: 'lagWatches'; readonly replica: number; readonly byMs: number; readonly forMs: number }
  | { readonly do: 'lagIam'; readonly byMs: number; readonly forMs: number };

/** What is not drawn: legs turned to Observe, for what stands then depends on what was written before. */
export const TAMPERINGS = [
  'deleteRole',
  'dropPolicy',
  'alterPolicy',
  'foreignPolicy',
  'dropTrust',
  'foreignTrust',
  'untag',
  'foreignTag',
  'describe',
  'attach',
] as const;
export type Tampering = (typeof TAMPERINGS)[number];

/** An event, and for how long nothing happened before it. */
export type Step = Event & { readonly afterMs: number };

export interface History {
  /** Decides everything that the steps leave open: how long each call takes, in which order answers come. */
  readonly seed: number;
  readonly replicas: number;
  readonly steps: readonly Step[];
}

/** What may be among a history's events. */
export const KINDS = ['people', 'outsiders', 'crashes', 'storms', 'watches', 'iam', 'standby'] as const;
export type Kind = (typeof KINDS)[number];

const MOST_LINKS = 4;

/** Draws a history.
 *  @param kinds what may happen besides links that come, change and go */
export function drawHistory(seed: number, kinds: ReadonlySet<Kind>): History {
  const random = new Random(seed);
  const links = drawLinks(random);
  const replicas = kinds.has('standby') && random.chance(0.7) ? 2 : 1;
  const steps: Step[] = [...links.keys()].map((link, index) => ({
    afterMs: index === 0 ? 1_000 : drawPause(random),
    do: 'apply',
    link,
    spec: specOf(random, links.get(link)),
  }));
  const count = random.between(1, 8);
  for (let at = 0; at < count; at += 1)
    steps.push({ afterMs: drawPause(random), ...drawEvent(random, kinds, links, replicas) });
  // Some things come before all links do.
  if (random.chance(0.4)) {
    const last = steps.pop();
    if (last !== undefined) steps.splice(random.below(steps.length + 1), 0, last);
  }
  return { seed, replicas, steps };
}

/** What stays the same of a link. */
interface LinkSeat {
  readonly machine: string;
  readonly role: string;
  /** Left out: all of them. */
  readonly tasks?: readonly string[];
  /** A tag of its own: what two links set to different values is a conflict, told by whoever was there first. */
  readonly tag: string;
}

function drawLinks(random: Random): ReadonlyMap<string, LinkSeat> {
  const links = new Map<string, LinkSeat>();
  const count = random.between(1, MOST_LINKS);
  for (let at = 0; at < count; at += 1) {
    const namespace = random.chance(0.7) ? NAMESPACES[0] : NAMESPACES[1];
    const machine = random.pick(MACHINES);
    const role = targetRoleArn(namespace, random.chance(0.6) ? `shared-${namespace}` : `own-${at}`);
    const others = [...links.values()].filter(
      (other) => other.machine === machineArn(machine) && other.role !== role,
    );
    const taken = new Set(others.flatMap(({ tasks }) => tasks ?? TASKS));
    const free = TASKS.filter((task) => !taken.has(task));
    if (free.length === 0) continue;
    const all = others.length === 0 && random.chance(0.5);
    const tasks = all ? {} : { tasks: [random.pick(free)] };
    links.set(`${namespace}/link-${at}`, { machine: machineArn(machine), role, tag: `team-${at}`, ...tasks });
  }
  return links;
}

function specOf(random: Random, seat: LinkSeat | undefined): JsonObject {
  if (seat === undefined) return {};
  const extra = {
    description: random.chance(0.2) ? { description: 'ours' } : {},
    tags: random.chance(0.2) ? { tags: { [seat.tag]: random.pick(['red', 'blue']) } } : {},
    boundary: random.chance(0.1)
      ? { permissionsBoundaryARN: `arn:aws:iam::${seat.role.split(':')[4]}:policy/limit` }
      : {},
    statements: random.chance(0.2)
      ? {
          permissions: {
            statements: [
              { actions: ['sqs:ReceiveMessage'], resources: [`arn:aws:sqs:us-east-1:222222222222:more`] },
            ],
          },
        }
      : {},
  };
  const { description, tags, boundary, statements } = extra;
  return {
    stateMachineARN: seat.machine,
    targetRole: { arn: seat.role, ...description, ...tags, ...boundary, ...statements },
    ...(seat.tasks !== undefined && { stateMachineCredentials: { tasks: seat.tasks } }),
    ...(random.chance(0.08) && { suspend: true }),
  };
}

/** Seconds mostly: long enough for a few calls, too short for all of them; sometimes until all is done. */
function drawPause(random: Random): number {
  const draw = random.next();
  if (draw < 0.35) return random.between(1, 600);
  return draw < 0.7 ? random.between(600, 12_000) : random.between(12_000, 90_000);
}

function drawEvent(
  random: Random,
  kinds: ReadonlySet<Kind>,
  links: ReadonlyMap<string, LinkSeat>,
  replicas: number,
): Event {
  const names = [...links.keys()];
  const events: (readonly [Kind | undefined, number, () => Event])[] = [
    [undefined, 3, () => applyAgain(random, links)],
    [undefined, 4, () => ({ do: 'delete', link: random.pick(names) })],
    [undefined, 1, () => ({ do: 'request', link: random.pick(names) })],
    ['people', 2, () => drawDeploy(random)],
    [
      'people',
      1,
      () => ({ do: 'swapExecutionRole', machine: random.pick(MACHINES), role: random.pick(EXECUTION_ROLES) }),
    ],
    ['people', 0.7, () => ({ do: 'removeMachine', machine: random.pick(MACHINES) })],
    [
      'outsiders',
      4,
      () => ({ do: 'tamper', role: random.pick(rolesOf(links)), how: random.pick(TAMPERINGS) }),
    ],
    ['outsiders', 0.7, () => ({ do: 'remakeExecutionRole', role: random.pick(EXECUTION_ROLES) })],
    ['outsiders', 0.7, () => drawSquat(random)],
    ['crashes', 6, () => drawCrash(random, replicas)],
    ['storms', 2, () => drawStorm(random)],
    [
      'watches',
      1.5,
      () => ({ do: 'cutWatches', replica: random.below(replicas), expired: random.chance(0.5) }),
    ],
    ['watches', 1.5, () => drawLag(random, replicas)],
    [
      'iam',
      1.5,
      () => ({ do: 'lagIam', byMs: random.between(500, 20_000), forMs: random.between(10_000, 600_000) }),
    ],
    [
      'standby',
      2,
      () => ({ do: 'freeze', replica: random.below(replicas), forMs: random.between(500, 60_000) }),
    ],
  ];
  const open = events.filter(([kind]) => kind === undefined || kinds.has(kind));
  let draw = random.next() * open.reduce((sum, [, weight]) => sum + weight, 0);
  const chosen = open.find(([, weight]) => (draw -= weight) < 0) ?? open[0];
  if (chosen === undefined) throw new Error('nothing may happen');
  return chosen[2]();
}

function applyAgain(random: Random, links: ReadonlyMap<string, LinkSeat>): Event {
  const link = random.pick([...links.keys()]);
  return { do: 'apply', link, spec: specOf(random, links.get(link)) };
}

function drawSquat(random: Random): Event {
  const namespace = random.pick(NAMESPACES);
  return { do: 'squat', namespace, name: `shared-${namespace}` };
}

function drawDeploy(random: Random): Event {
  const tasks = random.chance(0.5) ? TASKS : TASKS.filter(() => random.chance(0.7));
  return { do: 'deploy', machine: random.pick(MACHINES), tasks, careful: random.chance(0.5) };
}

function drawCrash(random: Random, replicas: number): Event {
  return {
    do: 'crash',
    replica: random.below(replicas),
    calls: random.between(1, 40),
    sent: random.chance(0.5),
    downMs: random.chance(0.7) ? random.between(500, 5_000) : random.between(5_000, 300_000),
  };
}

function drawStorm(random: Random): Event {
  return {
    do: 'storm',
    over: random.chance(0.6) ? 'aws' : 'kubernetes',
    probability: random.pick([0.02, 0.1, 0.4]),
    forMs: random.between(5_000, 300_000),
  };
}

function drawLag(random: Random, replicas: number): Event {
  return {
    do: 'lagWatches',
    replica: random.below(replicas),
    byMs: random.between(500, 120_000),
    forMs: random.between(10_000, 300_000),
  };
}

/** Names of all roles that are touched. */
function rolesOf(links: ReadonlyMap<string, LinkSeat>): readonly string[] {
  const execution = EXECUTION_ROLES.map((name) => `arn:aws:iam::111111111111:role/${name}`);
  return [...new Set([...[...links.values()].map(({ role }) => role), ...execution])];
}
