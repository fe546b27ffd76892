import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { objectAt, type JsonObject } from '../../../src/base/json.ts';
import { check } from '../../../src/cli/check/check.ts';
import { schemaDifference } from '../../../src/cli/check/crd-check.ts';
import { checkInstallation } from '../../../src/cli/check/installation-check.ts';
import type { InstallationFacts } from '../../../src/cli/check/installation-facts.ts';
import { saidLater } from './fixtures.ts';
import { awsAccount } from '../api/aws-account.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const VIEW = { version: '1.2.3', nowMs: NOW };

function object(name: string, parts: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return { metadata: { name, namespace: 'aws', uid: name, resourceVersion: '1', labels }, ...parts };
}

function crd(kind: string, plural: string): JsonObject {
  const path = new URL(`../../../crds/crossaccountlink.dev_${plural}.yaml`, import.meta.url);
  const { metadata, spec } = parse(readFileSync(path, 'utf8'));
  const labels = { 'app.kubernetes.io/version': '1.2.3' };
  return {
    metadata: { ...metadata, uid: kind, resourceVersion: '1', labels },
    spec,
    status: { conditions: [{ type: 'Established', status: 'True' }] },
  };
}

function account(name: string, ready: JsonObject, spec: JsonObject = {}, status: JsonObject = {}) {
  return awsAccount({
    metadata: { name },
    spec,
    status: {
      observedGeneration: 1,
      links: 3,
      ...status,
      conditions: [{ type: 'Ready', lastTransitionTime: '2026-01-01T00:00:00Z', ...ready }],
    },
  });
}

const GUARDED = object('guard', { spec: { policyName: 'guard' } });

function policyFor(operator: string): JsonObject {
  const expression = `request.userInfo.username == "system:serviceaccount:${operator}"`;
  return { variables: [{ name: 'isOperator', expression }] };
}

const CONNECTED = { status: 'True', reason: 'Connected', message: 'The operator acts as x.' };
const CRDS = [
  { kind: 'CrossAccountLink', object: crd('CrossAccountLink', 'crossaccountlinks'), absent: false },
  { kind: 'AWSAccount', object: crd('AWSAccount', 'awsaccounts'), absent: false },
];
/** The CRDs as an older version had them. */
const withoutField = (name: string) =>
  CRDS.map(({ kind, object: whole }) => ({
    kind,
    object: objectAt({ crd: JSON.parse(JSON.stringify(whole).replace(`"${name}":`, '"former":')) }, 'crd'),
    absent: false,
  }));
const UNSEEN_CRDS = CRDS.map(({ kind }) => ({ kind, object: undefined, absent: false }));
const LEASE = {
  namespace: 'aws',
  clusterId: 'prod',
  version: '1.2.3',
  leader: 'pod-a_1234',
  renewTime: '2026-01-01T00:00:58.000000Z',
  leaseSeconds: 15,
};
const deployment = (ready: number, wanted = 2) =>
  object('crossaccountlink', { spec: { replicas: wanted }, status: { readyReplicas: ready } });

const SOUND: InstallationFacts = {
  crds: CRDS,
  finding: { kind: 'found', installation: LEASE },
  deployments: [deployment(2)],
  accounts: [account('billing', CONNECTED, { eventQueueURL: 'https://sqs.us-east-1.amazonaws.com/1/q' })],
  policies: [object('crossaccountlink')],
  policyBindings: [object('crossaccountlink', { spec: { policyName: 'crossaccountlink' } })],
};

const checked = async (facts: Partial<InstallationFacts>) => {
  const installation = checkInstallation({ ...SOUND, ...facts }, VIEW);
  return saidLater((io) => check({ installation, links: [] }, io));
};

