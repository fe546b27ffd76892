import { describe, expect, it } from '@jest/globals';
import type { CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import { check } from '../../../src/cli/check/check.ts';
import { condition, link, READY, saidLater } from './fixtures.ts';

const run = (...links: readonly CrossAccountLink[]) => saidLater((io) => check({ links }, io));

describe('check', () => {
  it('ends with 0 when all links are Ready', async () => {
    const ready = link({ status: READY });
    expect(await run(ready)).toStrictEqual({ status: 0, output: 'the link is Ready\n' });
    expect(await run(ready, ready)).toStrictEqual({ status: 0, output: 'all 2 links are Ready\n' });
    expect(await run()).toStrictEqual({ status: 0, output: 'no links\n' });
  });

  it('says what is wrong, what that means and what to do first', async () => {
    const conditions = [
      condition('Ready', 'False', 'StateMachineNotFound', 'There is no state machine checkout.'),
      condition('PermissionsReady', 'False', 'ResourceNotStatic', 'Task "A" chooses its queue at run time.'),
    ];
    const { status, output } = await run(link({ status: READY }), link({ status: { conditions } }));
    expect(status).toBe(2);
    expect(output).toBe(`payments/checkout: StateMachineNotFound
  what      There is no state machine checkout.
  meaning   There is no state machine with this ARN, or AWS is deleting it.
  first do  Create the state machine, or create a link with the right ARN. Check its name, Region and account.
  also      PermissionsReady: Task "A" chooses its queue at run time.
`);
  });

  it('sends a person who looks at a suspended link to resume it first: what it says is from before', async () => {
    const conditions = [condition('Ready', 'False', 'TaskNotFound', 'checkout has no Task named "A".')];
    const { status, output } = await run(link({ spec: { suspend: true }, status: { conditions } }));
    expect([status, output]).toStrictEqual([
      2,
      `payments/checkout: TaskNotFound, suspended
  what      checkout has no Task named "A".
  meaning   spec.suspend is true: the operator checks, repairs and removes nothing for this link.
  first do  Set spec.suspend to false, or run "kubectl crossaccountlink resume".
`,
    ]);
  });

  it('says of links that are Ready how many nobody checks', async () => {
    const [ready, paused] = [link({ status: READY }), link({ spec: { suspend: true }, status: READY })];
    expect((await run(paused)).output).toBe(
      'the link is Ready; it is suspended: nothing is checked or repaired\n',
    );
    expect((await run(ready, paused)).output).toBe(
      'all 2 links are Ready; 1 of them is suspended: nothing is checked or repaired\n',
    );
  });

  it('does not say the same twice', async () => {
    const conditions = [
      condition('Ready', 'False', 'RoleNotOwned', 'Role x exists.'),
      condition('TargetRoleReady', 'False', 'RoleNotOwned', 'Role x exists.'),
    ];
    expect((await run(link({ status: { conditions } }))).output).not.toMatch(/also/);
  });

  it('asks for the operator when nobody has looked at the link', async () => {
    const { status, output } = await run(link({ status: { observedGeneration: -1 } }));
    expect([status, output]).toStrictEqual([
      2,
      'payments/checkout: the operator has not looked at it yet; is it running?\n',
    ]);
  });

  it('names the finalizers that keep a link which the operator has let go, instead of asking for the operator', async () => {
    const finalizers = ['shop.example/archive\u202E', ...'bcdef'];
    const metadata = { generation: 2, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers };
    const { status, output } = await run(link({ metadata, status: READY }));
    expect([status, output]).toStrictEqual([
      2,
      'payments/checkout: being deleted. The operator has released it; finalizers of other controllers keep it: ' +
        'shop.example/archive\\u202e, b, c and 3 more.\n',
    ]);
  });

  it('says that a deletion waits for the operator', async () => {
    const finalizers = ['crossaccountlink.dev/cleanup'];
    const metadata = { generation: 2, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers };
    expect((await run(link({ metadata, status: READY }))).output).toBe(
      'payments/checkout: the operator has not looked at its deletion yet; is it running?\n',
    );
  });

  it('does not take an old verdict for the latest spec', async () => {
    const { status, output } = await run(link({ metadata: { generation: 2 }, status: READY }));
    expect(status).toBe(2);
    expect(output).toMatch(/has not looked at its latest spec yet/);
  });

  it('shows a reason that it does not know without explaining it', async () => {
    const conditions = [condition('Ready', 'False', 'FromTheFuture', 'Something new.')];
    expect((await run(link({ status: { conditions } }))).output).toBe(
      'payments/checkout: FromTheFuture\n  what      Something new.\n',
    );
  });
});
