import { describe, expect, it } from '@jest/globals';
import { grantRoles, inventoryOf } from '../../../../src/controllers/link/inventory.ts';
import { role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { link, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { EXEC, objectOf } from '../test-cluster.ts';

const FORMER = role('former-exec', SOURCE).text;

describe('execution roles that may bear a grant', () => {
  it('are those needed, those of the inventory and that of the status, each once', () => {
    const object = objectOf(link('a'));
    const inventory = [
      { leg: 'ExecutionRoleGrant', arn: FORMER } as const,
      { leg: 'ExecutionRoleGrant', arn: EXEC.text } as const,
      { leg: 'TargetRole', arn: ROLE.text } as const,
    ];
    const roles = grantRoles({ ...object, status: { inventory, executionRoleARN: FORMER } }, [EXEC.text]);
    expect(roles.map(({ text }) => text)).toStrictEqual([EXEC.text, FORMER]);
  });

  it('lie in the account of the state machine: whatever else a status says is left out', () => {
    const inventory = [
      { leg: 'ExecutionRoleGrant', arn: role('checkout-exec', TARGET).text } as const,
      { leg: 'ExecutionRoleGrant', arn: 'no ARN' } as const,
    ];
    expect(grantRoles({ ...objectOf(link('a')), status: { inventory } }, [])).toStrictEqual([]);
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
