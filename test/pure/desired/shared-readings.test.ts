/** Many links may share one large state machine: each further one costs a fraction of the first, and gets the same answer. */
import { describe, expect, it } from '@jest/globals';
import { SharedReadings } from '../../../src/asl/derive/shared-readings.ts';
import { finish } from '../../../src/base/parts.ts';
import type { Link } from '../../../src/desired/link.ts';
import { requirementsInParts } from '../../../src/desired/requirements.ts';
import { role } from '../access/fixtures.ts';
import { machine, sendTo, task } from '../asl/machines.ts';
import { largestDefinitions } from '../limits/definitions.ts';
import { link, permitting } from './fixtures.ts';
import { allowing, contextOf, SOURCE_ENTRY, viewOf } from './views.ts';

const CONTEXT = contextOf([SOURCE_ENTRY], [allowing('sqs:*', 'dynamodb:*', 'lambda:*', 'sns:*')]);

const LARGE = largestDefinitions(131_072)['as many Tasks as fit with Credentials']?.() ?? '';
const MIXED = machine({
  A: { ...sendTo('orders'), Next: 'B' },
  B: { ...task('arn:aws:states:::sns:publish', { 'TopicArn.$': '$.topic', Message: 'x' }), Next: 'C' },
  C: task('arn:aws:states:us-east-1:111111111111:activity:approve'),
});

const HINT = { task: 'B', arns: ['arn:aws:sns:us-east-1:222222222222:owner-*'] };
/** Links of every kind that reads the same Tasks in another way. */
const LINKS: Readonly<Record<string, Partial<Link>>> = {
  'a role of its own': { targetRole: role('crossaccountlink/payments/other') },
  'Tasks that it lists': { tasks: ['A', 'B', 'T1', 'T2'] },
  'a Task that takes no Credentials': { tasks: ['C'] },
  'a hint': { tasks: ['A', 'B'], permissions: permitting({ resources: [HINT] }) },
  'a hint for a Task that nobody has': {
    permissions: permitting({ resources: [{ ...HINT, task: 'none' }] }),
  },
  'a hint for one of the Tasks': {
    permissions: permitting({ resources: [{ task: 'T7', arns: ['arn:aws:sqs:us-east-1:222222222222:q7'] }] }),
  },
  'what the rules allow where nothing is known': {
    tasks: ['A', 'B'],
    permissions: permitting({ unresolved: 'AllowedResources' }),
  },
  'what the rules allow, where all is known': { permissions: permitting({ unresolved: 'AllowedResources' }) },
  'no derivation': { permissions: permitting({ derive: false }) },
  'another account': { targetRole: role('crossaccountlink/payments/other', '333333333333') },
};

function worked(of: Partial<Link>, view: ReturnType<typeof viewOf>, shared?: SharedReadings) {
  let parts = 0;
  const before = { tasks: [], inOrder: false };
  const result = finish(
    requirementsInParts({ link: link('a', of), view, context: CONTEXT, onRecord: before }, shared),
    () => (parts += 1),
  );
  return { result, parts };
}

describe.each(Object.entries({ LARGE, MIXED }))(
  'of the definition %s, links that share their readings',
  (_, text) => {
    const view = viewOf(text);

    it.each(Object.entries(LINKS))('need the same as alone: %s', (_name, of) => {
      const shared = new SharedReadings();
      for (const other of Object.values(LINKS)) worked(other, view, shared);
      expect(worked(of, view, shared).result).toStrictEqual(worked(of, view).result);
    });
  },
);

it.each([
  'a role of its own',
  'a hint for a Task that nobody has',
  'a hint for one of the Tasks',
  'what the rules allow, where all is known',
])('a further link with %s costs less than a tenth of the first', (name) => {
  const view = viewOf(LARGE);
  const shared = new SharedReadings();
  const { parts: first } = worked({}, view, shared);
  const { parts: further } = worked(LINKS[name] ?? {}, view, shared);
  expect(first).toBeGreaterThan(view.definition.tasks.length);
  expect(further).toBeLessThan(first / 10);
});
