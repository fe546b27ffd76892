/** An answer of GetAccountAuthorizationDetails as IAM writes it. */
import type { AwsModel, ModelRole } from './aws-model.ts';

/** By record, since records never change. The trust policy is kept beside it: how it is shown depends on other roles. */
const WRITTEN = new WeakMap<ModelRole, { readonly trust: string; readonly xml: string }>();

export function accountPage(model: AwsModel, roles: readonly ModelRole[]): string {
  const members = roles.map((role) => memberOf(role, model.trustOf(role)));
  return (
    '<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult>' +
    `<RoleDetailList>${members.join('')}</RoleDetailList><IsTruncated>false</IsTruncated>` +
    '</GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>'
  );
}

function memberOf(role: ModelRole, trust: string): string {
  const known = WRITTEN.get(role);
  if (known?.trust === trust) return known.xml;
  const xml = written(role, trust);
  WRITTEN.set(role, { trust, xml });
  return xml;
}

function written(
  { path, name, roleId, arn, inline, attached, boundary, tags }: ModelRole,
  trust: string,
): string {
  const policies = [...inline].map(
    ([policy, document]) =>
      `<member><PolicyName>${policy}</PolicyName><PolicyDocument>${encodeURIComponent(document)}</PolicyDocument></member>`,
  );
  const attachments = attached.map((policy) => `<member><PolicyArn>${policy}</PolicyArn></member>`);
  const tagList = [...tags].map(
    ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
  );
  const limit =
    boundary === undefined
      ? ''
      : `<PermissionsBoundary><PermissionsBoundaryArn>${boundary}</PermissionsBoundaryArn></PermissionsBoundary>`;
  return (
    `<member><Path>${path}</Path><RoleName>${name}</RoleName><RoleId>${roleId}</RoleId><Arn>${arn}</Arn>` +
    `<AssumeRolePolicyDocument>${encodeURIComponent(trust)}</AssumeRolePolicyDocument>` +
    `<RolePolicyList>${policies.join('')}</RolePolicyList>` +
    `<AttachedManagedPolicies>${attachments.join('')}</AttachedManagedPolicies>${limit}` +
    `<Tags>${tagList.join('')}</Tags></member>`
  );
}
