/** Draws what happens after the links have come. */
import type { Random } from '../random.ts';
import type { Cast } from './draw.ts';
import { specOf } from './draw-specs.ts';
import { ACCOUNT_VARIANTS, withVariant } from './edits.ts';
import { OUTAGES, RARE_TAMPERINGS, TAMPERINGS, type Event, type Kind } from './history.ts';
import {
  accountSpec,
  DEVELOPERS_ROLE,
  EXECUTION_ROLES,
  MACHINES,
  NAMESPACES,
  SOURCE,
  TARGET,
  TASKS,
} from './scenery.ts';

/** Mostly seconds: long enough for a few calls, too short for all of them. Sometimes long enough until all is done. */
export function drawPause(random: Random): number {
  const draw = random.next();
  if (draw < 0.35) return random.between(1, 600);
  return draw < 0.7 ? random.between(600, 12_000) : random.between(12_000, 90_000);
}

export function drawEvent(cast: Cast): Event {
  const { random, kinds } = cast;
  const open = EVENTS.filter(([kind]) => kind === undefined || kinds.has(kind));
  let draw = random.next() * open.reduce((sum, [, weight]) => sum + weight, 0);
  const chosen = open.find(([, weight]) => (draw -= weight) < 0) ?? open[0];
  if (chosen === undefined) throw new Error('nothing may happen');
  return chosen[2](cast);
}

const linkIn = ({ random, links }: Cast) => random.pick([...links.keys()]);
const replicaIn = ({ random, replicas }: Cast) => random.below(replicas);

/** The events, each with its weight against the others that are possible. */
const EVENTS: readonly (readonly [Kind | undefined, number, (cast: Cast) => Event])[] = [
  [undefined, 3, applyAgain],
  [undefined, 4, (cast) => ({ do: 'delete', link: linkIn(cast) })],
  [undefined, 1, (cast) => ({ do: 'request', link: linkIn(cast) })],
  ['people', 2, drawDeploy],
  [
    'people',
    1,
    ({ random }) => ({
      do: 'swapExecutionRole',
      machine: random.pick(MACHINES),
      role: random.pick(EXECUTION_ROLES),
    }),
  ],
  ['people', 0.7, ({ random }) => ({ do: 'removeMachine', machine: random.pick(MACHINES) })],
  [
    'outsiders',
    4,
    (cast) => ({ do: 'tamper', role: cast.random.pick(rolesOf(cast)), how: cast.random.pick(TAMPERINGS) }),
  ],
  ['outsiders', 0.7, ({ random }) => ({ do: 'remakeExecutionRole', role: random.pick(EXECUTION_ROLES) })],
  ['outsiders', 0.7, (cast) => ({ do: 'remakeRole', role: cast.random.pick(targetRolesOf(cast)) })],
  ['outsiders', 0.7, drawSquat],
  ['crashes', 6, drawCrash],
  ['storms', 2, drawStorm],
  [
    'watches',
    1.5,
    (cast) => ({ do: 'cutWatches', replica: replicaIn(cast), expired: cast.random.chance(0.5) }),
  ],
  [
    'watches',
    1.5,
    (cast) => ({ do: 'cutLists', replica: replicaIn(cast), expired: cast.random.chance(0.5) }),
  ],
  ['watches', 1.5, drawLag],
  [
    'skew',
    3,
    (cast) => ({
      do: 'skewClock',
      replica: replicaIn(cast),
      byMs: cast.random.pick([-3_600_000, -30_000, 5_000, 30_000, 3_600_000]),
    }),
  ],
  [
    'iam',
    1.5,
    ({ random }) => ({
      do: 'lagIam',
      byMs: random.between(500, 20_000),
      forMs: random.between(10_000, 600_000),
    }),
  ],
  [
    'standby',
    2,
    (cast) => ({ do: 'freeze', replica: replicaIn(cast), forMs: cast.random.between(500, 60_000) }),
  ],
  ['retain', 1, (cast) => ({ do: 'abandon', link: linkIn(cast) })],
  ['observe', 3, applyAgain],
  ['conflicts', 2, applyAgain],
  ['fields', 2, applyAgain],
  ['adoption', 3, drawSquat],
  ['adoption', 2, applyAgain],
  ['rules', 4, drawRules],
  ['rules', 0.7, ({ random }) => ({ do: 'removeAccount', account: random.pick(['home', 'away']) })],
  ['rules', 0.7, drawTwin],
  [
    'executions',
    3,
    ({ random }) => ({
      do: 'execute',
      machine: random.pick(MACHINES),
      forMs: random.between(1_000, 400_000),
      ...(random.chance(0.3) && { alias: 'live' }),
    }),
  ],
  ['executions', 2, ({ random }) => ({ do: 'alias', machine: random.pick(MACHINES), alias: 'live' })],
  ['executions', 0.7, ({ random }) => ({ do: 'removeAlias', machine: random.pick(MACHINES), alias: 'live' })],
  ['executions', 2, drawDeploy],
  ['hold', 3, drawDeploy],
  ['restores', 3, drawRestore],
  ['outages', 5, drawOutage],
  ['tenancy', 2, ({ random }) => ({ do: 'deleteNamespace', namespace: random.pick(NAMESPACES) })],
  [
    'tenancy',
    4,
    ({ random }) => ({ do: 'label', namespace: random.pick(NAMESPACES), tenant: random.pick(NAMESPACES) }),
  ],
  ['tenancy', 2, ({ random }) => ({ do: 'removeAccount', account: random.pick(['home', 'away']) })],
  ['tenancy', 2, drawAccountAgain],
  ['remakes', 3, ({ random }) => ({ do: 'remakeMachine', machine: random.pick(MACHINES), tasks: TASKS })],
  [
    'hosts',
    4,
    (cast) => ({
      do: 'suspendHost',
      replica: replicaIn(cast),
      forMs: cast.random.between(1_000, 7_200_000),
    }),
  ],
  ['hosts', 2, () => ({ do: 'dropLease' })],
  ['tools', 5, drawTool],
  ['hands', 3, drawAnotherRole],
  ['hands', 3, (cast) => ({ do: 'delete', link: linkIn(cast) })],
  [
    'hands',
    4,
    (cast) => ({
      do: 'empty',
      link: linkIn(cast),
      what: cast.random.pick(['finalizers', 'annotations', 'status'] as const),
    }),
  ],
  ['races', 6, drawRace],
  ['aims', 8, drawAimed],
  ['credentials', 5, drawCredentials],
  ['backups', 5, drawPutBack],
  ['backups', 3, (cast) => ({ do: 'delete', link: linkIn(cast) })],
  ['events', 3, drawDeploy],
  [
    'events',
    3,
    (cast) => ({ do: 'tamper', role: cast.random.pick(rolesOf(cast)), how: cast.random.pick(TAMPERINGS) }),
  ],
  ['races', 3, applyAgain],
  ['races', 3, (cast) => ({ do: 'delete', link: linkIn(cast) })],
  [
    'sweeps',
    8,
    (cast) => ({
      do: 'tamper',
      role: cast.random.pick(rolesOf(cast)),
      how: cast.random.pick(RARE_TAMPERINGS),
    }),
  ],
];

