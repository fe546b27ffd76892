/** AWS's answers about a fleet that is in sync, in AWS's form. */
import { isDeepStrictEqual } from 'node:util';
import { trustSid } from '../../src/desired/names.ts';
import { inSyncState, type InSyncState } from '../in-sync.ts';
import { STATES_TRUST, type Fleet, type FleetLink, type FleetShape } from '../fleet.ts';

/** A role as IAM lists it. */
export interface FleetRole {
  readonly account: string;
  readonly arn: string;
  readonly name: string;
  readonly roleId: string;
  readonly trust: string;
  /** Documents of its inline policies, by name. */
  readonly policies: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly description?: string;
}

/** Both roles of each link of a fleet. */
export type RolesOf = (link: FleetLink) => readonly FleetRole[];

/**
 * Roles made from those of the first link. The product's plan takes a millisecond for each link, so it is run only for the first
 * link and, as a check, for the last.
 * @throws Error if the last link's roles are not like the first one's
 */
export function rolesLikeFirst({ links, shape }: Fleet, first: FleetLink): RolesOf {
  const model = rolesOf(first, shape);
  const likeness: RolesOf = (link) => model.map((role) => roleLike(role, first, link));
  const last = links.at(-1) ?? first;
  if (!isDeepStrictEqual(likeness(last), rolesOf(last, shape)))
    throw new Error(`the roles of ${last.name} are not like those of ${first.name}`);
  return likeness;
}

function roleLike(role: FleetRole, first: FleetLink, link: FleetLink): FleetRole {
  const like = (text: string) =>
    text
      .replaceAll(first.name, link.name)
      .replaceAll(first.source, link.source)
      .replaceAll(first.target, link.target)
      .replaceAll(trustSid(first.executionRoleArn), trustSid(link.executionRoleArn));
  const { account, arn, name, roleId, trust, policies, tags } = role;
  return {
    account: like(account),
    arn: like(arn),
    name: like(name),
    roleId: like(roleId),
    trust: like(trust),
    policies: new Map([...policies].map(([policy, document]) => [policy, like(document)])),
    tags,
  };
}

/** By the product's plan. */
function rolesOf(link: FleetLink, shape: FleetShape): readonly FleetRole[] {
  const { trust, tags, permissions, grant } = inSyncState(link, shape);
  const { executionRoleArn, targetRoleArn, source, target, name } = link;
  return [
    {
      account: source,
      arn: executionRoleArn,
      name: nameOf(executionRoleArn),
      roleId: `AROAE${name}`,
      trust: STATES_TRUST,
      policies: byName(grant),
      tags: new Map(),
    },
    {
      account: target,
      arn: targetRoleArn,
      name: nameOf(targetRoleArn),
      roleId: `AROAT${name}`,
      trust,
      policies: byName(permissions),
      tags,
    },
  ];
}

function byName({ name, document }: InSyncState['grant']): ReadonlyMap<string, string> {
  return new Map([[name, document]]);
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

/** The content of a role's `member`. */
export function roleXml({ arn, name, roleId, trust, policies, tags, description }: FleetRole): string {
  const path = arn.slice(arn.indexOf(':role') + ':role'.length, arn.lastIndexOf('/') + 1);
  const tagList = [...tags].map(
    ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
  );
  const inline = [...policies].map(
    ([policy, document]) => `<member><PolicyName>${policy}</PolicyName>${documentXml(document)}</member>`,
  );
  return (
    `<Path>${path}</Path><RoleName>${name}</RoleName><RoleId>${roleId}</RoleId><Arn>${arn}</Arn>` +
    `<CreateDate>2026-01-01T00:00:00Z</CreateDate>` +
    `<AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument>` +
    (description === undefined ? '' : `<Description>${description}</Description>`) +
    `<InstanceProfileList/><RolePolicyList>${inline.join('')}</RolePolicyList>` +
    `<AttachedManagedPolicies/><Tags>${tagList.join('')}</Tags>`
  );
}
