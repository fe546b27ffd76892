/** Parts of roles and definitions that belong to their owner alone. */
import { isJsonObject, objectAt } from '../../src/base/json.ts';
import { policyName } from '../../src/desired/names.ts';
import type { ModelMachine, ModelRole } from './aws-model.ts';
import { credentialsIn, FOREIGN_STATEMENT, OTHER_POLICY } from './events.ts';

/** UpdateStateMachine has no compare-and-swap: a deployment between the operator's read and its write is lost.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
export function isUnread(before: ModelMachine, after: ModelMachine): boolean {
  return before.changedBy !== after.changedBy && after.changedAtMs - before.changedAtMs < UNREAD_MS;
}
const UNREAD_MS = 4_000;

/** Whether what is foreign on a role that links preserve is as it was. */
export function keepsForeign(before: ModelRole, after: ModelRole, clusterId: string): boolean {
  const [was, is] = [before, after].map(({ inline, attached, trust }) => [
    [...inline].filter(([name]) => name !== policyName(clusterId)),
    attached.filter((arn) => arn === OTHER_POLICY),
    trust.includes(`"${FOREIGN_STATEMENT.Sid}"`),
  ]);
  return JSON.stringify(was) === JSON.stringify(is);
}

/** The part of a role that belongs to its owner alone, if no link names the role. */
export function foreignPartOf({ inline, ...role }: ModelRole, clusterId: string): string {
  const theirs = [...inline].filter(([name]) => name !== policyName(clusterId));
  return JSON.stringify([{ ...role, trusted: [...role.trusted], tags: [...role.tags] }, theirs]);
}

/** A definition without what links put there.
 *  @param named target roles of links
 *  @param linked Tasks that had the Credentials of a link before: what others write there is drift */
export function foreignPartOfDefinition(
  definition: string,
  named: ReadonlySet<string>,
  linked: ReadonlySet<string>,
): string {
  const parsed: unknown = JSON.parse(definition);
  const states = isJsonObject(parsed) ? objectAt(parsed, 'States') : {};
  const stripped = Object.entries(states).map(([name, state]) => {
    if (!isJsonObject(state)) return [name, state];
    const { Credentials: credentials, ...rest } = state;
    const roleArn = isJsonObject(credentials) ? credentials['RoleArn'] : undefined;
    const isOurs = credentials === undefined || (typeof roleArn === 'string' && named.has(roleArn));
    return [name, isOurs || linked.has(name) ? rest : state];
  });
  return JSON.stringify([parsed && { ...parsed, States: undefined }, stripped]);
}

/** The Tasks that name one of these roles. */
export function tasksNaming(definition: string, named: ReadonlySet<string>): readonly string[] {
  return Object.entries(credentialsIn(definition)).flatMap(([task, { RoleArn: arn }]) =>
    typeof arn === 'string' && named.has(arn) ? [task] : [],
  );
}
