import { describe, expect, it } from '@jest/globals';
import type { CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import { status } from '../../../src/cli/status/status.ts';
import { condition, link, MACHINE, saidLater } from './fixtures.ts';

const run = (...links: readonly CrossAccountLink[]) => saidLater((io) => status(links, io));

describe('status', () => {
  it('shows a link as a tree', async () => {
    const { status: exit, output } = await run(
      link({
        status: {
          executionRoleARN: 'arn:aws:iam::111111111111:role/payments/checkout',
          tasks: ['Charge card', 'Note order'],
          taskCount: 2,
          conditions: [
            condition('Ready', 'False', 'GrantTooLarge'),
            condition('TargetRoleReady', 'True', 'InSync'),
            condition('TrustPolicyReady', 'True', 'InSync'),
            condition('PermissionsReady', 'False', 'GrantTooLarge', 'The policy is full.'),
            condition('ExecutionRoleGrantReady', 'Unknown', 'Creating', 'Waits.'),
          ],
          drift: {
            total: 7,
            recent: [
              { time: '2026-01-02T00:00:00Z', object: 'role/a', field: 'description', repaired: true },
              { time: '2026-01-01T00:00:00Z', object: 'role/b', field: 'grant', repaired: false },
            ],
          },
        },
      }),
    );
    expect(exit).toBe(0);
    expect(output).toBe(`payments/checkout  Ready=False (GrantTooLarge)
├─ source account 111111111111
│  ├─ state machine ${MACHINE}
│  ├─ execution role arn:aws:iam::111111111111:role/payments/checkout
│  └─ Tasks "Charge card", "Note order"
├─ target account 222222222222
│  └─ target role arn:aws:iam::222222222222:role/crossaccountlink/checkout
├─ conditions
│  ├─ ✓ TargetRoleReady
│  ├─ ✓ TrustPolicyReady
│  ├─ ✗ PermissionsReady: The policy is full.
│  ├─ ? ExecutionRoleGrantReady: Waits.
│  ├─ ? StateMachineCredentialsReady: not looked at yet
│  └─ ? Effective: not looked at yet
└─ drift 7
   ├─ 2026-01-02T00:00:00Z description of role/a, repaired
   └─ 2026-01-01T00:00:00Z grant of role/b, not repaired
`);
  });

  it('says of a link that nobody has looked at that it is so', async () => {
    const { output } = await run(link({ status: { observedGeneration: -1 } }));
    expect(output).toMatch(/^payments\/checkout {2}Ready=Unknown \(not looked at yet\)\n/);
    expect(output).toMatch(/execution role not read yet\n.*Tasks none/);
  });

  it('says that a link is suspended, or being deleted', async () => {
    const metadata = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect((await run(link({ spec: { suspend: true } }))).output).toMatch(/\), suspended\n/);
    expect((await run(link({ metadata }))).output).toMatch(/\), being deleted\n/);
  });

  it('names ten Tasks and counts the others', async () => {
    const tasks = Array.from({ length: 100 }, (_, index) => `T${index}`);
    expect((await run(link({ status: { tasks, taskCount: 140 } }))).output).toMatch(/"T9" and 130 more\n/);
  });

  it('parts links by an empty line, and says so when there are none', async () => {
    expect((await run(link(), link())).output).toMatch(/\n\npayments\/checkout/);
    expect((await run()).output).toBe('no links\n');
  });
});
