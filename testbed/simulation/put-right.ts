/** What people do at the end, so that only one final state is right: a link that is suspended, only observed, held or not in
 *  order would stay as it happened to be. */
import { AWS_ACCOUNT } from '../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { isJsonObject, objectAt, stringAt, type Json, type JsonObject } from '../../src/base/json.ts';
import { AwsError, type AwsModel } from './aws-model.ts';
import { changeAws, credentialsIn, deploy, FOREIGN_STATEMENT, OTHER_POLICY } from './events.ts';
import { nameOf, type KubernetesModel } from './kubernetes-model.ts';
import {
  DEVELOPERS_ROLE,
  MACHINES,
  NAMESPACE,
  NAMESPACES,
  SOURCE,
  TARGET,
  TASKS,
  accountSpec,
  machineArn,
  namespaceOf,
} from './scenery.ts';

/** Every link is enforced, and every account has its rules. */
export function putClusterRight(kubernetes: KubernetesModel): void {
  putNamespacesRight(kubernetes);
  for (const object of kubernetes.all(CROSS_ACCOUNT_LINK)) {
    const name = nameOf(objectAt(object, 'metadata'));
    kubernetes.update(CROSS_ACCOUNT_LINK, name, { spec: enforced(objectAt(object, 'spec')) });
  }
  for (const [name, accountId] of [
    ['home', SOURCE],
    ['away', TARGET],
  ] as const)
    putAccountRight(kubernetes, name, accountId);
}

/** Every namespace exists and belongs to its own tenant; one that is being deleted goes first. */
function putNamespacesRight(kubernetes: KubernetesModel): void {
  for (const name of NAMESPACES)
    if (kubernetes.find(NAMESPACE, { name }) === undefined) kubernetes.create(NAMESPACE, namespaceOf(name));
    else kubernetes.patch(NAMESPACE, { name }, namespaceOf(name));
}

/** Rules that let links of two namespaces name one role are left as they are. */
function putAccountRight(kubernetes: KubernetesModel, name: string, accountId: string): void {
  const theirs = kubernetes
    .all(AWS_ACCOUNT)
    .filter((object) => objectAt(object, 'spec')['accountID'] === accountId)
    .filter((object) => objectAt(object, 'metadata')['deletionTimestamp'] === undefined);
  const sharesPaths = hasCommonPaths(kubernetes);
  const spec = accountSpec(accountId, sharesPaths ? () => '/crossaccountlink/' : undefined);
  for (const object of theirs) kubernetes.update(AWS_ACCOUNT, nameOf(objectAt(object, 'metadata')), { spec });
  const free = [name, `${name}-anew`].find(
    (one) => kubernetes.find(AWS_ACCOUNT, { name: one }) === undefined,
  );
  if (theirs.length === 0 && free !== undefined)
    kubernetes.create(AWS_ACCOUNT, { metadata: { name: free }, spec });
}

/** Whether a link names a role in the path of another namespace. */
function hasCommonPaths(kubernetes: KubernetesModel): boolean {
  return kubernetes.all(CROSS_ACCOUNT_LINK).some((object) => {
    const arn = stringAt(objectAt(objectAt(object, 'spec'), 'targetRole'), 'arn') ?? '';
    const namespace = stringAt(objectAt(object, 'metadata'), 'namespace') ?? '';
    return !arn.includes(`/${namespace}/`);
  });
}

function enforced(spec: JsonObject): JsonObject {
  const legs = ['targetRole', 'executionRoleGrant', 'stateMachineCredentials'].flatMap((leg) => {
    const { managementPolicy: _, ...rest } = objectAt(spec, leg);
    return leg in spec ? [[leg, rest] as const] : [];
  });
  return { ...spec, ...Object.fromEntries(legs), suspend: false, managementPolicy: 'Enforce' };
}

/** Every state machine exists with all its Tasks, nothing runs, and nothing foreign is left beside the operator's own parts where
 *  a link preserves it.
 *  @param preserved ARNs of roles */
export function putAwsRight(aws: AwsModel, preserved: ReadonlySet<string>): void {
  for (const machine of MACHINES) {
    const arn = machineArn(machine);
    const { definition = '{}' } = aws.machines.get(arn) ?? {};
    aws.runs.end(arn);
    for (const task of TASKS)
      if (credentialsIn(definition)[task]?.['RoleArn'] === DEVELOPERS_ROLE)
        changeAws(aws, { do: 'credentials', machine, task });
    if (!TASKS.every((task) => definition.includes(`"${task}":`))) deploy(aws, machine, TASKS, true);
  }
  for (const role of aws.roles(TARGET)) if (preserved.has(role.arn)) withoutForeign(aws, role.name);
}

/** Whether something foreign is on a role on which links preserve it. There is no compare-and-swap on trust policies, so the
 *  operator may have put back what it read before the foreign part was removed; and a trust policy with nothing else in it cannot
 *  be emptied.
 *  @param preserved ARNs of roles */
export function isForeignLeft(aws: AwsModel, preserved: ReadonlySet<string>): boolean {
  return aws
    .roles(TARGET)
    .filter(({ arn }) => preserved.has(arn))
    .some(
      ({ inline, attached, trust }) =>
        inline.has(FOREIGN_NAME) ||
        attached.includes(OTHER_POLICY) ||
        trust.includes(`"${FOREIGN_STATEMENT.Sid}"`),
    );
}

const FOREIGN_NAME = 'theirs-too';

function withoutForeign(aws: AwsModel, name: string): void {
  aws.changeRole('others', 'DeleteRolePolicy', TARGET, name, (role) => ({
    ...role,
    inline: new Map([...role.inline].filter(([policy]) => policy !== FOREIGN_NAME)),
    attached: role.attached.filter((arn) => arn !== OTHER_POLICY),
  }));
  const role = aws.roleByName(TARGET, name);
  if (role === undefined) return;
  const trust: unknown = JSON.parse(aws.trustOf(role));
  const statements: readonly Json[] =
    isJsonObject(trust) && Array.isArray(trust['Statement']) ? trust['Statement'] : [];
  const kept = statements.filter((one) => !isJsonObject(one) || one['Sid'] !== FOREIGN_STATEMENT.Sid);
  if (kept.length === statements.length) return;
  try {
    aws.setTrust('others', TARGET, name, JSON.stringify({ Version: '2012-10-17', Statement: kept }));
  } catch (error) {
    // The policy names somebody who no longer exists: the operator takes that out, and the rest stays.
    if (!(error instanceof AwsError)) throw error;
  }
}
