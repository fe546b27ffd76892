/** A plan as it is printed: for people, for programs, for a pull request. */
import { describe, expect, it } from '@jest/globals';
import { planMarkdown } from '../../../../src/cli/plan/markdown.ts';
import { noteLines, planLines } from '../../../../src/cli/plan/text.ts';
import {
  needsAttention,
  planValue,
  summaryOf,
  type ShownAccount,
  type ShownLink,
  type ShownPlan,
} from '../../../../src/cli/plan/view.ts';
import { draw } from '../../../../src/cli/output/text.ts';
import { MACHINE, ROLE } from '../fixtures.ts';

const nothing: ShownLink = {
  namespace: 'payments',
  name: 'checkout',
  actions: [],
  obstacles: [],
  remarks: [],
};

const changed: ShownLink = {
  ...nothing,
  actions: [
    {
      operation: 'UpdateAssumeRolePolicy',
      object: ROLE,
      reason: 'the trust policy differs',
      changes: [
        { path: 'trustPolicy.Statement[Mine]', before: '{"Effect":"Allow","Action":["sts:AssumeRole"]}' },
        { path: 'trustPolicy.Statement[Link].Action', before: '["a","b"]', after: 'sts:AssumeRole' },
      ],
    },
    {
      operation: 'UpdateStateMachine',
      object: MACHINE,
      reason: 'Tasks do not name the role they should assume',
      changes: [{ path: 'States["{a"].Credentials.RoleArn', after: '{% $role %}' }],
    },
  ],
};

const refused: ShownLink = {
  ...nothing,
  name: 'refused',
  obstacles: ['There is no machine.'],
  remarks: ['Mind the gap.'],
};

const account: ShownAccount = {
  name: 'billing',
  accountID: '222222222222',
  change: 'changed',
  changes: [{ path: 'spec.access[0].asTarget.allowedActions', before: 'sqs:*' }],
  links: [
    { ...nothing, name: 'lost', effect: 'breaks', obstacles: ['sqs:SendMessage is not allowed.'] },
    { ...changed, name: 'new', effect: 'gains' },
  ],
  unaffected: 7,
  remarks: [],
};

function text(plan: ShownPlan, notice?: string): string {
  return draw(planLines(plan, notice), { colour: false });
}