function applyAgain(cast: Cast): Event {
  const { random, kinds, links } = cast;
  const link = linkIn(cast);
  return { do: 'apply', link, spec: specOf(random, kinds, links.get(link)) };
}

/** A link that was deleted is made again under its name, with another role. */
function drawAnotherRole({ random, kinds, links }: Cast): Event {
  const [link = '', seat] = random.pick([...links]);
  const role = seat && random.pick([seat.role, `${seat.role}-2`]);
  return { do: 'apply', link, spec: specOf(random, kinds, seat && role ? { ...seat, role } : undefined) };
}

/** A link is deleted while it gets its finalizer: at once, or when it is made the next time. */
function drawRace(cast: Cast): Event {
  const link = linkIn(cast);
  const lateByMs = cast.random.pick([1, cast.random.between(1, 50), cast.random.between(50, 5_000)]);
  const [namespace = ''] = link.split('/');
  const isAll = cast.kinds.has('tenancy') && cast.random.chance(0.5);
  const event: Event = isAll
    ? { do: 'deleteNamespace', namespace, lateByMs }
    : { do: 'delete', link, lateByMs };
  return { do: 'ambush', at: `patch crossaccountlinks ${link}`, event };
}

/** Calls of the operator that others may come before. */
const AIMED_AT = [
  'GetRole ',
  'DescribeStateMachine',
  'CreateRole',
  'PutRolePolicy',
  'UpdateAssumeRolePolicy',
  'UpdateStateMachine',
  'DeleteRolePolicy',
  'DeleteRole ',
  'get crossaccountlinks',
  'list crossaccountlinks',
  'patch crossaccountlinks',
  'status crossaccountlinks',
] as const;

/** Somebody is quicker than the operator, once: with anything, and often by letting go of a link or holding it. */
function drawAimed(cast: Cast): Event {
  const { random, kinds, links } = cast;
  const link = linkIn(cast);
  const at = random.pick(AIMED_AT);
  const draw = random.next();
  const spec = { ...specOf(random, kinds, links.get(link)), suspend: draw < 0.3 };
  if (draw < 0.45) return { do: 'ambush', at, event: { do: 'apply', link, spec } };
  const others = new Set([...kinds].filter((kind) => kind !== 'aims'));
  const event: Event = draw < 0.6 ? { do: 'delete', link } : drawEvent({ ...cast, kinds: others });
  return event.do === 'ambush' ? event : { do: 'ambush', at, event };
}

