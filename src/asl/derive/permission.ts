/** One permission of a Task with its resources looked up: what the policy can say, and what it cannot. */
import { principalNames } from '../../arn/partitions.ts';
import { splitArn } from '../../arn/parts.ts';
import type { Conditions } from '../../policy/document.ts';
import { compareText } from '../../base/compare-text.ts';
import { allowedFor } from './allowed.ts';
import { join } from '../integrations/reading.ts';
import { resolve } from '../integrations/resources.ts';
import type { Call, Place, Reading, ResourceArn, UndeterminedParameter } from '../integrations/reading.ts';
import type { Permission } from '../integrations/row.ts';
import type { Need } from './statements.ts';

/** Actions that the policy does not allow, or not everywhere, and why. */
export type Gap = UnknownGap | FilledGap | ElsewhereGap;

interface UnknownGap {
  readonly kind: 'unknown';
  readonly actions: readonly string[];
  readonly unknown: UndeterminedParameter;
  /** Forms of ARN that a hint may have to fill the gap. */
  readonly types: readonly string[];
}

/** Filled from what the account's rules allow. */
interface FilledGap {
  readonly kind: 'filled';
  readonly actions: readonly string[];
  readonly unknown: UndeterminedParameter;
  readonly resources: readonly string[];
}

interface ElsewhereGap {
  readonly kind: 'elsewhere';
  readonly actions: readonly string[];
  /** It lies in another account, Region or partition than the target. */
  readonly arn: string;
}

interface LookedUp {
  readonly needs: readonly Need[];
  readonly gaps: readonly Gap[];
}

/** Looks up a permission's resources and the values of its conditions. */
export function lookUp(permission: Permission, call: Call): LookedUp {
  const { actions } = permission;
  const limits = Object.entries(permission.limits ?? {}).map(([key, resource]) => ({
    key,
    resource,
    reading: resolve(resource, call),
  }));
  const places = permission.resources.map((resource) => ({ resource, reading: resolve(resource, call) }));
  const { arns } = join(places.map(({ reading }) => reading));
  const resources = arns.filter((found) => !isElsewhere(found, call.place)).map(({ text }) => text);
  const conditions = withLimits(namedIn(call.place, permission.conditions), limits);
  const usable = limits.every(({ reading }) => reading.arns.length > 0);
  const filled = places.flatMap(({ resource, reading }) =>
    reading.unknown.map((unknown) => {
      const types = unknown.types ?? resource.types;
      return { unknown, types, fillings: usable ? fillings(permission, types, call) : [] };
    }),
  );
  const withConditions = conditions && { conditions };
  return {
    needs: [
      ...(usable && resources.length > 0 ? [{ actions, resources, ...withConditions }] : []),
      ...filled.flatMap(({ fillings: found }) => found.map((need) => ({ ...need, ...withConditions }))),
    ],
    gaps: [
      ...arns
        .filter((found) => isElsewhere(found, call.place))
        .map(({ text }): Gap => ({ kind: 'elsewhere', arn: text, actions })),
      ...filled.flatMap(({ unknown, types, fillings: found }) => gapsAfter(actions, unknown, types, found)),
      ...limits.flatMap(({ resource: { types }, reading }) =>
        reading.unknown.map((unknown): Gap => ({
          kind: 'unknown',
          unknown,
          types: unknown.types ?? types,
          actions,
        })),
      ),
    ],
  };
}

/** Services have names of their own in some partitions. */
function namedIn({ partition }: Place, conditions: Conditions | undefined): Conditions | undefined {
  const { 'iam:PassedToService': services, ...others } = conditions?.['StringEquals'] ?? {};
  if (services === undefined) return conditions;
  const names = services.flatMap((service) => principalNames(service, partition));
  return { ...conditions, StringEquals: { ...others, 'iam:PassedToService': names } };
}

/** What the account's rules allow of each action that misses its resource; nothing where the link asks instead. */
function fillings({ actions, conditions }: Permission, types: readonly string[], call: Call): Need[] {
  const { allowed, place } = call;
  if (allowed === undefined) return [];
  const services = conditions?.['StringEquals']?.['iam:PassedToService'] ?? [];
  return actions
    .map((action) => ({
      actions: [action],
      resources: allowedFor({ action, types, services }, allowed, place),
    }))
    .filter(({ resources }) => resources.length > 0);
}

/** The actions that could be filled, and those for which the rules allow nothing that fits. */
function gapsAfter(
  actions: readonly string[],
  unknown: UndeterminedParameter,
  types: readonly string[],
  found: readonly Need[],
): Gap[] {
  const filled = new Set(found.flatMap((need) => need.actions));
  const rest = actions.filter((action) => !filled.has(action));
  const resources = [...new Set(found.flatMap((need) => need.resources))];
  return [
    ...(filled.size > 0 ? [{ kind: 'filled' as const, actions: [...filled], unknown, resources }] : []),
    ...(rest.length > 0 ? [{ kind: 'unknown' as const, actions: rest, unknown, types }] : []),
  ];
}

/** One gap for each reason, with all the actions it concerns: the reader has one decision to make. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged = new Map<string, Gap>();
  for (const gap of gaps) {
    const key =
      gap.kind === 'elsewhere' ? gap.arn : `${gap.kind} ${gap.unknown.parameter} ${gap.unknown.why}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? gap : mergeTwo(before, gap));
  }
  return [...merged.values()];
}

function mergeTwo(before: Gap, gap: Gap): Gap {
  const actions = [...new Set([...before.actions, ...gap.actions])].sort(compareText);
  if (before.kind === 'filled' && gap.kind === 'filled') {
    return { ...before, actions, resources: [...new Set([...before.resources, ...gap.resources])].sort() };
  }
  if (before.kind !== 'unknown' || gap.kind !== 'unknown') return { ...before, actions };
  return { ...before, actions, types: [...new Set([...before.types, ...gap.types])] };
}

/** In another account, in another partition, or outside of the machine's Region, which few calls can leave. */
function isElsewhere({ text, accountId, inAnyRegion = false }: ResourceArn, place: Place): boolean {
  if (text === '*') return false;
  const { partition, region } = splitArn(text);
  return (
    (accountId !== undefined && accountId !== place.accountId) ||
    partition !== place.partition ||
    (region !== '' && region !== '*' && region !== place.region && !inAnyRegion)
  );
}

/** A condition for each limit; a hint with wildcards in it has to be compared as a pattern. */
function withLimits(
  conditions: Conditions | undefined,
  limits: readonly { readonly key: string; readonly reading: Reading }[],
): Conditions | undefined {
  if (limits.length === 0) return conditions;
  const values = limits.map(({ key, reading }) => [key, reading.arns.map(({ text }) => text)] as const);
  const patterned = values.some(([, texts]) => texts.some((text) => /[*?]/.test(text)));
  const operator = patterned ? 'StringLike' : 'StringEquals';
  return { ...conditions, [operator]: { ...conditions?.[operator], ...Object.fromEntries(values) } };
}
