/** An adopted role whose policies are kept within the rules only by its permissions boundary: no link can widen it by asking
 *  for another boundary. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { isOwnSid } from '../../../../src/desired/names.ts';
import type { Statement } from '../../../../src/policy/document.ts';
import { asTarget, TARGET } from '../../access/fixtures.ts';
import { allow, ROLE } from '../../desired/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { accountOf, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const ADOPTABLE = asTarget({
  allowedActions: ['sqs:*'],
  allowedResources: ['*'],
  adoptableRoles: [ROLE.text],
  allowPreserve: true,
});
const EVERYTHING = parsed(allow(['*'], ['*']));
const NARROW = policyArn('narrow');
const NARROWER = policyArn('narrower');
const WIDE = policyArn('wide');
const SOMEWHAT_WIDE = policyArn('somewhat-wide');

const OPEN = 'arn:aws:iam::999999999999:root';

let the: ReconcilerHarness;

beforeEach(() => {
  the = withCheckout();
  const { target } = the.cluster;
  the.cluster.accounts.set(accountOf(TARGET, [ADOPTABLE], { aws: target }));
  for (const [arn, statement] of [
    [NARROW, allow(['sqs:*'], ['*'])],
    [NARROWER, allow(['sqs:SendMessage'], ['*'])],
    [WIDE, allow(['*'], ['*'])],
    [SOMEWHAT_WIDE, allow(['sqs:*', 'sns:*'], ['*'])],
  ] as const)
    target.policies.set(arn, {
      arn,
      versionId: 'v1',
      document: parsed(statement),
    });
  target.roles.set(ROLE.text, {
    ...untouchedRole(ROLE.text),
    trust: parsed(FOREIGN_TRUST),
    inlinePolicies: new Map([['strong', EVERYTHING]]),
    permissionsBoundaryArn: NARROW,
  });
});

describe('a link that preserves what is on the role', () => {
  it('does not adopt it with a boundary beyond the rules', async () => {
    const before = role();
    the.create('a', adopting({ permissionsBoundaryARN: WIDE }));
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('False AdoptionTooStrong');
    expect(the.message('a', 'Ready')).toContain(WIDE);
    expect(role()).toStrictEqual(before);
  });

  it('does not put one on it later', async () => {
    await the.ready('a', adopting());
    const before = role();
    the.edit('a', adopting({ permissionsBoundaryARN: WIDE }));
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('False AdoptionTooStrong');
    expect(role()).toStrictEqual(before);
    expect([the.tasksNaming(), the.granted()]).toStrictEqual([['Send'], [ROLE.text]]);
  });

  it('puts a boundary within the rules on it, and the former one back', async () => {
    await the.ready('a', adopting({ permissionsBoundaryARN: NARROWER }));
    await the.converge();
    expect([the.condition('a', 'Ready'), role()?.permissionsBoundaryArn]).toStrictEqual([
      'True InSync',
      NARROWER,
    ]);
    the.edit('a', adopting());
    await the.converge();
    expect([the.condition('a', 'Ready'), role()?.permissionsBoundaryArn]).toStrictEqual([
      'True InSync',
      NARROW,
    ]);
  });

  it.each([
    ['within the rules', () => NARROWER, 'True InSync'],
    ['beyond the rules', () => WIDE, 'False AdoptionTooStrong'],
  ])('judges a boundary that the AWSAccount comes to ask for, %s', async (_, boundary, ready) => {
    await the.ready('a', adopting());
    const { target, accounts } = the.cluster;
    const account = accountOf(TARGET, [ADOPTABLE], { aws: target });
    accounts.set({ ...account, rules: { ...account.rules, permissionsBoundaryArn: boundary() } });
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe(ready);
  });

  it('puts one on it where it has none, whatever it may do: that takes rights away', async () => {
    the.cluster.target.roles.set(ROLE.text, { ...untouchedRole(ROLE.text), trust: parsed(FOREIGN_TRUST) });
    await the.ready('a', adopting());
    the.changeRole(({ inlinePolicies, ...rest }) => ({
      ...rest,
      inlinePolicies: new Map([...inlinePolicies, ['strong', EVERYTHING]]),
    }));
    the.edit('a', adopting({ permissionsBoundaryARN: SOMEWHAT_WIDE }));
    await the.converge();
    expect(role()?.permissionsBoundaryArn).toBe(SOMEWHAT_WIDE);
  });

  it('does not put one on it that somebody says it had before', async () => {
    await the.ready('a', adopting({ permissionsBoundaryARN: NARROWER }));
    the.cluster.target.policies.set(NARROW, {
      arn: NARROW,
      versionId: 'v2',
      document: EVERYTHING,
    });
    the.edit('a', adopting());
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('False AdoptionTooStrong');
    expect(role()?.permissionsBoundaryArn).toBe(NARROWER);
  });
});

describe('a role of a link in sync on which somebody lifts the boundary and changes the trust, too', () => {
  beforeEach(() => the.ready('a', adopting({ permissionsBoundaryARN: NARROW })));

  it('gets the boundary back although it may do too much to let anybody in, and then the trust', async () => {
    const before = role();
    changeTrust(() => []);
    the.request('a', '1');
    await the.reconcile('a');
    expect(role()?.permissionsBoundaryArn).toBe(NARROW);
    await the.converge();
    expect([role()?.trust, the.condition('a', 'Ready')]).toStrictEqual([before?.trust, 'True InSync']);
  });

  it("loses whom somebody let in by a statement of the operator's, at once", async () => {
    changeTrust((own) => [own, { ...own, principals: awsPrincipal(OPEN) }]);
    the.request('a', '1');
    await the.reconcile('a');
    expect(JSON.stringify(role()?.trust)).not.toContain(OPEN);
  });

  it('loses them where the boundary that is asked for does not help', async () => {
    the.changeRole((one) => ({ ...one, permissionsBoundaryArn: NARROW }));
    the.cluster.target.policies.set(NARROW, { arn: NARROW, versionId: 'v2', document: EVERYTHING });
    const own = role()?.trust;
    changeTrust((one) => [one, { ...one, principals: awsPrincipal(OPEN) }]);
    the.request('a', '1');
    await the.reconcile('a');
    expect(role()?.trust).toStrictEqual(own);
    expect(the.condition('a', 'TrustPolicyReady')).toBe('False AdoptionTooStrong');
  });
});

describe('a link that removes what is on the role', () => {
  it('puts no boundary beyond the rules on it while nothing may be removed', async () => {
    await the.ready('b', adopting({ unmanaged: 'Remove' }));
    the.edit('b', { suspend: true });
    the.changeRole(({ inlinePolicies, ...rest }) => ({
      ...rest,
      inlinePolicies: new Map([...inlinePolicies, ['strong', EVERYTHING]]),
    }));
    const before = role();
    the.create('a', adopting({ unmanaged: 'Remove', permissionsBoundaryARN: WIDE }));
    await the.converge();
    expect(role()).toStrictEqual(before);
  });

  it('puts its boundary on it once that is off', async () => {
    the.create('a', adopting({ unmanaged: 'Remove', permissionsBoundaryARN: WIDE }));
    await the.converge();
    const names = the.cluster.target.written.map((write) => write.split(' ')[0]);
    expect(names.indexOf('PutRolePermissionsBoundary')).toBeGreaterThan(names.indexOf('DeleteRolePolicy'));
    expect(names.indexOf('DeleteRolePolicy')).toBeGreaterThanOrEqual(0);
  });
});

function role() {
  return the.cluster.target.roles.get(ROLE.text);
}

function adopting(fields: JsonObject = {}): JsonObject {
  return {
    targetRole: {
      arn: ROLE.text,
      adoptionPolicy: 'Adopt',
      unmanaged: 'Preserve',
      ...fields,
    },
  };
}

/** What the operator put into the trust policy, as somebody leaves it. */
function changeTrust(change: (own: Statement) => readonly Statement[]): void {
  the.changeRole(({ trust, ...rest }) => {
    const statements = trust.kind === 'parsed' ? trust.document.statements : [];
    const changed = statements.flatMap((one) => (isOwnSid(one.sid) ? change(one) : [one]));
    return { ...rest, trust: parsed(...changed), permissionsBoundaryArn: WIDE };
  });
}

function awsPrincipal(arn: string): NonNullable<Statement['principals']> {
  return { negated: false, anyone: false, byType: { AWS: [arn] } };
}

function policyArn(name: string): string {
  return `arn:aws:iam::${TARGET}:policy/${name}`;
}
