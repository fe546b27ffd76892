/** Who may make links may make thousands of one role: what it should be is worked out in a number of steps that grows as theirs
 *  does, and not as its square. */
import { expect, it } from '@jest/globals';
import type { Contribution } from '../../../src/desired/contribution.ts';
import { desiredTargetRole } from '../../../src/desired/target-role.ts';
import { asking, CONTEXT, link, NAMESPACE, ROLE } from './fixtures.ts';

const LINKS = 200;
/** How often each link is asked whom it lets in. */
const LOOKS_A_LINK = 10;

it('links that ask for what others have asked for are not measured with all of them again', () => {
  let looks = 0;
  const states = Array.from({ length: LINKS }, (_, n) => {
    const one = asking(link(`link-${n}`));
    const contribution: Contribution = {
      ...one,
      get executionRoleArns() {
        looks += 1;
        return one.executionRoleArns;
      },
    };
    return { kind: 'active', contribution } as const;
  });
  const { trust, conflicts } = desiredTargetRole(ROLE, NAMESPACE, states, CONTEXT);
  expect([trust.length, conflicts]).toStrictEqual([1, []]);
  expect(looks).toBeLessThanOrEqual(LINKS * LOOKS_A_LINK);
});
