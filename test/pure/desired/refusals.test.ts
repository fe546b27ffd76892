/** Why a link is refused, in words for a person. */
import { describe, expect, it } from '@jest/globals';
import { noTasksMessage, refuseNeeds } from '../../../src/desired/refusals.ts';
import { asTarget } from '../access/fixtures.ts';
import { allow, link, QUEUE } from './fixtures.ts';
import { allowing, contextOf, SOURCE_ENTRY } from './views.ts';

const QUEUES_ALONE = asTarget({ allowedActions: ['sqs:*'], allowedResources: ['arn:aws:sqs:*:*:*'] });
const TOPICS_ALONE = asTarget({ allowedActions: ['sns:*'], allowedResources: ['arn:aws:sns:*:*:*'] });

describe('what the Tasks need', () => {
  const context = contextOf([SOURCE_ENTRY], [allowing('sqs:*')]);

  it('is not refused where the rules allow it', () => {
    const needs = { statements: [allow(['sqs:SendMessage'], [QUEUE])], notes: [] };
    expect(refuseNeeds(link('a'), needs, context)).toBeUndefined();
  });

  it('is refused where no role could hold it: no statement is left of it then', () => {
    expect(
      refuseNeeds(link('a'), { statements: [], notes: [], tooLarge: 'Too much.' }, context),
    ).toStrictEqual({
      kind: 'refused',
      leg: 'permissions',
      reason: 'GrantTooLarge',
      message: 'Too much.',
    });
  });

  it('is refused with all that the entries allow', () => {
    const rules = contextOf([SOURCE_ENTRY], [QUEUES_ALONE, TOPICS_ALONE]);
    const needs = { statements: [allow(['s3:GetObject'], ['arn:aws:s3:::b/*'])], notes: [] };
    expect(refuseNeeds(link('a'), needs, rules)?.message).toMatch(
      /allowedActions: sqs:\*, sns:\*; allowedResources: arn:aws:sqs:\*:\*:\*, arn:aws:sns:\*:\*:\*\)\.$/,
    );
  });
});

function told(...tasks: readonly string[]): string {
  const candidates = tasks.map((task) => ({ task, why: 'is odd' }));
  return noTasksMessage(link('a'), { selected: [], ambiguous: [], missing: [], candidates });
}

describe('a link without Tasks is told', () => {
  it('that none could be meant', () => {
    expect(told()).toBe('No Task of checkout uses the role: it has none that could.');
  });

  it('five that might be, and how many more there are', () => {
    expect(told('A', 'B')).toContain(
      ': "A" is odd, "B" is odd. Name the resources by ARNs of account 222222222222,',
    );
    expect(told('A', 'B', 'C', 'D', 'E')).toContain('"E" is odd. Name');
    expect(told('A', 'B', 'C', 'D', 'E', 'F', 'G')).toContain('"E" is odd, and 2 more. Name');
  });
});
