/** Links that share a role, and roles as AWS may hold them: what the operator wrote, and what others did since. */
import * as fc from 'fast-check';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import type { Link } from '../../../src/desired/link.ts';
import { attachedTag, managedKeyTags, TAGS, trustSid } from '../../../src/desired/names.ts';
import { desiredTargetRole, type DesiredTargetRole } from '../../../src/desired/target-role.ts';
import type { ObservedPolicy, ObservedRole } from '../../../src/observed/objects.ts';
import { policyOf, type Statement } from '../../../src/policy/document.ts';
import { machine, role, SOURCE } from '../access/fixtures.ts';
import {
  allow,
  CLUSTER,
  CONTEXT,
  contributes,
  link,
  NAMESPACE,
  permitting,
  QUEUE,
  ROLE,
} from '../desired/fixtures.ts';
import { OWN_POLICY, ROLE_ID } from './fixtures.ts';

const EXECUTION_ROLES = ['one', 'two'].map((name) => role(`${name}-exec`, SOURCE).text);
const MACHINES = ['checkout', 'refund'].map((name) => machine(name));
const MANAGED = ['audit', 'trace'].map((name) => `arn:aws:iam::222222222222:policy/${name}`);
const BOUNDARIES = ['wide', 'tight'].map((name) => `arn:aws:iam::222222222222:policy/${name}`);
const TAG_KEYS = ['team', 'cost center'];

const permission: fc.Arbitrary<Statement> = fc
  .record({
    actions: fc.subarray(['sqs:SendMessage', 'sqs:ReceiveMessage'], { minLength: 1 }),
    resources: fc.subarray([QUEUE, `${QUEUE}-2`, `${QUEUE}-3`], { minLength: 1 }),
    conditioned: fc.boolean(),
  })
  .map(({ actions, resources, conditioned }) =>
    allow(actions, resources, conditioned ? { Bool: { 'aws:SecureTransport': ['true'] } } : undefined),
  );
const permissions = fc.array(permission, { minLength: 1, maxLength: 3 });

const tags = fc.dictionary(fc.constantFrom(...TAG_KEYS), fc.constantFrom('a', 'b'), { maxKeys: 2 });

const linkFields: fc.Arbitrary<Partial<Link>> = fc.record(
  {
    stateMachine: fc.constantFrom(...MACHINES),
    unmanaged: fc.constantFrom('Remove', 'Remove', 'Preserve'),
    permissions: fc.subarray(MANAGED).map((managedPolicyArns) => permitting({ managedPolicyArns })),
    permissionsBoundaryArn: fc.constantFrom(...BOUNDARIES),
    description: fc.constantFrom('a', 'b'),
    tags,
  },
  { requiredKeys: ['stateMachine', 'unmanaged', 'permissions', 'tags'] },
);

function contributor(
  name: string,
  kinds: readonly ContributorState['kind'][],
): fc.Arbitrary<ContributorState> {
  return fc
    .record({
      kind: fc.constantFrom(...kinds),
      fields: linkFields,
      deleting: fc.boolean(),
      executionRoleArns: fc.subarray(EXECUTION_ROLES, { minLength: 1 }),
      permissions,
    })
    .map(({ kind, fields, deleting, ...asked }) => {
      // Of those whose deletion has not come to the role yet, the first one stays.
      const of = link(name, { ...fields, deleting: deleting && name !== 'a' });
      return kind === 'active' ? contributes(of, asked) : { kind, link: of };
    });
}

function contributorStates(
  ...kinds: readonly ContributorState['kind'][]
): fc.Arbitrary<readonly ContributorState[]> {
  return fc.tuple(contributor('a', ['active']), contributor('b', kinds), contributor('c', kinds));
}

/** What links ask for of whom all are known. */
export const fullyKnown = contributorStates('active', 'departing').map((all) => desire(all));
/** What links ask for of whom one at least is out of sight. */
export const partlyKnown = fc
  .tuple(contributorStates('active', 'frozen', 'unread'), contributor('d', ['frozen', 'unread']))
  .map(([all, last]) => desire([...all, last]));
/** What is left when nobody asks for the role any more. */
export const abandoned = contributor('a', ['departing']).map((last) => desire([last]));

function desire(all: readonly ContributorState[]): DesiredTargetRole {
  return desiredTargetRole(ROLE, NAMESPACE, all, CONTEXT);
}

