/** Specs of an AWSAccount that the API server refuses, and what it says about each. */
import { entry } from './manifests.ts';
import type { Refusal } from './refusals.ts';

const ROLE = 'arn:aws:iam::222222222222:role/';

export const REFUSED_ACCOUNTS: readonly Refusal[] = [
  {
    what: 'an ARN for the account ID',
    spec: { accountID: 'arn:aws:iam::222222222222:root' },
    says: 'spec.accountID: Invalid value: "arn:aws:iam::222222222222:root": must be twelve digits, in quotes',
  },
  {
    what: 'an account ID that is not twelve digits',
    spec: { accountID: '22222222222' },
    says: 'spec.accountID: Invalid value: "22222222222": must be twelve digits, in quotes: write "012345678901"',
  },
  {
    what: 'an account ID that YAML took for a number',
    spec: { accountID: 222222222222 },
    says: 'spec.accountID: Invalid value: "integer": spec.accountID in body must be of type string',
  },
  {
    what: 'a partition that is none',
    spec: { partition: 'azure' },
    says: 'must be an AWS partition: write aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc',
  },
  {
    what: 'a role of another account to act through',
    spec: { assumeRole: { arn: 'arn:aws:iam::111111111111:role/operator' } },
    says: 'spec.assumeRole.arn: Invalid value: must be a role of the account itself',
  },
  {
    what: 'a partition that looks like one',
    spec: { partition: 'aws-moon' },
    says: 'must be an AWS partition: write aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc',
  },
  {
    what: 'a Region that is none',
    spec: { region: 'Frankfurt' },
    says: 'spec.region: Invalid value: "Frankfurt": must be a Region',
  },
  {
    what: 'a Region of another partition',
    spec: { region: 'cn-north-1' },
    says: 'spec.region: Invalid value: must lie in spec.partition',
  },
  {
    what: 'a commercial Region in the European Sovereign Cloud',
    spec: { partition: 'aws-eusc', region: 'eu-central-1' },
    says: 'spec.region: Invalid value: must lie in spec.partition',
  },
  {
    what: 'a way of reading roles that is none',
    spec: { roleReads: 'Never' },
    says: 'supported values: "Account", "PerRole"',
  },
  {
    what: "a quota below AWS's default",
    spec: { quotas: { trustPolicyLength: 1000 } },
    says: 'spec.quotas.trustPolicyLength',
  },
  {
    what: 'a role of another partition to act through',
    spec: { assumeRole: { arn: 'arn:aws-cn:iam::222222222222:role/operator' } },
    says: 'spec.assumeRole.arn: Invalid value: must lie in spec.partition',
  },
  {
    what: 'something else than a role to act through',
    spec: { assumeRole: { arn: 'arn:aws:iam::222222222222:user/operator' } },
    says: 'must be the ARN of an IAM role: write arn:PARTITION:iam::ACCOUNT_ID:role/NAME',
  },
  ...['x', 'with space'].map((externalID) => ({
    what: `the external ID ${JSON.stringify(externalID)}`,
    spec: { assumeRole: { arn: 'arn:aws:iam::222222222222:role/operator', externalID } },
    says: 'spec.assumeRole.externalID: Invalid value',
  })),
  {
    what: 'an access entry that allows nothing',
    spec: entry({ asSource: null }),
    says: 'must say what is allowed; write asSource (links may start here), asTarget (links may reach here) or both',
  },
  {
    what: 'an access entry for no namespaces',
    spec: entry({ namespaces: { names: null } }),
    says: 'spec.access[0].namespaces: Invalid value: must hold exactly one of names and selector',
  },
  {
    what: 'an access entry with names and a selector',
    spec: entry({ namespaces: { selector: {} } }),
    says: 'spec.access[0].namespaces: Invalid value: must hold exactly one of names and selector',
  },
  {
    what: 'a selector that asks for values and gives none',
    spec: entry({
      namespaces: { names: null, selector: { matchExpressions: [{ key: 'team', operator: 'In' }] } },
    }),
    says: 'must have values with In and NotIn, and none with Exists and DoesNotExist',
  },
  {
    what: 'a namespace pattern for a name',
    spec: entry({ namespaces: { names: ['team-*'] } }),
    says: 'spec.access[0].namespaces.names[0]: Invalid value: "team-*"',
  },
  ...['crossaccountlink/', '/crossaccountlink', ''].map((rolePathPrefix) => ({
    what: `the role path prefix ${JSON.stringify(rolePathPrefix)}`,
    spec: entry({ asTarget: { rolePathPrefix } }),
    says: 'must begin and end with /: write it as in /crossaccountlink/payments/',
  })),
  {
    what: 'a wildcard in the role path prefix',
    spec: entry({ asTarget: { rolePathPrefix: '/cross*/' } }),
    says: 'must be parts of letters, digits and _ + = , . @ - between single slashes',
  },
  {
    what: "a role path prefix among AWS's own roles",
    spec: entry({ asTarget: { rolePathPrefix: '/aws-reserved/x/' } }),
    says: 'must not lie under /aws-service-role/ or /aws-reserved/',
  },
  {
    what: 'a target without a role path prefix',
    spec: entry({ asTarget: { allowedActions: ['*'] } }),
    says: 'spec.access[0].asTarget.rolePathPrefix: Required value',
  },
  {
    what: 'a role to pass without a service',
    spec: entry({ asTarget: { rolePathPrefix: '/', passRoles: [{ arn: `${ROLE}x`, services: [] }] } }),
    says: 'spec.access[0].asTarget.passRoles[0].services',
  },
  {
    what: 'an execution role that is no ARN',
    spec: entry({ asSource: { executionRoles: ['payments/*'] } }),
    says: 'spec.access[0].asSource.executionRoles[0]: Invalid value: "payments/*"',
  },
  {
    what: 'fewer than no links',
    spec: entry({ maxLinks: -1 }),
    says: 'spec.access[0].maxLinks: Invalid value: -1',
  },
  {
    what: 'a boundary of another account',
    spec: { permissionsBoundaryARN: 'arn:aws:iam::111111111111:policy/b' },
    says: 'spec.permissionsBoundaryARN: Invalid value: must be a policy of the account itself',
  },
  {
    what: 'too short an interval',
    spec: { driftCheckInterval: '10s' },
    says: 'spec.driftCheckInterval: Invalid value: "10s": must be a duration from 30s to 24h',
  },
  ...[
    'queue',
    'https://user:secret@sqs.example/222222222222/q',
    'https://sqs.example/222222222222/q.fifo',
  ].map((eventQueueURL) => ({
    what: `the event queue ${eventQueueURL}`,
    spec: { eventQueueURL },
    says: 'must be the URL of a standard SQS queue: write https://sqs.REGION.amazonaws.com/ACCOUNT_ID/QUEUE_NAME',
  })),
  {
    what: 'a rate for a service that is not called',
    spec: { rates: { s3: { burst: 1, perSecond: 1 } } },
    says: 'must have the keys iam, states, sts, sqs, or one operation of these',
  },
  {
    what: 'a rate that never refills',
    spec: { rates: { iam: { burst: 1, perSecond: 0 } } },
    says: 'spec.rates.iam.perSecond',
  },
];
