/** Calls, each with the whole policy that AWS's documentation asks for: neither more nor less, and what is said beside it. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import type { Derivation } from '../../../../src/asl/derive/derive.ts';
import { deriveOne, machine, TARGET, tasksOf } from '../machines.ts';
import { derivePermissions } from '../../../../src/asl/derive/derive.ts';

/**
 * A call, the permissions it needs, and what is said of it.
 *
 * A permission is an action, a resource and perhaps a condition. A resource stands without `arn:aws:`, with `@` for the target's
 * Region and account and `~` for its account alone: `lambda:@:function:pay`, `iam:~:role/worker`, `s3:::bucket/key`.
 * `pass NAME to SERVICE` is `iam:PassRole` on that role. What is said is the reason of a diagnostic, `!` before one that blocks.
 */
export type Expected = readonly [
  call: string,
  parameters: JsonObject,
  permissions: readonly string[],
  said?: readonly string[],
];

/** The ARN of a role of the target account. */
export function role(name: string): string {
  return `arn:aws:iam::${TARGET.accountId}:role/${name}`;
}

/** A test for each call of a table. */
export function needExactly(title: string, rows: readonly Expected[]): void {
  describe(title, () => {
    it.each(rows.map((row) => [`${row[0]} ${JSON.stringify(row[1])}`, row] as const))(
      '%s',
      (_name, [call, parameters, permissions, said = []]) => {
        expectWhole(deriveOne(call, parameters), permissions, said);
      },
    );
  });
}

/** The same for whole machines: their states, in order. */
export function machineNeedsExactly(
  states: Parameters<typeof machine>[0],
  fields: JsonObject,
  permissions: readonly string[],
  said: readonly string[] = [],
): void {
  expectWhole(derivePermissions(tasksOf(machine(states, fields)), TARGET), permissions, said);
}

function expectWhole(derivation: Derivation, permissions: readonly string[], said: readonly string[]): void {
  expect({ policy: pairsOf(derivation), said: saidBy(derivation) }).toStrictEqual({
    policy: permissions.map(written).toSorted(),
    said: said.toSorted(),
  });
  // A reason stands behind "but" already.
  const messages = derivation.diagnostics.map(({ message }) => message);
  expect(messages.filter((message) => message.split(', but ').length > 2)).toStrictEqual([]);
}

function written(permission: string): string {
  const [, passedRole, services = ''] = /^pass (\S+) to (.+)$/.exec(permission) ?? [];
  if (passedRole !== undefined) {
    const users = services.split(' and ').map((name) => `${name}.amazonaws.com`);
    return `iam:PassRole iam:~:role/${passedRole} if StringEquals iam:PassedToService ${users.toSorted().join(' or ')}`;
  }
  return permission;
}

function pairsOf({ statements }: Derivation): string[] {
  const pairs = statements.flatMap(({ actions, resources, conditions = {} }) => {
    const limits = Object.entries(conditions)
      .flatMap(([operator, keys]) =>
        Object.entries(keys).map(
          ([key, values]) => ` if ${operator} ${key} ${values.toSorted().join(' or ')}`,
        ),
      )
      .sort()
      .join('');
    return actions.values.flatMap((action) =>
      (resources?.values ?? []).map((resource) => `${action} ${shortened(resource)}${limits}`),
    );
  });
  return [...new Set(pairs)].sort();
}

function shortened(resource: string): string {
  return resource
    .replace(/^arn:aws:/, '')
    .replace(`:${TARGET.region}:${TARGET.accountId}:`, ':@:')
    .replace(`::${TARGET.accountId}:`, ':~:');
}

function saidBy({ diagnostics }: Derivation): string[] {
  return diagnostics.map(({ reason, blocking }) => `${blocking ? '!' : ''}${reason}`).sort();
}
