/** From what each Task needs to the statements of one policy: as few as can be without allowing more. */
import { statementKey } from '../policy/canonical.ts';
import type { Conditions, Statement } from '../policy/document.ts';
import { mergeStatements } from '../policy/merge.ts';

/** One thing a role must be allowed: every action on every resource. */
export interface Need {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Conditions;
}

/** Merges needs into named, sorted statements. The order of the needs makes no difference. */
export function toStatements(needs: readonly Need[]): readonly Statement[] {
  const taken = new Set<string>();
  return mergeStatements(needs.map(toStatement)).map((statement) => named(statement, taken));
}

/** Sids of the statements that a Task's needs went into. */
export function sidsOf(statements: readonly Statement[], needs: readonly Need[]): string[] {
  const atoms = needs.flatMap(pairs);
  return statements
    .filter((statement) =>
      atoms.some(
        ({ actions: [action = ''], resources: [resource = ''], conditions }) =>
          statement.actions.values.includes(action) &&
          statement.resources?.values.includes(resource) === true &&
          conditionKey(statement.conditions) === conditionKey(conditions),
      ),
    )
    .flatMap((statement) => statement.sid ?? []);
}

/** A need taken apart into one action on one resource each. */
function pairs({ actions, resources, conditions }: Need): Need[] {
  return actions.flatMap((action) =>
    resources.map((resource) => ({
      actions: [action],
      resources: [resource],
      ...(conditions && { conditions }),
    })),
  );
}

function toStatement({ actions, resources, conditions }: Need): Statement {
  return {
    effect: 'Allow',
    actions: { negated: false, values: actions },
    resources: { negated: false, values: resources },
    ...(conditions && { conditions }),
  };
}

function named(statement: Statement, taken: Set<string>): Statement {
  return { sid: freeSid(sidFor(statement.actions.values), taken), ...statement };
}

/** `CrossAccountLinkStatesDescribeExecutionAnd1More`: letters and digits are all a Sid may hold. */
function sidFor(actions: readonly string[]): string {
  const [first = '', ...others] = actions;
  const [service = '', name = ''] = first.split(':');
  const words = service.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const more = others.length === 0 ? '' : `And${others.length}More`;
  return `CrossAccountLink${words.join('')}${name}${more}`;
}

function freeSid(wanted: string, taken: Set<string>): string {
  let sid = wanted;
  for (let count = 2; taken.has(sid); count += 1) sid = `${wanted}${count}`;
  taken.add(sid);
  return sid;
}

/** Conditions in one spelling, whatever order their keys and values were written in. */
function conditionKey(conditions: Conditions | undefined): string {
  return statementKey({
    effect: 'Allow',
    actions: { negated: false, values: [] },
    ...(conditions && { conditions }),
  });
}
