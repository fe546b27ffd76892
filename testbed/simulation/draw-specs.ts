/** Draws links, and the specs that they get one after the other. */
import { splitArn } from '../../src/arn/parts.ts';
import type { JsonObject } from '../../src/base/json.ts';
import type { Random } from '../random.ts';
import { LINK_VARIANTS, withVariant, type Variant } from './edits.ts';
import type { Kind } from './history.ts';
import { machineArn, MACHINES, NAMESPACES, targetRoleArn, TASKS } from './scenery.ts';

/** The parts of a link that never change. */
export interface LinkSeat {
  readonly machine: string;
  readonly role: string;
  /** Left out: all Tasks. */
  readonly tasks?: readonly string[];
  /** A tag that only this link sets, unless two links may set one tag to different values. */
  readonly tag: string;
}

const MOST_LINKS = 4;
const LEGS = ['targetRole', 'executionRoleGrant', 'stateMachineCredentials'] as const;

export function drawLinks(random: Random, kinds: ReadonlySet<Kind>): ReadonlyMap<string, LinkSeat> {
  const links = new Map<string, LinkSeat>();
  const count = random.between(1, MOST_LINKS);
  for (let at = 0; at < count; at += 1) {
    const namespace = random.chance(0.7) ? NAMESPACES[0] : NAMESPACES[1];
    const home = kinds.has('namespaces') && random.chance(0.5) ? NAMESPACES[0] : namespace;
    const machine = random.pick(MACHINES);
    const role = targetRoleArn(home, random.chance(0.6) ? `shared-${home}` : `own-${at}`);
    const others = [...links.values()].filter(
      (other) => other.machine === machineArn(machine) && other.role !== role,
    );
    const taken = new Set(kinds.has('conflicts') ? [] : others.flatMap(({ tasks }) => tasks ?? TASKS));
    const free = TASKS.filter((task) => !taken.has(task));
    if (free.length === 0) continue;
    const all = (others.length === 0 || kinds.has('conflicts')) && random.chance(0.5);
    const tasks = all ? {} : { tasks: [random.pick(free)] };
    const tag = kinds.has('conflicts') ? 'team' : `team-${at}`;
    links.set(`${namespace}/link-${at}`, { machine: machineArn(machine), role, tag, ...tasks });
  }
  return links;
}

export function specOf(random: Random, kinds: ReadonlySet<Kind>, seat: LinkSeat | undefined): JsonObject {
  if (seat === undefined) return {};
  const variants = drawVariants(random, kinds);
  return variants.reduce(withVariant, {
    stateMachineARN: seat.machine,
    targetRole: { arn: seat.role, ...drawRole(random, kinds, seat) },
    ...(seat.tasks !== undefined && { stateMachineCredentials: { tasks: seat.tasks } }),
    ...(random.chance(0.08) && { suspend: true }),
    ...(kinds.has('retain') && random.chance(0.3) && { deletionPolicy: 'Retain' }),
    ...(kinds.has('observe') && random.chance(0.2) && { managementPolicy: 'Observe' }),
  });
}

const MORE = { actions: ['sqs:ReceiveMessage'], resources: ['arn:aws:sqs:us-east-1:222222222222:more'] };

function drawRole(random: Random, kinds: ReadonlySet<Kind>, { role, tag }: LinkSeat): JsonObject {
  const descriptions = kinds.has('conflicts') ? ['ours', 'mine'] : ['ours'];
  const boundary = `arn:aws:iam::${splitArn(role).accountId}:policy/limit`;
  return {
    ...(random.chance(0.2) && { description: random.pick(descriptions) }),
    ...(random.chance(0.2) && { tags: { [tag]: random.pick(['red', 'blue']) } }),
    ...(random.chance(0.1) && { permissionsBoundaryARN: boundary }),
    ...(random.chance(0.2) && { permissions: { statements: [MORE] } }),
    ...(kinds.has('adoption') && drawAdoption(random)),
  };
}

function drawAdoption(random: Random): JsonObject {
  const draw = random.next();
  if (draw < 0.3) return {};
  if (draw < 0.5) return { unmanaged: 'Preserve' };
  return { adoptionPolicy: 'Adopt', unmanaged: random.pick(['Remove', 'Preserve']) };
}

function drawVariants(random: Random, kinds: ReadonlySet<Kind>): readonly Variant[] {
  const variants: Variant[] = [];
  if (kinds.has('observe') && random.chance(0.3))
    variants.push({ path: `${random.pick(LEGS)}.managementPolicy`, value: 'Observe' });
  if (!kinds.has('fields')) return variants;
  const open = Object.values(LINK_VARIANTS)
    .flat()
    .filter(({ path, keepsWhatStands }) => keepsWhatStands !== true && isFree(path, kinds));
  for (let left = random.below(3); left > 0; left -= 1) variants.push(random.pick(open));
  return variants;
}

/** Whether this path may be drawn: neither the link's seat nor another kind of history decides it. */
function isFree(path: string, kinds: ReadonlySet<Kind>): boolean {
  if (path === 'targetRole') return false;
  if (path === 'targetRole.unmanaged') return kinds.has('adoption');
  if (path === 'deletionPolicy') return kinds.has('retain');
  return kinds.has('conflicts') || !['targetRole.tags', 'targetRole.description', TASKS_PATH].includes(path);
}
const TASKS_PATH = 'stateMachineCredentials.tasks';
