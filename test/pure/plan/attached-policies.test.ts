import { describe, expect, test } from '@jest/globals';
import type { Link } from '../../../src/desired/link.ts';
import { attachedTag, TAGS } from '../../../src/desired/names.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { planTargetRole } from '../../../src/plan/target-role.ts';
import { CONTEXT, contributes, link, NAMESPACE, permitting, ROLE } from '../desired/fixtures.ts';
import { FACTS, leaving, observed, operations, OWNED, plan } from './fixtures.ts';

const MANAGED = 'arn:aws:iam::222222222222:policy/audit';
const THEIRS = 'arn:aws:iam::aws:policy/Theirs';
const ADOPTED = new Map([...OWNED, [TAGS.adopted, 'true']]);

function preserving(managedPolicyArns: readonly string[]): Partial<Link> {
  return { unmanaged: 'Preserve', permissions: permitting({ managedPolicyArns }) };
}

/** The tags of a role of ours, with these policies on record. */
function recorded(arns: readonly string[]): ReadonlyMap<string, string> {
  return new Map([...OWNED, ...attachedTag(arns)]);
}

describe('managed policies of a role that has those of others, too', () => {
  test('are recorded before they are attached', () => {
    const actions = plan(preserving([MANAGED]), observed({ managedPolicyArns: [THEIRS] }));
    expect(operations(actions)).toStrictEqual(['TagRole', 'AttachRolePolicy']);
    expect(actions[0]).toMatchObject({ tags: attachedTag([MANAGED]) });
  });

  test('go when no link asks for them any more, and then go off the record', () => {
    const role = observed({ managedPolicyArns: [THEIRS, MANAGED], tags: recorded([MANAGED]) });
    const actions = plan(preserving([]), role);
    expect(operations(actions)).toStrictEqual(['DetachRolePolicy', 'UntagRole']);
    expect(actions[0]).toMatchObject({ policyArn: MANAGED, isOnRecord: true });
  });

  test('stay while a link that may ask for them is out of sight', () => {
    const role = observed({ managedPolicyArns: [MANAGED], tags: recorded([MANAGED]) });
    const unseen = link('unseen', { unmanaged: 'Preserve' });
    const contributorStates = [
      contributes(link('one', preserving([]))),
      { kind: 'unread', link: unseen } as const,
    ];
    const wanted = desiredTargetRole(ROLE, NAMESPACE, contributorStates, CONTEXT);
    expect(planTargetRole(wanted, role, FACTS).actions).toStrictEqual([]);
  });

  test('that stood on an adopted role before a link asked for them are not recorded', () => {
    const role = observed({ managedPolicyArns: [MANAGED], tags: ADOPTED });
    expect(plan({ ...preserving([MANAGED]), adopt: true }, role)).toStrictEqual([]);
  });

  test('what the operator attached to an adopted role goes, and what was attached before stays', () => {
    const tags = new Map([...ADOPTED, ...attachedTag([MANAGED])]);
    const role = observed({ tags, managedPolicyArns: [THEIRS, MANAGED] });
    const { actions } = planTargetRole(leaving(), role, FACTS);
    const detached = actions.flatMap((action) =>
      action.operation === 'DetachRolePolicy' ? [action.policyArn] : [],
    );
    expect(detached).toStrictEqual([MANAGED]);
    expect(actions.at(-1)?.operation).toBe('UntagRole');
  });
});