describe('a plan for a person', () => {
  it('says of a link in sync that nothing is to change', () => {
    expect(text({ links: [nothing] })).toBe('payments/checkout: nothing to change\n\nNothing to change.\n');
    expect(text({ links: [] })).toBe('no links\n');
  });

  it('shows each write with its reason and a diff of its fields, statements line by line', () => {
    expect(text({ links: [changed] })).toBe(`payments/checkout
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

  it('never says that nothing is to change beside what stands in the way', () => {
    expect(text({ links: [refused, nothing] })).toBe(
      'payments/refused\n  ! There is no machine.\n  i Mind the gap.\n\npayments/checkout: nothing to change\n\n1 link is held up.\n',
    );
  });

  it('notes what stands in the way for the user of a program', () => {
    expect(noteLines({ links: [refused] }).map((note) => note.text)).toStrictEqual([
      '! There is no machine.',
      'i Mind the gap.',
    ]);
  });

  it('notes each in one line, so that no message can pass for a note on another link', () => {
    const forged = { ...refused, obstacles: ['x\nother/link: ! y'], remarks: [] };
    expect(noteLines({ links: [forged] }).map((note) => note.text)).toStrictEqual([
      String.raw`! x\nother/link: ! y`,
    ]);
  });

  it('says first where it comes from, if not from AWS', () => {
    expect(text({ links: [nothing] }, 'As it stands in the status.')).toMatch(
      /^As it stands in the status\.\n\n/,
    );
  });

  it('shows what changed rules mean for links, the worst first', () => {
    expect(text({ links: [], accounts: [account] })).toBe(`AWSAccount billing (222222222222) would change
  - spec.access[0].asTarget.allowedActions: sqs:*
  breaks  payments/lost
          ! sqs:SendMessage is not allowed.
  gains   payments/new
          UpdateAssumeRolePolicy ${ROLE} because the trust policy differs
          UpdateStateMachine ${MACHINE} because Tasks do not name the role they should assume
  7 links of the account stay as they are.

By the rules 1 link breaks, 1 link gains.
`);
  });
});

describe('a plan needs attention', () => {
  const cases: readonly [string, ShownPlan, boolean, string][] = [
    ['not when nothing changes', { links: [nothing] }, false, 'Nothing to change.'],
    ['when something is written', { links: [changed] }, true, '2 writes to 2 objects.'],
    ['when something stands in the way', { links: [refused] }, true, '1 link is held up.'],
    ['when both', { links: [changed, refused] }, true, '2 writes to 2 objects. 1 link is held up.'],
    [
      'when rules make a difference',
      { links: [], accounts: [account] },
      true,
      'By the rules 1 link breaks, 1 link gains.',
    ],
    [
      'not when rules make none',
      { links: [], accounts: [{ ...account, links: [] }] },
      false,
      'Nothing to change.',
    ],
  ];
  it.each(cases)('%s', (_, plan, attention, summary) => {
    expect([needsAttention(plan), summaryOf(plan)]).toStrictEqual([attention, summary]);
  });
});

describe('a plan for a program', () => {
  it('has the shape that the contract gives', () => {
    expect(planValue({ links: [nothing] })).toStrictEqual({
      links: [{ namespace: 'payments', name: 'checkout', actions: [] }],
    });
  });

  it('tells what stands in the way, and what rules mean', () => {
    expect(planValue({ links: [refused], accounts: [account] })).toMatchObject({
      links: [{ obstacles: ['There is no machine.'] }],
      accounts: [
        {
          name: 'billing',
          change: 'changed',
          unaffected: 7,
          links: [{ effect: 'breaks', name: 'lost' }, { effect: 'gains' }],
        },
      ],
    });
  });
});

describe('a plan for a pull request', () => {
  it('says the sum first, and folds each diff', () => {
    const markdown = planMarkdown({ links: [changed, nothing] }, undefined);
    expect(markdown).toMatch(
      /^<!-- crossaccountlink plan -->\n### CrossAccountLink plan\n\n📝 \*\*2 writes to 2 objects\.\*\*\n/,
    );
    expect(markdown).toContain(
      '<details><summary><code>payments/checkout</code>: 2 writes to 2 objects</summary>\n\n```diff\n@@ UpdateAssumeRolePolicy',
    );
    expect(markdown).toContain('\n+ States["{a"].Credentials.RoleArn: {% $role %}\n```\n\n</details>\n');
    expect(markdown).toContain('\nNothing to change: `payments/checkout`.\n');
  });

  it('opens what stands in the way', () => {
    const markdown = planMarkdown({ links: [refused] }, undefined);
    expect(markdown).toContain('⚠️ **1 link is held up.**');
    expect(markdown).toContain(
      '<details open><summary><code>payments/refused</code>: held up</summary>\n\n```diff\n! There is no machine.\n# Mind the gap.\n```',
    );
  });

  it('shows what changed rules mean', () => {
    const markdown = planMarkdown({ links: [], accounts: [account] }, undefined);
    expect(markdown).toContain(
      'AWSAccount <code>billing</code> (222222222222) changes: 2 links affected, 7 links as before',
    );
    expect(markdown).toContain('\n@@ breaks payments/lost @@\n! sqs:SendMessage is not allowed.\n');
  });

  it('lets nothing out of its block, neither lines nor back quotes nor HTML', () => {
    const hostile = 'x\n```\n</details> @everyone ![](https://example.com/pixel) `````';
    const markdown = planMarkdown({ links: [{ ...refused, obstacles: [hostile] }] }, hostile);
    const [before = '', inside = ''] = markdown.split('``````diff\n');
    expect(inside).toContain(String.raw`! x\n` + '```' + String.raw`\n</details> @everyone`);
    expect(before).not.toMatch(/<\/details> @|@everyone|!\[\]/);
    expect(before).toContain('&#60;/details&#62; &#64;everyone');
  });

  it('fits into a comment, however much there is', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({ ...changed, name: `link-${index}` }));
    const wide = {
      ...changed,
      actions: Array.from({ length: 2_000 }, () => changed.actions[0] ?? []).flat(),
    };
    const markdown = planMarkdown({ links: [wide, ...many] }, undefined);
    expect(markdown.length).toBeLessThanOrEqual(60_000);
    expect(markdown).toMatch(/\d+ parts more did not fit into a comment/);
    expect(markdown).toMatch(/# \d+ rows more/);
  });
});
