/** Services whose identifiers begin with the type of what they identify: EC2's tags, Organizations. */
import { arn, isNamed, namedArn, parsed, toPattern } from '../../resources.ts';
import type { Resource } from '../../reading.ts';
import { allow, CALLBACK, rowOn } from '../../row.ts';
import type { Permission, Row, ServiceTable } from '../../row.ts';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
const EC2_TYPES: Readonly<Record<string, string>> = {
  acl: 'network-acl',
  ami: 'image',
  cgw: 'customer-gateway',
  dopt: 'dhcp-options',
  eigw: 'egress-only-internet-gateway',
  eipalloc: 'elastic-ip',
  eni: 'network-interface',
  fl: 'vpc-flow-log',
  fleet: 'fleet',
  i: 'instance',
  igw: 'internet-gateway',
  key: 'key-pair',
  lt: 'launch-template',
  nat: 'natgateway',
  pcx: 'vpc-peering-connection',
  pl: 'prefix-list',
  rtb: 'route-table',
  sg: 'security-group',
  sgr: 'security-group-rule',
  sir: 'spot-instances-request',
  snap: 'snapshot',
  subnet: 'subnet',
  tgw: 'transit-gateway',
  'tgw-attach': 'transit-gateway-attachment',
  vgw: 'vpn-gateway',
  vol: 'volume',
  vpc: 'vpc',
  vpce: 'vpc-endpoint',
  vpn: 'vpn-connection',
};
/** These may belong to another account, so their ARNs contain none. */
const OF_NO_ACCOUNT = new Set(['image', 'snapshot']);

/** The type that an identifier of EC2 stands for: `vpc-1` → `vpc`. */
export function ec2TypeOf(id: string): string | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'));
  return Object.hasOwn(EC2_TYPES, prefix) ? EC2_TYPES[prefix] : undefined;
}

const ec2Resource = parsed('Resources[]', ['arn:*:ec2:*:*:*/*', 'arn:*:ec2:*::*/*'], (id, { place }) => {
  const type = ec2TypeOf(id);
  if (type === undefined || !isNamed(id)) return undefined;
  const account = OF_NO_ACCOUNT.has(type) ? '' : place.accountId;
  return { text: `arn:${place.partition}:ec2:${place.region}:${account}:${type}/${toPattern(id)}` };
});

/** A type whose new resources the call tags, `instance` or `snapshot`: any resource of this type that the call makes. */
const tagged = parsed(
  'TagSpecifications[].ResourceType',
  ['arn:*:ec2:*:*:*/*', 'arn:*:ec2:*::*/*'],
  (type, { place }) => {
    const account = OF_NO_ACCOUNT.has(type) ? '' : place.accountId;
    return namedArn(`arn:${place.partition}:ec2:${place.region}:${account}:`, type, '/*');
  },
);

/** An image of today begins with a volume. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html */
const volumes = arn('ec2', 'volume/*');

/**
 * Copies have no name before.
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/copy-ami-permissions.html
 */
const COPIES: ReadonlyMap<string, Permission> = new Map([
  ['copyImage', allow('ec2:CopyImage', arn('ec2', 'image/*', { anyAccount: true }))],
  ['copySnapshot', allow('ec2:CopySnapshot', arn('ec2', 'snapshot/*', { anyAccount: true }))],
  ['copyVolumes', allow('ec2:CopyVolumes', volumes)],
]);

/** What EC2 asks for beside an operation's own action. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html */
export function besideEc2(api: string): Permission[] {
  const copy = COPIES.get(api);
  return [
    ...(api === 'runInstances' ? [allow('ec2:RunInstances', volumes)] : []),
    ...(copy === undefined ? [] : [copy]),
    allow('ec2:CreateTags', tagged, { when: 'TagSpecifications' }),
  ];
}

export const ec2Tags: ServiceTable = {
  createTags: row('ec2:CreateTags', ec2Resource),
  deleteTags: row('ec2:DeleteTags', ec2Resource),
};

function row(action: string, ...resources: Resource[]): Row {
  return rowOn(action, resources);
}

