/** The needs of the Tasks → the statements of one policy, as few as possible without allowing more. */
import { intern } from '../../base/intern.ts';
import { statementKey } from '../../policy/canonical.ts';
import type { Conditions, Statement } from '../../policy/document.ts';
import { mergeStatements } from '../../policy/merge.ts';

/** One thing a role must be allowed: every action on every resource. */
export interface Need {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
}

/** Merges needs into named, sorted statements. The order of the needs makes no difference. */
export function toStatements(needs: readonly Need[]): readonly Statement[] {
  const taken = new Map<string, number>();
  return mergeStatements(gather(needs).map(toStatement)).map((statement) => named(statement, taken));
}

/** Joins needs first by equal resources, then by equal actions, as `mergeStatements` goes on to do: each need is visited twice,
 *  however many there are, and few statements are left. */
function gather(needs: readonly Need[]): Need[] {
  const byResources = union(needs, 'resources', 'actions');
  return union(byResources, 'actions', 'resources');
}

/** Needs that are equal in one respect become one with the union of the other. */
function union(
  needs: readonly Need[],
  equal: 'actions' | 'resources',
  other: 'actions' | 'resources',
): Need[] {
  const groups = new Map<string, { readonly need: Need; readonly values: Set<string> }>();
  for (const need of needs) {
    const key = JSON.stringify([need[equal].toSorted(), conditionKey(need.conditions)]);
    const group = groups.get(key) ?? { need, values: new Set() };
    for (const value of need[other]) group.values.add(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ need, values }) => withValues(need, other, [...values].sort()));
}

function withValues(need: Need, respect: 'actions' | 'resources', values: readonly string[]): Need {
  return { ...need, [respect]: values };
}

/** Finds the statements into which a Task's needs went, by Sid. */
export function sidFinder(statements: readonly Statement[]): (needs: readonly Need[]) => string[] {
  const places = new Map(statements.map(({ sid = '' }, place) => [sid, place]));
  const byCondition = Map.groupBy(
    statements.map(({ sid = '', actions, resources, conditions }) => ({
      sid,
      actions: new Set(actions.values),
      resources: new Set(resources?.values ?? []),
      condition: conditionKey(conditions),
    })),
    ({ condition }) => condition,
  );
  return (needs) => {
    const sids = needs.flatMap(({ actions, resources, conditions }) =>
      (byCondition.get(conditionKey(conditions)) ?? [])
        .filter((entry) => actions.some((action) => entry.actions.has(action)))
        .filter((entry) => resources.some((resource) => entry.resources.has(resource)))
        .map(({ sid }) => sid),
    );
    return [...new Set(sids)].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  };
}

function toStatement({ actions, resources, conditions }: Need): Statement {
  return {
    effect: 'Allow',
    actions: { negated: false, values: actions },
    resources: { negated: false, values: resources },
    ...(conditions && { conditions }),
  };
}

function named(statement: Statement, taken: Map<string, number>): Statement {
  return { sid: intern(freeSid(sidFor(statement.actions.values), taken)), ...statement };
}

/** `CrossAccountLinkStatesDescribeExecutionAnd1More`: a Sid may only contain letters and digits. */
function sidFor(actions: readonly string[]): string {
  const [first = '', ...others] = actions;
  const [service = '', name = ''] = first.split(':');
  const words = service.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const more = others.length === 0 ? '' : `And${others.length}More`;
  return `CrossAccountLink${words.join('')}${name}${more}`;
}

/** `Read`, `Read2`, `Read3`. @param taken how often each has been wanted */
function freeSid(wanted: string, taken: Map<string, number>): string {
  const count = (taken.get(wanted) ?? 0) + 1;
  taken.set(wanted, count);
  if (count === 1) return wanted;
  const sid = `${wanted}${count}`;
  if (taken.has(sid)) return freeSid(wanted, taken);
  taken.set(sid, 1);
  return sid;
}

/** Conditions in one spelling, whatever order their keys and values were written in. */
function conditionKey(conditions: Conditions | undefined): string {
  if (conditions === undefined) return '';
  return statementKey({ effect: 'Allow', actions: { negated: false, values: [] }, conditions });
}
