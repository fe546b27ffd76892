import { describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import { grantRoles, inventoryOf } from '../../../../src/controllers/link/inventory.ts';
import { role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { link, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { EXEC, objectOf, TestCluster } from '../test-cluster.ts';

const the = new TestCluster();
const FORMER = role('former-exec', SOURCE).text;

describe('execution roles that may have a grant', () => {
  it('are those needed, those of the inventory and that of the status, each once', () => {
    const object = objectOf(link('a'));
    const inventory = [
      { leg: 'ExecutionRoleGrant', arn: FORMER } as const,
      { leg: 'ExecutionRoleGrant', arn: EXEC.text } as const,
      { leg: 'TargetRole', arn: ROLE.text } as const,
    ];
    const status = { inventory, executionRoleARN: FORMER };
    const roles = grantRoles(the.resolved({ ...object, status }), [EXEC.text]);
    expect(roles.map(({ text }) => text)).toStrictEqual([EXEC.text, FORMER]);
  });

  it('lie in the account of the state machine: whatever else a status says is left out', () => {
    const inventory = [
      { leg: 'ExecutionRoleGrant', arn: role('checkout-exec', TARGET).text } as const,
      { leg: 'ExecutionRoleGrant', arn: 'no ARN' } as const,
    ];
    expect(grantRoles(the.resolved({ ...objectOf(link('a')), status: { inventory } }), [])).toStrictEqual([]);
  });

  it('are of those in the annotation, which is anybody’s to write, the ones that the rules let the link change', () => {
    const { metadata, ...object } = objectOf(link('a'));
    const annotations = { [ANNOTATIONS.executionRoles]: `${FORMER} ${role('unlisted', SOURCE).text} junk` };
    const roles = grantRoles(
      the.resolved({ ...object, status: {}, metadata: { ...metadata, annotations } }),
      [],
    );
    expect(roles.map(({ text }) => text)).toStrictEqual([FORMER]);
  });
});

describe('the inventory', () => {
  it('lists each leg that is written, with its object', () => {
    expect(inventoryOf(link('a'), [EXEC.text]).map(({ leg }) => leg)).toStrictEqual([
      'TargetRole',
      'ExecutionRoleGrant',
      'StateMachineCredentials',
    ]);
  });

  it('is empty for a link that observes', () => {
    expect(inventoryOf(link('a', { legs: OBSERVE }), [EXEC.text])).toStrictEqual([]);
  });

  it('has ten entries at most, as the CRD allows', () => {
    const many = Array.from({ length: 20 }, (_, index) => role(`exec-${index}`, SOURCE).text);
    expect(inventoryOf(link('a'), many)).toHaveLength(10);
  });
});
