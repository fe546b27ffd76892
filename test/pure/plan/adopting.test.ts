/** What adopting a role writes: our mark first, our statements beside others', nothing if the rules are exceeded. */
import { describe, expect, test } from '@jest/globals';
import { TAGS } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { CONTEXT, contributes, link, NAMESPACE, ROLE } from '../desired/fixtures.ts';
import {
  desired,
  FOREIGN_TRUST,
  observed,
  operations,
  OWN_TRUST,
  OWNED,
  parsed,
  ROLE_ID,
} from './fixtures.ts';
import { narrow } from '../../expectations.ts';

const MANAGED = 'arn:aws:iam::222222222222:policy/audit';

const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';

/** Nothing is on record of a role that is yet to be adopted. */
const WITHIN_RULES = { excessOf: () => undefined };

describe('adoption', () => {
  const adopting = { adopt: true, unmanaged: 'Preserve' } as const;
  const theirs = observed({
    tags: new Map([['theirs', 'x']]),
    trust: parsed(FOREIGN_TRUST),
    inlinePolicies: new Map(),
  });

  test('marks the role as adopted before anything else', () => {
    const [tag] = planTargetRole(desired(adopting), theirs, WITHIN_RULES).actions;
    narrow(tag?.operation === 'TagRole', tag);
    expect(tag.tags.get(TAGS.adopted)).toBe('true');
  });

  test('adds our statement to the trust policy beside those that stand there', () => {
    const { actions } = planTargetRole(desired(adopting), theirs, WITHIN_RULES);
    const trust = actions.find(({ operation }) => operation === 'UpdateAssumeRolePolicy');
    narrow(trust?.operation === 'UpdateAssumeRolePolicy', trust);
    expect(trust.trust.statements).toStrictEqual([OWN_TRUST, FOREIGN_TRUST]);
  });

  test('leaves the boundary that the role came with', () => {
    const bounded = { ...theirs, permissionsBoundaryArn: BOUNDARY };
    const { actions } = planTargetRole(desired({ adopt: true, unmanaged: 'Remove' }), bounded, {});
    expect(operations(actions)).not.toContain('DeleteRolePermissionsBoundary');
  });

  test('with unmanaged: Remove takes away what others put on the role', () => {
    const { actions } = planTargetRole(
      desired({ adopt: true, unmanaged: 'Remove' }),
      { ...theirs, managedPolicyArns: [MANAGED] },
      {},
    );
    expect(operations(actions)).toStrictEqual([
      'TagRole',
      'PutRolePolicy',
      'DetachRolePolicy',
      'UpdateAssumeRolePolicy',
    ]);
  });

  describe('of a role that may do more than the rules allow', () => {
    const strong = { ...theirs, managedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] };
    const facts = { excessOf: () => 'policy AdministratorAccess allows * on *' };
    const outOfSight = { kind: 'frozen', link: link('b') } as const;

    test('writes nothing where what is on the role stays', () => {
      const { actions, problem } = planTargetRole(desired(adopting), strong, facts);
      expect([actions, problem?.reason]).toStrictEqual([[], 'AdoptionTooStrong']);
      expect(problem?.message).toContain('policy AdministratorAccess allows * on *');
    });

    test('writes nothing while nothing may be removed, whatever the link says', () => {
      const contributor = contributes(link('a', { adopt: true, unmanaged: 'Remove' }));
      const wanted = desiredTargetRole(ROLE, NAMESPACE, [contributor, outOfSight], CONTEXT);
      const { actions, problem } = planTargetRole(wanted, strong, facts);
      expect([actions, problem?.reason]).toStrictEqual([[], 'AdoptionTooStrong']);
    });

    test('writes nothing when nobody has read the policies on it', () => {
      expect(planTargetRole(desired(adopting), strong, {}).problem?.reason).toBe('AdoptionTooStrong');
    });

    test('lets nobody in before that is taken off', () => {
      const { actions } = planTargetRole(desired({ adopt: true, unmanaged: 'Remove' }), strong, facts);
      const names = operations(actions);
      expect(names.indexOf('UpdateAssumeRolePolicy')).toBeGreaterThan(names.indexOf('DetachRolePolicy'));
      expect(names.at(-1)).toBe('UpdateAssumeRolePolicy');
    });

    test('lets no one more in when that came after the adoption', () => {
      const contributor = contributes(link('a', { adopt: true, unmanaged: 'Preserve' }));
      const wanted = desiredTargetRole(ROLE, NAMESPACE, [contributor], CONTEXT);
      const adopted = { ...strong, tags: new Map([...OWNED, [TAGS.adopted, 'true']]) };
      const { problem } = planTargetRole(wanted, adopted, { ...facts, records: [ROLE_ID] });
      expect(problem?.reason).toBe('AdoptionTooStrong');
    });

    test('is no affair of a role that lets in already who is to be let in', () => {
      const adopted = {
        ...strong,
        trust: parsed(OWN_TRUST, FOREIGN_TRUST),
        tags: new Map([...OWNED, [TAGS.adopted, 'true']]),
      };
      expect(planTargetRole(desired(adopting), adopted, facts).problem).toBeUndefined();
    });
  });
});
