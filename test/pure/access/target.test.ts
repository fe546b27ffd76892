import { describe, expect, test } from '@jest/globals';
import { checkTargetRole, growthIsBlocked, type TargetRoleRequest } from '../../../src/access/target.ts';
import { asTarget, role, rulesOf, TARGET, targetsFor, type Entry } from './fixtures.ts';
import { narrow } from '../../expectations.ts';

const ROLE = role('crossaccountlink/payments/checkout');
const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';
const POLICY = 'arn:aws:iam::222222222222:policy/audit';

function decide(entries: readonly Entry[], request: Partial<TargetRoleRequest> = {}, boundary?: string) {
  const rules = rulesOf(TARGET, [...entries], boundary);
  const whole = {
    role: ROLE,
    adopt: false,
    preserve: false,
    managedPolicyArns: [],
    operatorRoleArns: [],
    ...request,
  };
  return checkTargetRole(rules, targetsFor(rules, whole.role), whole);
}

/** Asserts a refusal that names the account and what to do about it. */
function assertRefused(decision: ReturnType<typeof decide>, about: RegExp): void {
  narrow(!decision.allowed, 'it is allowed');
  expect(decision.message).toMatch(about);
}

describe('the path of a target role', () => {
  const PATHS = [
    { path: 'crossaccountlink/payments/checkout', allowed: true },
    { path: 'crossaccountlink/payments/deeper/checkout', allowed: true },
    { path: 'crossaccountlink/payments-checkout', allowed: false },
    { path: 'crossaccountlink/shipping/checkout', allowed: false },
    { path: 'checkout', allowed: false },
  ];
  for (const { path, allowed } of PATHS) {
    test(`"${path}" ${allowed ? 'lies' : 'does not lie'} below /crossaccountlink/payments/`, () => {
      expect(decide([asTarget({})], { role: role(path) }).allowed).toBe(allowed);
    });
  }

  test('is refused where no entry speaks of targets', () => {
    assertRefused(decide([]), /AWSAccount billing .*no access entry for this namespace; ask .* for one\.$/);
  });

  for (const path of ['aws-service-role/x.amazonaws.com/checkout', 'aws-reserved/checkout']) {
    test(`is refused at ${path}, even below the prefix /`, () => {
      assertRefused(decide([asTarget({ rolePathPrefix: '/' })], { role: role(path) }), /path \/aws-/);
    });
  }
});

test("the operator's own role is no target role, whatever may be adopted", () => {
  const entry = asTarget({ rolePathPrefix: '/', adoptableRoles: ['arn:aws:iam::222222222222:role/*'] });
  const operatorRoleArns = ['arn:aws:sts::222222222222:assumed-role/operator/session'];
  assertRefused(
    decide([entry], { role: role('operator'), adopt: true, operatorRoleArns }),
    /the operator's own: create a link with another role name/,
  );
});

describe('adoption', () => {
  test('is refused where adoptableRoles is left out', () => {
    assertRefused(decide([asTarget({})], { adopt: true }), /adoptableRoles/);
  });

  test('is allowed for roles that adoptableRoles matches', () => {
    const entry = asTarget({ adoptableRoles: ['arn:aws:iam::222222222222:role/crossaccountlink/*'] });
    expect(decide([entry], { adopt: true }).allowed).toBe(true);
  });

  test('is not allowed by an entry for another path', () => {
    const elsewhere = asTarget({ rolePathPrefix: '/elsewhere/', adoptableRoles: ['*'] });
    assertRefused(decide([asTarget({}), elsewhere], { adopt: true }), /adoptableRoles/);
  });
});

describe('unmanaged: Preserve', () => {
  test('is refused where allowPreserve is left out', () => {
    assertRefused(decide([asTarget({})], { preserve: true }), /allowPreserve/);
  });

  test('is allowed where allowPreserve says so', () => {
    expect(decide([asTarget({ allowPreserve: true })], { preserve: true }).allowed).toBe(true);
  });
});

describe('a managed policy', () => {
  test('is refused where managedPolicyARNs is left out', () => {
    assertRefused(decide([asTarget({})], { managedPolicyArns: [POLICY] }), /managedPolicyARNs/);
  });

  test('has to be allowed each for itself', () => {
    const entry = asTarget({ managedPolicyARNs: [POLICY] });
    expect(decide([entry], { managedPolicyArns: [POLICY] }).allowed).toBe(true);
    assertRefused(decide([entry], { managedPolicyArns: [POLICY, 'arn:aws:iam::aws:policy/Admin'] }), /Admin/);
  });

  test('may be allowed by one entry and the next one by another', () => {
    const other = 'arn:aws:iam::222222222222:policy/other';
    const entries = [asTarget({ managedPolicyARNs: [POLICY] }), asTarget({ managedPolicyARNs: [other] })];
    expect(decide(entries, { managedPolicyArns: [POLICY, other] }).allowed).toBe(true);
  });
});

describe('the permissions boundary', () => {
  test('of the account need not be written in the link', () => {
    expect(decide([asTarget({})], {}, BOUNDARY).allowed).toBe(true);
  });

  test('of the account may be written in the link', () => {
    expect(decide([asTarget({})], { boundaryArn: BOUNDARY }, BOUNDARY).allowed).toBe(true);
  });

  test('of the account cannot be replaced by the link', () => {
    assertRefused(
      decide([asTarget({})], { boundaryArn: POLICY }, BOUNDARY),
      /policy\/boundary on every role/,
    );
  });

  test('is the choice of the link where the account asks for none', () => {
    expect(decide([asTarget({})], { boundaryArn: POLICY }).allowed).toBe(true);
  });
});

describe('definitionGrowth', () => {
  const held = asTarget({ definitionGrowth: 'Hold' });

  const CASES = [
    { entries: [asTarget({})], holds: false, when: 'it is left out' },
    { entries: [held], holds: true, when: 'the only entry says Hold' },
    { entries: [held, asTarget({})], holds: false, when: 'one of two entries lets roles grow' },
    { entries: [], holds: false, when: 'no entry speaks of the role' },
  ];
  for (const { entries, holds, when } of CASES) {
    test(`${holds ? 'holds' : 'does not hold'} a role back when ${when}`, () => {
      expect(growthIsBlocked(targetsFor(rulesOf(TARGET, entries), ROLE))).toBe(holds);
    });
  }
});