/**
 * A root, an organizational unit, an account or a policy of the organization, whose own ID is in no parameter.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
 */
function inOrganization(parameter: string): Resource {
  const types = ['root/o-*/r-*', 'ou/o-*/ou-*', 'account/o-*/*', 'policy/o-*/*/p-*'];
  return parsed(
    parameter,
    types.map((type) => `arn:*:organizations::*:${type}`),
    (id, { place }) => {
      const kind = kindOf(id);
      if (kind === undefined || !isNamed(id)) return undefined;
      return { text: `arn:${place.partition}:organizations::${place.accountId}:${kind}/${toPattern(id)}` };
    },
  );
}

function kindOf(id: string): string | undefined {
  if (id.startsWith('r-')) return 'root/o-*';
  if (id.startsWith('ou-')) return 'ou/o-*';
  if (id.startsWith('p-')) return 'policy/o-*/*';
  return /^\d{12}$/.test(id) ? 'account/o-*' : undefined;
}

const account = inOrganization('AccountId');
const parent = inOrganization('ParentId');
const unit = inOrganization('OrganizationalUnitId');
const target = inOrganization('TargetId');
const policy = inOrganization('PolicyId');

export const organizations: ServiceTable = {
  attachPolicy: row('organizations:AttachPolicy', policy, target),
  createOrganizationalUnit: row('organizations:CreateOrganizationalUnit', parent),
  closeAccount: row('organizations:CloseAccount', account),
  deleteOrganizationalUnit: row('organizations:DeleteOrganizationalUnit', unit),
  describeAccount: row('organizations:DescribeAccount', account),
  describeOrganizationalUnit: row('organizations:DescribeOrganizationalUnit', unit),
  detachPolicy: row('organizations:DetachPolicy', policy, target),
  listAccountsForParent: row('organizations:ListAccountsForParent', parent),
  listChildren: row('organizations:ListChildren', parent),
  listOrganizationalUnitsForParent: row('organizations:ListOrganizationalUnitsForParent', parent),
  listParents: row('organizations:ListParents', inOrganization('ChildId')),
  listPoliciesForTarget: row('organizations:ListPoliciesForTarget', target),
  listTagsForResource: row('organizations:ListTagsForResource', inOrganization('ResourceId')),
  moveAccount: row(
    'organizations:MoveAccount',
    account,
    inOrganization('SourceParentId'),
    inOrganization('DestinationParentId'),
  ),
  removeAccountFromOrganization: row('organizations:RemoveAccountFromOrganization', account),
  tagResource: row('organizations:TagResource', inOrganization('ResourceId')),
  untagResource: row('organizations:UntagResource', inOrganization('ResourceId')),
  updateOrganizationalUnit: row('organizations:UpdateOrganizationalUnit', unit),
};

/** Who may do what in which account: the account's ARN is made from its number. */
const permissionSet = [
  arn('sso', 'instance/{InstanceArn}', { global: true, anyAccount: true }),
  arn('sso', 'permissionSet/{PermissionSetArn}', { global: true, anyAccount: true }),
];
const inAccount = arn('sso', 'account/{TargetId}', { global: true, anyAccount: true });
const assigned = [...permissionSet, inAccount];

/** In one account, or in all in which it was provisioned before. */
const provisioned: Row = {
  patterns: CALLBACK,
  call: [
    allow('sso:ProvisionPermissionSet', permissionSet),
    allow('sso:ProvisionPermissionSet', inAccount, { when: 'TargetId' }),
    allow('sso:ProvisionPermissionSet', arn('sso', 'account/*', { global: true, anyAccount: true }), {
      unless: 'TargetId',
    }),
  ],
};

/** https://docs.aws.amazon.com/singlesignon/latest/userguide/iam-auth-access-using-id-policies.html */
export const accountAssignments: ServiceTable = {
  createAccountAssignment: row('sso:CreateAccountAssignment', ...assigned),
  deleteAccountAssignment: row('sso:DeleteAccountAssignment', ...assigned),
  provisionPermissionSet: provisioned,
};
