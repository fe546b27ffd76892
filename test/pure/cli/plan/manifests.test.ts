import { describe, expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../../../src/api/crossaccountlink.ts';
import { toJsonObject, type JsonObject } from '../../../../src/base/json.ts';
import { applyManifests, manifestKey } from '../../../../src/cli/plan/manifests.ts';
import { manifest, MACHINE, ROLE } from '../fixtures.ts';

const NOW = '2026-06-01T00:00:00Z';
const STANDING = toJsonObject(manifest({ status: { targetRoleID: 'AROA1' } }));
const ACCOUNT = { accountID: '222222222222' };

/** @param remark what is said of each: the API server was not asked */
function apply(objects: readonly JsonObject[], { given, remark }: { given?: string; remark?: string } = {}) {
  return applyManifests(
    objects.map((value, index) => ({ where: `file ${index}`, value })),
    {
      namespace: 'here',
      given,
      now: NOW,
      known: new Map([[manifestKey(CROSS_ACCOUNT_LINK, 'payments', 'checkout'), STANDING]]),
      check: (_, object) => Promise.resolve({ object, ...(remark !== undefined && { remark }) }),
    },
  );
}

function link(
  name: string,
  { namespace, apiVersion = 'crossaccountlink.dev/v1alpha1', role = ROLE }: Fields = {},
): JsonObject {
  return {
    apiVersion,
    kind: 'CrossAccountLink',
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { stateMachineARN: MACHINE, targetRole: { arn: role } },
  };
}

interface Fields {
  readonly namespace?: string;
  readonly apiVersion?: string;
  readonly role?: string;
}

function account(name: string): JsonObject {
  return {
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'AWSAccount',
    metadata: { name },
    spec: ACCOUNT,
  };
}

describe('objects of manifests', () => {
  it('stand in the namespace that they name, or in that of the command line', async () => {
    const { links } = await apply([link('a'), link('b', { namespace: 'there' })]);
    expect(links.map((each) => each.link.key)).toStrictEqual(['here/a', 'there/b']);
  });

  it('are as old as now, and links come by age', async () => {
    const { links } = await apply([
      link('new'),
      { ...STANDING, ...link('checkout', { namespace: 'payments' }), metadata: STANDING['metadata'] ?? {} },
    ]);
    expect(links.map(({ metadata }) => `${metadata.name} ${metadata.creationTimestamp}`)).toStrictEqual([
      'checkout 2026-01-01T00:00:00Z',
      `new ${NOW}`,
    ]);
  });

  it('keep the status of what stands', async () => {
    const { links } = await apply([link('checkout', { namespace: 'payments' })]);
    expect(links[0]?.status.targetRoleID).toBe('AROA1');
  });

  it('are links and accounts, and the namespaces that come with them; other kinds are left out', async () => {
    const { links, accounts, namespaces } = await apply([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'here', labels: { tenant: 'true' } } },
      link('a'),
      account('billing'),
    ]);
    expect([links.length, accounts.map(({ metadata }) => metadata.name)]).toStrictEqual([1, ['billing']]);
    expect(namespaces.map(({ metadata }) => metadata.labels)).toStrictEqual([{ tenant: 'true' }]);
  });

  it('carry what the API server was not asked about', async () => {
    const { remarks } = await apply([link('a'), account('billing')], { remark: 'not asked' });
    expect([...remarks]).toStrictEqual([
      ['here/a', 'not asked'],
      ['billing', 'not asked'],
    ]);
  });

  const refused: readonly [string, readonly JsonObject[], RegExp][] = [
    ['nothing', [], /^there is no CrossAccountLink and no AWSAccount in it$/],
    ['another kind only', [{ kind: 'Pod' }], /^file 0: there is no CrossAccountLink/],
    [
      'another version',
      [link('a', { apiVersion: 'crossaccountlink.dev/v9' })],
      /^file 0: .*only crossaccountlink.dev\/v1alpha1/,
    ],
    ['no version', [{ ...link('a'), apiVersion: 'v1' }], /^file 0: apiVersion v1: only/],
    [
      'a kind that the group does not have',
      [{ ...link('a'), kind: 'CrossAccountLinks' }],
      /^file 0: kind CrossAccountLinks: CrossAccountLink and AWSAccount are known/,
    ],
    ['no name', [{ ...link('a'), metadata: {} }], /^file 0: a CrossAccountLink without metadata.name/],
    [
      'a number for a name',
      [{ ...link('a'), metadata: { name: 7 } }],
      /whose metadata.name is a number and not a string: put it in quotes/,
    ],
    [
      'JSON with a comment in it',
      [{ '// the link "apiVersion"': 'crossaccountlink.dev/v1alpha1', kind: 'CrossAccountLink' }],
      /^file 0: it contains a comment .*JSON does not allow/,
    ],
    [
      'a name to be made up',
      [{ ...link('a'), metadata: { generateName: 'a-' } }],
      /with generateName instead of metadata.name/,
    ],
    ['no spec', [{ ...link('a'), spec: {} }], /^file 0: .*stateMachineARN/],
    [
      'a role that is none',
      [link('a', { role: 'arn:aws:s3:::x' })],
      /^file 0: .*targetRole\.arn is not the ARN of a role/,
    ],
    [
      'the same twice',
      [link('a'), account('b'), link('a', { namespace: 'here' })],
      /^file 2: CrossAccountLink here\/a is defined twice, first in file 0/,
    ],
  ];
  it.each(refused)('are refused with the place where they stand: %s', async (_, objects, message) => {
    await expect(apply(objects)).rejects.toThrow(message);
  });

  it('are refused in another namespace than -n says, as by kubectl', async () => {
    await expect(apply([link('a', { namespace: 'there' })], { given: 'here' })).rejects.toThrow(
      /there\/a is in another namespace than --namespace here says/,
    );
  });
});

it('names of one kind do not meet those of another', () => {
  expect(manifestKey(AWS_ACCOUNT, undefined, 'a')).not.toBe(manifestKey(CROSS_ACCOUNT_LINK, undefined, 'a'));
});
