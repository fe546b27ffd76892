import { describe, expect, it } from '@jest/globals';
import { readManifests } from '../../../src/cli/manifests.ts';
import { parseLinkObject } from '../../../src/controllers/state/link-object.ts';
import { manifest, MACHINE, ROLE } from './fixtures.ts';

const NOW = '2026-06-01T00:00:00Z';
const STANDING = [parseLinkObject(manifest({ status: { targetRoleID: 'AROA1' } }))];
const read = (text: string) => readManifests(text, { namespace: 'here', contributor: STANDING, now: NOW });

function yaml(
  name: string,
  { namespace = '', role = ROLE, apiVersion = 'crossaccountlink.dev/v1alpha1' } = {},
) {
  return `apiVersion: ${apiVersion}
kind: CrossAccountLink
metadata: {name: ${name}${namespace === '' ? '' : `, namespace: ${namespace}`}}
spec:
  stateMachineARN: ${MACHINE}
  targetRole: {arn: ${role}}
`;
}

describe('links of a manifest', () => {
  it('stand in the namespace that they name, or in that of the command line', () => {
    const links = read(`${yaml('a')}---\n${yaml('b', { namespace: 'there' })}`);
    expect(links.map(({ link }) => link.key)).toStrictEqual(['here/a', 'there/b']);
  });

  it('are as old as now, and come by age', () => {
    const links = read(`${yaml('new')}---\n${yaml('checkout', { namespace: 'payments' })}`);
    expect(links.map(({ metadata }) => `${metadata.name} ${metadata.creationTimestamp}`)).toStrictEqual([
      'checkout 2026-01-01T00:00:00Z',
      `new ${NOW}`,
    ]);
  });

  it('keep identity and status of a link that stands', () => {
    const [known] = read(yaml('checkout', { namespace: 'payments' }));
    expect(known?.metadata.uid).toBe('uid');
    expect(known?.status.targetRoleID).toBe('AROA1');
  });

  it('are found among other kinds, in lists and in JSON', () => {
    const other = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}\n';
    expect(read(`${other}---\n${yaml('a')}---\n`)).toHaveLength(1);
    const item = {
      apiVersion: 'crossaccountlink.dev/v1alpha1',
      kind: 'CrossAccountLink',
      metadata: { name: 'a' },
      spec: { stateMachineARN: MACHINE, targetRole: { arn: ROLE } },
    };
    expect(read(JSON.stringify({ kind: 'List', items: [item, { kind: 'Pod' }] }))).toHaveLength(1);
  });

  const refused: readonly [string, string, RegExp][] = [
    ['nothing', '', /there is no CrossAccountLink in it/],
    ['another kind only', 'kind: Pod', /there is no CrossAccountLink in it/],
    [
      'broken YAML',
      'a: [',
      /line 1: a quote, a bracket, a comma or a blank is missing|line 1: the indentation/,
    ],
    [
      'another version',
      yaml('a', { apiVersion: 'crossaccountlink.dev/v9' }),
      /only crossaccountlink.dev\/v1alpha1/,
    ],
    [
      'no spec',
      'apiVersion: crossaccountlink.dev/v1alpha1\nkind: CrossAccountLink\nmetadata: {name: a}',
      /spec/,
    ],
    ['a role that is none', yaml('a', { role: 'arn:aws:s3:::x' }), /spec\.targetRole\.arn is no role/],
    [
      'a change of what cannot be changed',
      yaml('checkout', { namespace: 'payments', role: `${ROLE}-2` }),
      /payments\/checkout: .* cannot be changed: make another link/,
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`refuse ${what}`, () => {
      expect(() => read(text)).toThrow(message);
    });
  }
});
