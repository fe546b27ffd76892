/** Changes by somebody else that are not the operator's to repair: they are reported, and left alone. */
import type { Link } from '../desired/link.ts';
import type { ObservedManagedPolicy, ObservedRole } from '../observed/objects.ts';
import type { Action } from '../plan/action.ts';
import { credentialsPath, type CredentialsPlan } from '../plan/credentials.ts';
import { withoutChanges } from '../plan/drift.ts';
import type { Drift } from './drift.ts';
import type { EffectiveOutcome } from './outcome.ts';

/** The drift if a role was deleted and recreated under its name; none otherwise. */
export function remadeRole(
  role: ObservedRole | undefined,
  knownRoleId: string | undefined,
): readonly Drift[] {
  if (role === undefined || knownRoleId === undefined || role.roleId === knownRoleId) return [];
  return [{ object: role.arn, field: 'roleId', expected: knownRoleId, found: role.roleId, repaired: false }];
}

/** The content of a managed policy is its owner's business, but a change of it is reported.
 *  @param known the version of each policy as last seen */
export function newPolicyVersions(
  known: ReadonlyMap<string, string>,
  policies: readonly ObservedManagedPolicy[],
): readonly Drift[] {
  return policies.flatMap(({ arn, versionId }): Drift[] => {
    const expected = known.get(arn);
    return expected === undefined || expected === versionId
      ? []
      : [{ object: arn, field: 'defaultVersion', expected, found: versionId, repaired: false }];
  });
}

/** Tasks of a link that were in order, and that the operator of another cluster has taken since.
 *  @param known names of the changes that the link's last update left unmade: these were told then */
export function lostTasks(
  { stateMachine, targetRole }: Pick<Link, 'stateMachine' | 'targetRole'>,
  { foreign, leaves = [] }: Pick<CredentialsPlan, 'foreign' | 'leaves'>,
  known: ReadonlySet<string> = new Set(),
): readonly Drift[] {
  const object = stateMachine.text;
  const news = withoutChanges([{ object, changes: leaves }], known).flatMap(({ changes }) => changes);
  const newPaths = new Set(news.map(({ path }) => path));
  return foreign.flatMap(({ task, found, replaced }): Drift[] => {
    const field = credentialsPath(task);
    return replaced === targetRole.text && newPaths.has(field)
      ? [{ object, field, expected: replaced, found, repaired: false }]
      : [];
  });
}

/** What forbids the access although all legs are in sync. */
export function obstacle(effective: EffectiveOutcome | undefined): readonly Drift[] {
  return effective?.kind === 'denied' ? [{ ...effective.cause, repaired: false }] : [];
}

/** What unique IDs of roles begin with. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const ROLE_ID = /\bAROA[A-Z0-9]{10,}/;

/** The drift if a trust policy showed the unique ID of a deleted execution role and was written again: the role of that name is
 *  another one now, and has just been let in. */
export function readmitted(
  applied: readonly Action[],
  executionRole: ObservedRole | undefined,
): string | undefined {
  if (executionRole === undefined) return undefined;
  const trust = applied.filter(({ operation }) => operation === 'UpdateAssumeRolePolicy');
  for (const { object, changes } of trust) {
    const letIn = changes.find(({ after }) => after?.includes(executionRole.arn) === true);
    const formerId = ROLE_ID.exec(letIn?.before ?? '')?.[0];
    if (formerId === undefined) continue;
    return (
      `Execution role ${executionRole.arn} was deleted and recreated (RoleId was ${formerId}, is ` +
      `${executionRole.roleId}), and ${object} lets the new one in: make sure that whoever created it may use the link.`
    );
  }
  return undefined;
}
