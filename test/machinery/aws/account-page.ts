/** Pages of GetAccountAuthorizationDetails as IAM gives them: XML with URL-encoded documents. */

export interface FakeRole {
  readonly arn: string;
  readonly xml: string;
}

/** Made-up roles with a trust policy, an inline policy of this many statements, an attached policy and tags. */
export function manyRoles(accountId: string, count: number, statements: number): readonly FakeRole[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `role-${index}`;
    const arn = `arn:aws:iam::${accountId}:role/links/${name}`;
    const xml =
      `<member><Path>/links/</Path><RoleName>${name}</RoleName><RoleId>AROA${index}</RoleId><Arn>${arn}</Arn>` +
      `<CreateDate>2026-01-01T00:00:00Z</CreateDate>` +
      `<AssumeRolePolicyDocument>${document(1)}</AssumeRolePolicyDocument><InstanceProfileList/>` +
      `<RolePolicyList><member><PolicyName>inline</PolicyName><PolicyDocument>${document(statements)}</PolicyDocument>` +
      `</member></RolePolicyList><AttachedManagedPolicies><member><PolicyName>extra</PolicyName>` +
      `<PolicyArn>arn:aws:iam::aws:policy/extra</PolicyArn></member></AttachedManagedPolicies>` +
      `<Tags><member><Key>number</Key><Value>${index}</Value></member></Tags></member>`;
    return { arn, xml };
  });
}

/** One page, beginning with the role at `from`. */
export function accountPage(roles: readonly FakeRole[], from: number, maxItems: number): string {
  const until = from + maxItems;
  const members = roles.slice(from, until).map(({ xml }) => xml);
  const more = until < roles.length;
  return (
    `<RoleDetailList>${members.join('')}</RoleDetailList><IsTruncated>${more}</IsTruncated>` +
    (more ? `<Marker>${until}</Marker>` : '')
  );
}

function document(statements: number): string {
  const Statement = Array.from({ length: statements }, (_, index) => ({
    Sid: `Statement${index}`,
    Effect: 'Allow',
    Action: ['s3:GetObject', 's3:PutObject'],
    Resource: `arn:aws:s3:::bucket-${index}-with-a-rather-long-name/*`,
  }));
  return encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement }));
}