describe('check of the installation', () => {
  it('has a line for each part, and ends with 0 when all is in order', async () => {
    expect(await checked({})).toStrictEqual({
      status: 0,
      output: `✓ CRDs        CrossAccountLink and AWSAccount serve v1alpha1, with every field that this client knows
✓ replicas    2 of 2 ready (Deployment aws/crossaccountlink)
✓ leader      pod-a in namespace aws, renewed 2 s ago
✓ cluster ID  prod
✓ versions    client 1.2.3, operator 1.2.3, CRDs 1.2.3
✓ account     billing (222222222222) is reached, 3 links
✓ events      every account has an event queue: drift is found within seconds
✓ admission   policy crossaccountlink guards status and finalizers

no links
`,
    });
  });

  const absent = CRDS.map(({ kind }) => ({ kind, object: undefined, absent: true }));
  const cases: readonly (readonly [string, Partial<InstallationFacts>, RegExp, number])[] = [
    [
      'no CRDs',
      { crds: absent },
      /^✗ CRDs {8}CrossAccountLink and AWSAccount not installed\n {14}first do: Install the operator/,
      2,
    ],
    [
      'a CRD that serves another version alone',
      {
        crds: CRDS.map(({ kind, object: { metadata } }) => ({
          kind,
          object: {
            metadata: objectAt({ metadata: metadata ?? {} }, 'metadata'),
            spec: { versions: [{ name: 'v9', served: true }] },
          },
          absent: false,
        })),
      },
      /✗ CRDs {8}CrossAccountLink does not serve v1alpha1\n {14}first do: Apply the CRDs/,
      2,
    ],
    [
      'a CRD that is being deleted',
      {
        crds: CRDS.map(({ kind, object: whole }) => ({
          kind,
          object: {
            ...whole,
            metadata: { ...objectAt(whole, 'metadata'), deletionTimestamp: '2026-01-01T00:00:00Z' },
          },
          absent: false,
        })),
      },
      /^✗ CRDs {8}CrossAccountLink is being deleted, and with it every object of the kind.*\n {14}first do: This cannot be undone\./,
      2,
    ],
    [
      'a CRD in which the operator could not write its status',
      {
        crds: withoutField('furtherTasks'),
      },
      /✗ CRDs {8}CrossAccountLink lacks status\.furtherTasks, .*: the CRD is older\n {14}first do: Apply the CRDs/,
      2,
    ],
    [
      'a CRD that lacks a field of the spec alone',
      {
        crds: withoutField('adoptionPolicy'),
      },
      /! CRDs {8}CrossAccountLink lacks spec\.targetRole\.adoptionPolicy, .*: the CRD is older\n/,
      0,
    ],
    [
      'no operator',
      { finding: { kind: 'none' }, deployments: [] },
      /✗ operator .*no operator has ever been the leader/,
      2,
    ],
    [
      'an operator that is scaled to nothing',
      { deployments: [deployment(0, 0)] },
      /✗ replicas .*0 of 0 ready .*\n.*first do: Scale it up: kubectl -n aws scale deployment/,
      2,
    ],
    [
      'an event queue that cannot be read',
      {
        accounts: [
          account(
            'billing',
            {
              ...CONNECTED,
              message:
                'The operator acts as x. The event queue cannot be read, so drift is found only by polling: ReceiveMessage on https://q: AccessDenied (no); allow it.',
            },
            { eventQueueURL: 'https://q' },
          ),
        ],
      },
      /! account {5}billing .* 3 links; The event queue cannot be read, .*; allow it\.\n✓ events {6}no account/s,
      0,
    ],
    [
      'roles that no link names any more',
      {
        accounts: [
          account(
            'billing',
            CONNECTED,
            {},
            { unlinkedRoles: { total: 3, arns: ['arn:x:role/a', 'arn:x:role/b'] } },
          ),
        ],
      },
      /! account {5}billing .* 3 links; 3 roles that no link names: arn:x:role\/a and others \(status.unlinkedRoles\)\n.*Create its link again and delete it/s,
      0,
    ],
    ['a replica that is not ready', { deployments: [deployment(1)] }, /! replicas {4}1 of 2 ready/, 0],
    [
      'a leader that is gone',
      { finding: { kind: 'found', installation: { ...LEASE, renewTime: '2026-01-01T00:00:00.000000Z' } } },
      /✗ leader .*pod-a was the last leader, and has not renewed its Lease for 60 s\n.*first do: See why none leads: kubectl -n aws logs/,
      2,
    ],
    [
      'a Lease that was given back',
      { finding: { kind: 'found', installation: { ...LEASE, leader: '' } } },
      /✗ leader .*there is no leader in namespace aws/,
      2,
    ],
    [
      'two installations',
      { finding: { kind: 'several', installations: [LEASE, { ...LEASE, namespace: 'b' }] } },
      /! operator .*several are installed, in the namespaces aws \(prod\), b \(prod\)/,
      0,
    ],
    [
      'another version of the operator',
      { finding: { kind: 'found', installation: { ...LEASE, version: '1.3.0' } }, crds: UNSEEN_CRDS },
      /! versions {4}client 1\.2\.3, operator 1\.3\.0\n.*first do: Install the plugin of version 1\.3\.0/,
      0,
    ],
    [
      'CRDs that were left behind by an upgrade',
      { finding: { kind: 'found', installation: { ...LEASE, version: '1.3.0' } } },
      /! versions .*first do: Upgrade the CRDs and the operator together/s,
      0,
    ],
    [
      'an account that is not reached',
      {
        accounts: [
          account('billing', {
            status: 'False',
            reason: 'AccessDenied',
            message:
              "AssumeRole on r: AccessDenied (no); let the role's trust policy name the operator, with the AWSAccount's externalID.",
          }),
        ],
      },
      /✗ account {5}billing \(222222222222\): AccessDenied: .*\n {14}first do: Let the role's trust policy name/,
      2,
    ],
    ['no account', { accounts: [] }, /✗ accounts {4}none is registered/, 2],
    [
      'a policy that takes another ServiceAccount for the operator',
      {
        policies: [object('guard', { spec: policyFor('elsewhere:crossaccountlink') })],
        policyBindings: [GUARDED],
      },
      /✗ admission {3}policy guard takes system:serviceaccount:elsewhere:crossaccountlink for the operator, which is .+ in namespace aws: it refuses/,
      2,
    ],
    [
      'a policy that knows the operator',
      { policies: [object('guard', { spec: policyFor('aws:crossaccountlink') })], policyBindings: [GUARDED] },
      /✓ admission {3}policy guard guards/,
      0,
    ],
    ['no admission policy', { policies: [] }, /! admission {3}the policy is not installed/, 0],
    [
      'a policy that is not bound',
      { policyBindings: [] },
      /! admission {3}the policy is installed and not bound/,
      0,
    ],
  ];
  it.each(cases)('reports %s', async (_, facts, line, status) => {
    const said = await checked(facts);
    expect(said.output).toMatch(line);
    expect(said.status).toBe(status);
  });

  it('tells a tenant what cannot be seen, and ends with 0', async () => {
    const unseen = {
      crds: UNSEEN_CRDS,
      finding: { kind: 'unseen' } as const,
      deployments: undefined,
      accounts: undefined,
      policies: undefined,
      policyBindings: undefined,
    };
    const { output, status } = await checked(unseen);
    expect(status).toBe(0);
    expect(output).not.toMatch(/^[✓✗!]/m);
    expect(output).toMatch(/^- accounts {4}you may not list AWSAccounts$/m);
  });

  it('sums up many accounts, and names those that are not reached', async () => {
    const many = Array.from({ length: 40 }, (_, index) => account(`a${index}`, CONNECTED));
    const bad = account('bad', { status: 'Unknown', reason: 'Unavailable', message: 'No answer.' });
    const { output } = await checked({ accounts: [...many, bad] });
    expect(output).toMatch(/^✓ accounts {4}40 of 41 are reachable$/m);
    expect(output.match(/^. account /gm)).toHaveLength(1);
  });
});

function schemaOf(kind: JsonObject): JsonObject {
  const [version]: readonly JsonObject[] = JSON.parse(JSON.stringify(objectAt(kind, 'spec')['versions']));
  return objectAt(objectAt(version ?? {}, 'schema'), 'openAPIV3Schema');
}

describe('the fields of a CRD', () => {
  it.each([
    ['CrossAccountLink', 'crossaccountlinks'],
    ['AWSAccount', 'awsaccounts'],
  ])('of %s are those that this client knows', (kind, plural) => {
    expect(schemaDifference(kind, schemaOf(crd(kind, plural)))).toStrictEqual({ missing: [], unknown: [] });
  });

  it('that only one side has are named', () => {
    const schema: JsonObject = JSON.parse(
      JSON.stringify(schemaOf(crd('CrossAccountLink', 'crossaccountlinks')), (key, value: unknown) =>
        key === 'suspend' || key === 'tags' ? undefined : value,
      ).replace('"stateMachineARN":', '"later":{"type":"string"},"stateMachineARN":'),
    );
    expect(schemaDifference('CrossAccountLink', schema)).toStrictEqual({
      missing: ['spec.targetRole.tags', 'spec.suspend', 'status.adoption.tags'],
      unknown: ['spec.later'],
    });
  });
});
