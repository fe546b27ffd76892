/** Laws of the target role's plan: they hold for whatever links ask and whatever AWS holds. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  isManagedKeysTag,
  isOwnSid,
  managedKeys,
  recordedAttached,
  TAGS,
} from '../../../src/desired/names.ts';
import { isOwnTag } from '../../../src/observed/tags.ts';
import type { DesiredTargetRole } from '../../../src/desired/target-role.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import type { Action } from '../../../src/plan/action.ts';
import { roleAfter } from '../../../src/plan/role-after.ts';
import { ownAttached } from '../../../src/plan/attached-policies.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { samePolicy, statementKey } from '../../../src/policy/canonical.ts';
import { callsOf, letIn, ROLE } from '../desired/fixtures.ts';
import {
  abandoned,
  adoptedRole,
  foreignRole,
  madeRole,
  fullyKnown,
  statementsOf,
  partlyKnown,
} from './generators.ts';
import { FACTS, OWN_POLICY, ROLE_ID } from './fixtures.ts';
import { about, narrow } from '../../expectations.ts';
import { policyOf } from '../../../src/policy/document.ts';

const NO_KEYS: readonly string[] = [];
/** What links that are being deleted have stays as far as it stands. */
const NONE_LEAVING = {
  keptTrust: [],
  keptPermissions: [],
  keptPolicyArns: [],
  untouched: { boundary: false, description: false, tagKeys: NO_KEYS },
};
const anyDesire = fc.oneof(fullyKnown, partlyKnown);
const ownedRole = fc.oneof(madeRole, adoptedRole);

function carriedOut(role: ObservedRole | undefined, actions: readonly Action[]): ObservedRole | undefined {
  return actions.reduce<ObservedRole | undefined>((state, action) => roleAfter(state, action, ROLE_ID), role);
}

/** The role after one plan for it was carried out. */
function after(
  desired: DesiredTargetRole,
  role: ObservedRole | undefined,
  facts: object = FACTS,
): ObservedRole {
  const made = carriedOut(role, planTargetRole(desired, role, facts).actions);
  narrow(made !== undefined, 'the role is gone');
  return made;
}

function assertInSync(desired: DesiredTargetRole, role: ObservedRole | undefined): void {
  expect(planTargetRole(desired, role, FACTS).actions).toStrictEqual([]);
}

function trustOf(role: ObservedRole) {
  return statementsOf(role.trust);
}

describe('a plan that was carried out leaves nothing to plan', () => {
  test('for a role that did not exist', () => {
    fc.assert(fc.property(anyDesire, (desired) => assertInSync(desired, after(desired, undefined))));
  });

  test('for a role that stands', () => {
    fc.assert(
      fc.property(anyDesire, ownedRole, (desired, role) => assertInSync(desired, after(desired, role))),
    );
  });

  test('for a role that is adopted', () => {
    fc.assert(
      fc.property(anyDesire, foreignRole, (asked, role) => {
        const desired = { ...asked, adopt: true };
        const adopted = after(desired, role, { excessOf: () => undefined });
        expect(adopted.tags.get(TAGS.adopted)).toBe('true');
        assertInSync(desired, adopted);
      }),
    );
  });

  test('for a role whose tags were taken off, after they came back', () => {
    const named = foreignRole.filter(({ inlinePolicies }) => inlinePolicies.has(OWN_POLICY));
    fc.assert(
      fc.property(anyDesire, named, (desired, role) =>
        assertInSync(desired, after(desired, after(desired, role))),
      ),
    );
  });

  test('but what waits until the tags are back, which it says', () => {
    const anyRole = fc.oneof(ownedRole, foreignRole);
    fc.assert(
      fc.property(anyDesire, anyRole, (desired, role) => {
        const { awaiting = [] } = planTargetRole(desired, role, FACTS);
        expect(planTargetRole(desired, after(desired, role), FACTS).actions).toStrictEqual(awaiting);
      }),
    );
  });

  test('when nobody asks for the role', () => {
    fc.assert(
      fc.property(abandoned, ownedRole, (desired, role) =>
        assertInSync(desired, carriedOut(role, planTargetRole(desired, role, FACTS).actions)),
      ),
    );
  });
});