/** Who is let in, by whom, and whether somebody took the external ID off. */
function letsIn(
  principals: Readonly<Record<string, readonly string[]>>,
  ids: readonly string[],
  sid: string,
): Statement {
  return {
    ...(sid !== '' && { sid }),
    effect: 'Allow',
    principals: { negated: false, anyone: false, byType: principals },
    actions: { negated: false, values: ['sts:AssumeRole'] },
    ...(ids.length > 0 && { conditions: { StringEquals: { 'sts:ExternalId': ids } } }),
  };
}

const ownTrust = fc
  .record({
    principal: fc.constantFrom(...EXECUTION_ROLES, role('former-exec', SOURCE).text),
    ids: fc.subarray(MACHINES.map(({ text }) => text)),
  })
  .map(({ principal, ids }) => letsIn({ AWS: [principal] }, ids, trustSid(principal)));

const foreignTrust = fc
  .record({
    sid: fc.constantFrom('', 'Lambda', 'Breakglass'),
    service: fc.constantFrom('lambda.amazonaws.com', 'ec2.amazonaws.com'),
  })
  .map(({ sid, service }) => letsIn({ Service: [service] }, [], sid));

function policy(statements: fc.Arbitrary<readonly Statement[]>): fc.Arbitrary<ObservedPolicy> {
  const unreadable: ObservedPolicy = {
    kind: 'unreadable',
    text: '{"Version":',
    problem: 'the policy is not JSON',
  };
  return fc.oneof(
    {
      weight: 9,
      arbitrary: statements.map((some) => ({ kind: 'parsed', document: policyOf(some) }) as const),
    },
    { weight: 1, arbitrary: fc.constant(unreadable) },
  );
}

const trust = policy(
  fc
    .tuple(
      fc.uniqueArray(ownTrust, { maxLength: 2, selector: ({ sid }) => sid }),
      fc.uniqueArray(foreignTrust, { maxLength: 2, selector: ({ sid }) => sid }),
    )
    .map((parts) => parts.flat()),
);

const inlinePolicies = fc
  .uniqueArray(fc.tuple(fc.constantFrom(OWN_POLICY, 'foreign'), policy(permissions)), {
    maxLength: 2,
    selector: ([name]) => name,
  })
  .map((policies) => new Map(policies));

const roleTags = fc
  .record({
    standing: fc.dictionary(fc.constantFrom(...TAG_KEYS, 'foreign'), fc.constantFrom('a', 'b', 'c')),
    recorded: fc.subarray(TAG_KEYS),
    attached: fc.subarray(MANAGED),
  })
  .map(
    ({ standing, recorded, attached }) =>
      new Map([...Object.entries(standing), ...managedKeyTags(recorded), ...attachedTag(attached)]),
  );

/** A role of the right ARN and Id, with whatever on it, that has no tags of ownership. */
export const foreignRole: fc.Arbitrary<ObservedRole> = fc.record(
  {
    arn: fc.constant(ROLE.text),
    roleId: fc.constant(ROLE_ID),
    trust,
    inlinePolicies,
    managedPolicyArns: fc.subarray([...MANAGED, 'arn:aws:iam::aws:policy/Foreign']),
    permissionsBoundaryArn: fc.constantFrom(...BOUNDARIES),
    tags: roleTags,
    instanceProfiles: fc.subarray(['web']),
    description: fc.constantFrom('', 'a', 'other'),
  },
  {
    requiredKeys: [
      'arn',
      'roleId',
      'trust',
      'inlinePolicies',
      'managedPolicyArns',
      'tags',
      'instanceProfiles',
    ],
  },
);

function tagged(more: readonly (readonly [string, string])[]): fc.Arbitrary<ObservedRole> {
  return foreignRole.map((found) => Object.assign(found, { tags: new Map([...found.tags, ...more]) }));
}

const OWNERSHIP = [
  [TAGS.clusterId, CLUSTER],
  [TAGS.namespace, NAMESPACE],
] as const;

/** Roles of this operator and namespace, whatever was done to them since. */
export const madeRole = tagged(OWNERSHIP);
export const adoptedRole = tagged([...OWNERSHIP, [TAGS.adopted, 'true']]);

/** The statements of a policy, none when it cannot be read. */
export function statementsOf(found: ObservedPolicy | undefined): readonly Statement[] {
  return found?.kind === 'parsed' ? found.document.statements : [];
}
