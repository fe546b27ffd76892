/** What AWS says of a fleet that is in sync, as it words it. */
import { inSyncState, type InSyncState } from '../in-sync.ts';
import { STATES_TRUST, type FleetLink, type FleetShape } from '../fleet.ts';

type Policy = InSyncState['grant'];

/** A role as IAM lists it. */
export interface FleetRole {
  readonly account: string;
  readonly arn: string;
  readonly name: string;
  readonly roleId: string;
  readonly trust: string;
  readonly policy: Policy;
  readonly tags: ReadonlyMap<string, string>;
}

/** Both roles of a link. The product's plan takes a millisecond for it. */
export function rolesOf(link: FleetLink, shape: FleetShape): readonly FleetRole[] {
  const { trust, tags, permissions, grant } = inSyncState(link, shape);
  const { executionRoleArn, targetRoleArn, source, target, name } = link;
  return [
    {
      account: source,
      arn: executionRoleArn,
      name: nameOf(executionRoleArn),
      roleId: `AROAE${name}`,
      trust: STATES_TRUST,
      policy: grant,
      tags: new Map(),
    },
    {
      account: target,
      arn: targetRoleArn,
      name: nameOf(targetRoleArn),
      roleId: `AROAT${name}`,
      trust,
      policy: permissions,
      tags,
    },
  ];
}

export function documentXml(document: string): string {
  return `<PolicyDocument>${encodeURIComponent(document)}</PolicyDocument>`;
}

/** A page of GetAccountAuthorizationDetails, without what stands around it.
 *  @param next where the next page begins; undefined for the last one */
export function accountPageXml(roles: readonly string[], next: number | undefined): string {
  const members = roles.map((xml) => `<member>${xml}</member>`);
  const more = next === undefined ? '' : `<Marker>${next}</Marker>`;
  return `<IsTruncated>${next !== undefined}</IsTruncated>${more}<RoleDetailList>${members.join('')}</RoleDetailList>`;
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** What stands in the `member` of a role. */
export function roleXml({ arn, name, roleId, trust, policy, tags }: FleetRole): string {
  const path = arn.slice(arn.indexOf(':role') + ':role'.length, arn.lastIndexOf('/') + 1);
  const tagList = [...tags].map(
    ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
  );
  return (
    `<Path>${path}</Path><RoleName>${name}</RoleName><RoleId>${roleId}</RoleId><Arn>${arn}</Arn>` +
    `<CreateDate>2026-01-01T00:00:00Z</CreateDate>` +
    `<AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument>` +
    `<InstanceProfileList/><RolePolicyList><member><PolicyName>${policy.name}</PolicyName>` +
    `${documentXml(policy.document)}</member></RolePolicyList>` +
    `<AttachedManagedPolicies/><Tags>${tagList.join('')}</Tags>`
  );
}