describe('with every contributor known and unmanaged: Remove', () => {
  const exact = fullyKnown.map((desired) => ({ ...desired, ...NONE_LEAVING, preserveUnmanaged: false }));

  test('the role ends as its links describe it, and holds nothing else', () => {
    fc.assert(
      fc.property(exact, madeRole, (desired, role) => {
        const { trust, inlinePolicies, managedPolicyArns, ...rest } = after(desired, role);
        narrow(trust.kind === 'parsed' && samePolicy(trust.document, policyOf(desired.trust)), {
          trust,
          desired: desired.trust,
        });
        expect([...inlinePolicies.keys()]).toStrictEqual([OWN_POLICY]);
        expect(callsOf(statementsOf(inlinePolicies.get(OWN_POLICY)))).toStrictEqual(
          callsOf(desired.permissions),
        );
        expect(managedPolicyArns.toSorted()).toStrictEqual(desired.managedPolicyArns);
        expect(rest.permissionsBoundaryArn).toBe(desired.permissionsBoundaryArn);
        expect(rest.instanceProfiles).toStrictEqual([]);
      }),
    );
  });
});

test('tags that are not ours are never touched', () => {
  fc.assert(
    fc.property(anyDesire, ownedRole, (desired, role) => {
      const recorded = managedKeys(role.tags);
      const foreign = [...role.tags].filter(
        ([key]) => !isOwnTag(key) && !recorded.includes(key) && !desired.tags.has(key),
      );
      const { tags } = after(desired, role);
      expect(foreign).toStrictEqual(foreign.map(([key]) => [key, tags.get(key)]));
    }),
  );
});

describe('with unmanaged: Preserve', () => {
  const preserving = anyDesire.map((desired) => ({ ...desired, preserveUnmanaged: true }));

  test('foreign trust statements stay as they are', () => {
    fc.assert(
      fc.property(preserving, ownedRole, (desired, role) => {
        const foreign = trustOf(role).filter(({ sid }) => !isOwnSid(sid));
        const kept = trustOf(after(desired, role)).filter(({ sid }) => !isOwnSid(sid));
        expect(kept.map(statementKey)).toStrictEqual(foreign.map(statementKey));
      }),
    );
  });

  test('foreign inline policies, attached policies and instance profiles stay', () => {
    fc.assert(
      fc.property(preserving, ownedRole, (desired, role) => {
        const kept = after(desired, role);
        expect(kept.inlinePolicies.get('foreign')).toBe(role.inlinePolicies.get('foreign'));
        const foreign = role.managedPolicyArns.filter(
          (arn) => !recordedAttached(role.tags.get(TAGS.attached), arn),
        );
        assertHolds(kept.managedPolicyArns, foreign);
        expect(kept.instanceProfiles).toStrictEqual(role.instanceProfiles);
      }),
    );
  });

  test('policies that the operator attached go with the last link that asks for them, wherever it broke off', () => {
    const keeping = fullyKnown.map((desired) => ({ ...desired, ...NONE_LEAVING, preserveUnmanaged: true }));
    const cut = fc.nat({ max: 12 });
    fc.assert(
      fc.property(keeping, keeping, ownedRole, cut, (before, now, role, writes) => {
        const standing = after(before, role);
        const { actions } = planTargetRole(now, standing, FACTS);
        const goneOn = after(now, carriedOut(standing, actions.slice(0, writes)));
        const others = standing.managedPolicyArns.filter((arn) => !ownAttached(standing).includes(arn));
        expect(goneOn.managedPolicyArns.toSorted()).toStrictEqual(
          [...new Set([...others, ...now.managedPolicyArns])].toSorted(),
        );
        assertInSync(now, goneOn);
      }),
    );
  });

  test('a trust policy that cannot be read is not overwritten', () => {
    fc.assert(
      fc.property(preserving, ownedRole, (desired, found) => {
        const role = { ...found, trust: { kind: 'unreadable', text: '', problem: 'is not JSON' } } as const;
        expect(after(desired, role).trust).toBe(role.trust);
        const { blocked } = planTargetRole(desired, role, FACTS);
        expect([blocked?.leg, blocked?.reason]).toStrictEqual(['trustPolicy', 'PolicyUnreadable']);
      }),
    );
  });
});