function drawCredentials({ random }: Cast): Event {
  return {
    do: 'credentials',
    machine: random.pick(MACHINES),
    task: random.pick(TASKS),
    ...(random.chance(0.6) && { roleArn: DEVELOPERS_ROLE }),
  };
}

function drawPutBack(cast: Cast): Event {
  const { random } = cast;
  const backMs = random.between(100, 200_000);
  return { do: 'putBack', link: linkIn(cast), backMs, status: random.chance(0.5) };
}

function drawSquat({ random }: Cast): Event {
  const namespace = random.pick(NAMESPACES);
  return { do: 'squat', namespace, name: `shared-${namespace}` };
}

function drawDeploy({ random }: Cast): Event {
  const tasks = random.chance(0.5) ? TASKS : TASKS.filter(() => random.chance(0.7));
  return { do: 'deploy', machine: random.pick(MACHINES), tasks, careful: random.chance(0.5) };
}

/** Anything from a pipeline that is stuck in a loop to one that runs every few minutes. */
function drawTool(cast: Cast): Event {
  const { random } = cast;
  const how = random.pick(['dropTrust', 'foreignTrust', 'untag', 'foreignTag', 'dropPolicy'] as const);
  const event: Event = random.chance(0.6)
    ? drawDeploy(cast)
    : { do: 'tamper', role: random.pick(targetRolesOf(cast)), how };
  const everyMs = random.pick([random.between(200, 5_000), random.between(5_000, 60_000), 300_000]);
  return { do: 'repeat', event, times: random.between(2, 20), everyMs };
}

const ACCOUNT_IDS = { home: SOURCE, away: TARGET };
const ALL_ACCOUNT_VARIANTS = Object.values(ACCOUNT_VARIANTS).flat();

/** Changes one or two fields of an AWSAccount. All others are as in the beginning. */
function drawRules({ random }: Cast): Event {
  const account = random.pick(['home', 'away'] as const);
  const variants = [random.pick(ALL_ACCOUNT_VARIANTS), random.pick(ALL_ACCOUNT_VARIANTS)];
  // If the list of entries is replaced as a whole, there is no entry left to change a field of.
  const isWhole = variants.some(({ path }) => path === 'access');
  const drawn = variants.slice(isWhole ? 1 : random.below(3));
  return { do: 'rules', account, spec: drawn.reduce(withVariant, accountSpec(ACCOUNT_IDS[account])) };
}

/** Another AWSAccount of an account ID that is already registered. */
function drawTwin({ random }: Cast): Event {
  const account = random.pick(['home', 'away'] as const);
  return { do: 'addAccount', account: `${account}-again`, spec: accountSpec(ACCOUNT_IDS[account]) };
}

/** An AWSAccount under its former name, with other rules. */
function drawAccountAgain({ random }: Cast): Event {
  const account = random.pick(['home', 'away'] as const);
  const spec = withVariant(accountSpec(ACCOUNT_IDS[account]), random.pick(ALL_ACCOUNT_VARIANTS));
  return { do: 'addAccount', account, spec };
}

function drawOutage({ random }: Cast): Event {
  return {
    do: 'outage',
    accountId: random.pick([SOURCE, TARGET]),
    how: random.pick(OUTAGES),
    forMs: random.chance(0.5) ? random.between(1_000, 60_000) : random.between(60_000, 3_600_000),
  };
}

function drawCrash({ random, replicas }: Cast): Event {
  return {
    do: 'crash',
    replica: random.below(replicas),
    calls: random.between(1, 40),
    sent: random.chance(0.5),
    downMs: random.chance(0.7) ? random.between(500, 5_000) : random.between(5_000, 300_000),
  };
}

function drawStorm({ random }: Cast): Event {
  return {
    do: 'storm',
    over: random.chance(0.6) ? 'aws' : 'kubernetes',
    probability: random.pick([0.02, 0.1, 0.4]),
    forMs: random.between(5_000, 300_000),
  };
}

function drawLag(cast: Cast): Event {
  const { random } = cast;
  return {
    do: 'lagWatches',
    replica: replicaIn(cast),
    byMs: random.between(500, 120_000),
    forMs: random.between(10_000, 300_000),
  };
}

function drawRestore({ random }: Cast): Event {
  return { do: 'restore', backMs: random.between(1_000, 200_000), bumped: random.chance(0.5) };
}

/** The ARNs of all roles that a history may touch. */
function rolesOf(cast: Cast): readonly string[] {
  const execution = EXECUTION_ROLES.map((name) => `arn:aws:iam::${SOURCE}:role/${name}`);
  return [...targetRolesOf(cast), ...execution];
}

function targetRolesOf({ links }: Cast): readonly string[] {
  return [...new Set([...links.values()].map(({ role }) => role))];
}
