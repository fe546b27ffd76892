import { describe, expect, it } from '@jest/globals';
import { describeNotes, describePlan } from '../../../src/cli/plan-text.ts';
import { parseLinkObject } from '../../../src/controllers/state/link-object.ts';
import type { PlannedLink } from '../../../src/controllers/dry-run/dry-run.ts';
import { manifest, MACHINE, ROLE } from './fixtures.ts';

const nothing: PlannedLink = { link: parseLinkObject(manifest()), actions: [], obstacles: [], remarks: [] };

const changed: PlannedLink = {
  ...nothing,
  actions: [
    {
      operation: 'UpdateAssumeRolePolicy',
      leg: 'trustPolicy',
      object: ROLE,
      reason: 'the trust policy differs',
      trust: { version: '2012-10-17', statements: [] },
      changes: [
        { path: 'trustPolicy.Statement[Mine]', before: '{"Effect":"Allow","Action":["sts:AssumeRole"]}' },
        { path: 'trustPolicy.Statement[Link].Action', before: '["a","b"]', after: 'sts:AssumeRole' },
      ],
    },
    {
      operation: 'UpdateStateMachine',
      leg: 'stateMachineCredentials',
      object: MACHINE,
      reason: 'Tasks do not name the role they should assume',
      definition: '{}',
      publishVersion: false,
      changes: [{ path: 'States["{a"].Credentials.RoleArn', after: '{% $role %}' }],
    },
  ],
};

describe('a plan for a person', () => {
  it('says of a link in sync that nothing is to change', () => {
    expect(describePlan([nothing])).toBe('payments/checkout: nothing to change\n\nNothing to change.\n');
    expect(describePlan([])).toBe('no links\n');
  });

  it('shows each write with its reason and a diff of its fields, statements line by line', () => {
    expect(describePlan([changed])).toBe(`payments/checkout
  UpdateAssumeRolePolicy ${ROLE}
    because the trust policy differs
    - trustPolicy.Statement[Mine]:
    -   Effect: Allow
    -   Action:
    -     - sts:AssumeRole
    - trustPolicy.Statement[Link].Action:
    -   - a
    -   - b
    + trustPolicy.Statement[Link].Action: sts:AssumeRole
  UpdateStateMachine ${MACHINE}
    because Tasks do not name the role they should assume
    + States["{a"].Credentials.RoleArn: {% $role %}

2 writes to 2 objects.
`);
  });

  it('marks what stands in the way, and what is only worth knowing', () => {
    const refused = { ...nothing, obstacles: ['There is no machine.'], remarks: ['Mind the gap.'] };
    expect(describePlan([refused])).toBe(
      'payments/checkout\n  ! There is no machine.\n  i Mind the gap.\n\nNothing to change.\n',
    );
    expect(describeNotes([refused])).toBe(
      'payments/checkout: ! There is no machine.\npayments/checkout: i Mind the gap.\n',
    );
  });
});