/** What people see of a role, in one order. */
function shownOf({ trust, inlinePolicies, managedPolicyArns, tags, ...rest }: ObservedRole) {
  const policies = [...inlinePolicies].map(([name, policy]) => [name, callsOf(statementsOf(policy))]);
  return {
    ...rest,
    trust: letIn(statementsOf(trust)),
    policies: policies.sort(),
    managedPolicyArns: managedPolicyArns.toSorted(),
    tags: [...tags].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}

/** The role after two plans for it: what only a second one can do is done. */
function end(desired: DesiredTargetRole, role: ObservedRole | undefined): ObservedRole {
  return after(desired, after(desired, role));
}

/** The role after this many writes of a plan for it. */
function broken(desired: DesiredTargetRole, role: ObservedRole | undefined, writes: number) {
  return carriedOut(role, planTargetRole(desired, role, FACTS).actions.slice(0, writes));
}

describe('killed after any write, and restarted with the newest spec', () => {
  const kept = fullyKnown.map((desired) => ({ ...desired, ...NONE_LEAVING }));
  const cut = fc.nat({ max: 14 });

  test('a role of the operator ends as if it had never been cut short', () => {
    fc.assert(
      fc.property(kept, kept, kept, cut, (before, edit, now, writes) => {
        const stands = after(before, undefined);
        const cutShort = end(now, broken(edit, stands, writes));
        expect(shownOf(cutShort)).toStrictEqual(shownOf(end(now, after(edit, stands))));
      }),
    );
  });

  test('it ends as a fresh one would be made: no edit leaves anything', () => {
    fc.assert(
      fc.property(kept, kept, kept, cut, (before, edit, now, writes) => {
        const cutShort = end(now, broken(edit, after(before, undefined), writes));
        expect(shownOf(cutShort)).toStrictEqual(shownOf(after(now, undefined)));
      }),
    );
  });

  test('an adopted role that is given back has what it had, whatever was asked of it meanwhile', () => {
    const untouched = foreignRole
      .filter(({ inlinePolicies, managedPolicyArns }) => inlinePolicies.size + managedPolicyArns.length === 0)
      .map((role) =>
        Object.assign(role, { tags: new Map([['theirs', 'x']]), description: role.description ?? '' }),
      );
    const adopting = kept.map((desired) => Object.assign(desired, { adopt: true, preserveUnmanaged: true }));
    const bounded = { excessOf: () => undefined };
    fc.assert(
      fc.property(adopting, adopting, abandoned, untouched, cut, (first, edit, last, role, writes) => {
        const adopted = after(first, after(first, role, bounded));
        const edited = after(edit, broken(edit, adopted, writes));
        const gone = { ...last, preserveUnmanaged: true, retain: false };
        const half = carriedOut(edited, planTargetRole(gone, edited, FACTS).actions.slice(0, writes));
        const back = after(gone, half);
        const { trust: _, ...was } = shownOf(role);
        const { trust: __, ...is } = shownOf(back);
        expect(is).toStrictEqual(was);
      }),
    );
  });
});

describe('while a link is out of sight', () => {
  test('nothing that stood is lost', () => {
    fc.assert(
      fc.property(partlyKnown, ownedRole, (desired, role) => {
        const grown = after(desired, role);
        assertHolds(letIn(trustOf(grown)), letIn(trustOf(role)));
        for (const [name, policy] of role.inlinePolicies) {
          assertHolds(callsOf(statementsOf(grown.inlinePolicies.get(name))), callsOf(statementsOf(policy)));
        }
        assertHolds(grown.managedPolicyArns, role.managedPolicyArns);
        assertHolds(
          [...grown.tags.keys()],
          [...role.tags.keys()].filter((key) => !isManagedKeysTag(key)),
        );
        assertHolds(managedKeys(grown.tags), managedKeys(role.tags));
        expect(grown.permissionsBoundaryArn === undefined).toBe(
          role.permissionsBoundaryArn === undefined && desired.permissionsBoundaryArn === undefined,
        );
        expect(grown.instanceProfiles).toStrictEqual(role.instanceProfiles);
      }),
    );
  });

  test('what its links ask for is added all the same', () => {
    fc.assert(
      fc.property(partlyKnown, ownedRole, (desired, role) => {
        const grown = after(desired, role);
        if (grown.trust.kind === 'parsed') assertHolds(letIn(trustOf(grown)), letIn(desired.trust));
        assertHolds(
          callsOf(statementsOf(grown.inlinePolicies.get(OWN_POLICY))),
          callsOf(desired.permissions),
        );
        assertHolds(grown.managedPolicyArns, desired.managedPolicyArns);
      }),
    );
  });

  test('a role that holds all of it already is not written: a cold start makes no writes', () => {
    fc.assert(
      fc.property(fullyKnown, partlyKnown, (whole, part) => {
        const role = after(whole, undefined);
        const { permissionsBoundaryArn: _, description: __, ...seen } = part;
        const known: DesiredTargetRole = {
          ...seen,
          // Unlike its Tasks, the spec of a link that is out of sight is known.
          preserveUnmanaged: whole.preserveUnmanaged,
          tags: new Map([...whole.tags].slice(1)),
          trust: whole.trust.slice(1),
          permissions: whole.permissions.slice(1),
          managedPolicyArns: whole.managedPolicyArns.slice(1),
        };
        if (known.trust.length > 0) assertInSync(known, role);
      }),
    );
  });

  test('it is said that something waits', () => {
    fc.assert(
      fc.property(partlyKnown, ownedRole, (desired, role) => {
        expect(planTargetRole(desired, role, FACTS).withheld).toHaveLength(1);
      }),
    );
  });
});

test('on the word of a status alone nothing is removed: the tags come back first', () => {
  const named = foreignRole.filter(
    ({ inlinePolicies, trust }) => inlinePolicies.has(OWN_POLICY) && trust.kind === 'parsed',
  );
  fc.assert(
    fc.property(fullyKnown, named, (desired, role) => {
      const grown = after({ ...desired, adopt: false }, role);
      assertHolds(letIn(trustOf(grown)), letIn(trustOf(role)));
      assertHolds([...grown.inlinePolicies.keys()], [...role.inlinePolicies.keys()]);
      assertHolds(grown.managedPolicyArns, role.managedPolicyArns);
    }),
  );
});

test('every write names the role in full, and says in fields what it changes', () => {
  fc.assert(
    fc.property(fc.oneof(anyDesire, abandoned), ownedRole, (desired, role) => {
      for (const action of planTargetRole(desired, role, FACTS).actions) {
        expect(action.object).toBe(ROLE.text);
        about(action.operation, () => expect(action.changes.length).toBeGreaterThan(0));
        expect(action.changes.every(({ before, after: then }) => before !== then)).toBe(true);
      }
    }),
  );
});

test('no trust policy is written that holds no statement, for IAM takes none', () => {
  fc.assert(
    fc.property(fc.oneof(anyDesire, abandoned), fc.option(ownedRole), (desired, role) => {
      for (const action of planTargetRole(desired, role ?? undefined, FACTS).actions) {
        if ('trust' in action)
          about(action.operation, () => expect(action.trust.statements.length).toBeGreaterThan(0));
      }
    }),
  );
});

function assertHolds(all: readonly string[], some: readonly string[]): void {
  const missing = some.filter((one) => !all.includes(one));
  expect(missing).toStrictEqual([]);
}

describe('what a link on its way out had set stays as it stands', () => {
  const untouched = { boundary: true, description: true, tagKeys: ['team'] };
  const set = fullyKnown.map((desired) => ({
    ...desired,
    ...NONE_LEAVING,
    adopt: true,
    tags: new Map([...desired.tags, ['team', 'payments']]),
  }));
  const theirs = foreignRole.map((role): ObservedRole =>
    Object.assign(role, { tags: new Map([...role.tags, ['team', 'former']]) }),
  );

  test.each([
    ['the operator made', fc.constant(undefined)],
    ['was adopted', theirs],
  ])('and is on record for whoever takes it off a role that %s', (_, roles) => {
    fc.assert(
      fc.property(set, fullyKnown, roles, (before, now, role) => {
        const facts = { excessOf: () => undefined };
        const { permissionsBoundaryArn: _boundary, description: _description, ...rest } = now;
        const stands = after(before, role, facts);
        const left = after({ ...rest, tags: new Map(), untouched }, stands, facts);
        expect([left.description, left.permissionsBoundaryArn, left.tags.get('team')]).toStrictEqual([
          stands.description,
          stands.permissionsBoundaryArn,
          'payments',
        ]);
        expect(managedKeys(left.tags)).toContain('team');
      }),
    );
  });
});
