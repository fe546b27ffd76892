/** What a link needs for definitions that still run, and for Tasks that it had before. */
import { describe, expect, test } from '@jest/globals';
import { requirementsOf } from '../../../src/desired/requirements.ts';
import type { Link } from '../../../src/desired/link.ts';
import { asTarget } from '../access/fixtures.ts';
import { callsOf, EXECUTION_ROLE, link, QUEUE } from './fixtures.ts';
import { contextOf, SOURCE_ENTRY } from './views.ts';
import { narrow } from '../../expectations.ts';
import {
  SENDING,
  PUBLISHING,
  SEND,
  PUBLISH,
  AT_RUN_TIME,
  NOTHING,
  ALLOWING,
  executionRole,
  viewOf,
  formerly,
  naming,
  requirements,
  listing,
} from './requirements-fixtures.ts';

describe('what still runs of older definitions', () => {
  test('keeps the permissions of its Tasks that use the role', () => {
    const { permissions } = requirements(
      listing('Send'),
      viewOf({ Send: SEND }, [formerly({ Publish: naming(PUBLISH) })]),
    );
    expect(callsOf(permissions)).toStrictEqual([PUBLISHING, SENDING]);
  });

  test('keeps its execution role let in', () => {
    const inUse = formerly({ Send: naming(SEND) }, 'former-exec');
    expect(requirements(listing('Send'), viewOf({ Send: SEND }, [inUse])).executionRoleArns).toStrictEqual([
      EXECUTION_ROLE,
      executionRole('former-exec').text,
    ]);
  });

  describe('and another link of the role is about one of its Tasks:', () => {
    const view = viewOf({ Send: SEND, Publish: PUBLISH }, [
      formerly({ Send: naming(SEND), Publish: naming(PUBLISH), Former: naming(PUBLISH) }),
    ]);
    const callsWith = (of: Link, sharing: readonly Link[]) => {
      const result = requirementsOf({ link: of, view, context: ALLOWING, onRecord: NOTHING, sharing });
      narrow(result.kind === 'required', 'it is refused');
      return callsOf(result.permissions);
    };
    const SENT = `sqs:SendMessage on ${QUEUE}`;
    const PUBLISHED = 'sns:Publish on arn:aws:sns:us-east-1:222222222222:orders';

    test.each<readonly [string, other: Link, calls: readonly string[]]>([
      ['what that one lists is left to it', link('b', { tasks: ['Publish', 'Former'] }), [SENT]],
      ['so is what it selects by its resources', link('b', {}), [SENT]],
      ['what neither lists stays', link('b', { tasks: ['Publish'] }), [PUBLISHED, SENT]],
    ])('%s', (_, other, calls) => {
      expect(callsWith(listing('Send'), [other])).toStrictEqual(calls);
    });

    test.each([
      ['lists', listing('Send', 'Publish')],
      ['selects', link('a', {})],
    ])('what the link itself %s stays', (_, of) => {
      expect(callsWith(of, [link('b', { tasks: ['Publish', 'Former'] })])).toContain(PUBLISHED);
    });

    test('what the rules refuse of that one says nothing', () => {
      const refused = link('b', {
        tasks: ['Publish', 'Former'],
        permissionsBoundaryArn: 'none',
        adopt: true,
      });
      expect(callsWith(listing('Send'), [refused])).toContain(PUBLISHED);
    });
  });

  test('adds nothing when none of its Tasks uses the role', () => {
    const inUse = formerly({ Publish: PUBLISH }, 'former-exec');
    expect(requirements(listing('Send'), viewOf({ Send: SEND }, [inUse]))).toStrictEqual(
      requirements(listing('Send'), viewOf({ Send: SEND })),
    );
  });

  test('does not let in an execution role that the rules do not allow, and says so', () => {
    const inUse = formerly({ Send: naming(SEND) }, 'admin');
    const { executionRoleArns, notes } = requirements(listing('Send'), viewOf({ Send: SEND }, [inUse]));
    expect(executionRoleArns).toStrictEqual([EXECUTION_ROLE]);
    expect(notes.some((note) => note.includes('alias live (version 3)') && note.includes('role/admin'))).toBe(
      true,
    );
  });

  test('counts what Express executions may still run', () => {
    const view = {
      ...viewOf({ Send: SEND }),
      recent: [{ ...formerly({ Publish: naming(PUBLISH) }), until: 1 }],
    };
    expect(callsOf(requirements(listing('Send'), view).permissions)).toStrictEqual([PUBLISHING, SENDING]);
  });

  test('keeps nothing of permissions that the rules do not allow any more, and refuses nobody for them', () => {
    const onlyQueues = contextOf(
      [SOURCE_ENTRY],
      [asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'] })],
    );
    const view = viewOf({ Send: SEND }, [formerly({ Publish: naming(PUBLISH) })]);
    expect(callsOf(requirements(listing('Send'), view, onlyQueues).permissions)).toStrictEqual([SENDING]);
  });

  test('refuses nobody when its permissions can no longer be derived; the link says that they are not complete', () => {
    const view = viewOf({ Send: SEND }, [formerly({ Notify: naming(AT_RUN_TIME) })]);
    expect(requirements(listing('Send'), view).permissionsComplete).toBe(false);
  });
});

describe('a Task that the link lets go of', () => {
  const before = { tasks: ['Send', 'Publish'], inOrder: true };

  test('keeps its permissions until the definition has let go of it', () => {
    const view = viewOf({ Send: SEND, Publish: naming(PUBLISH) });
    expect(callsOf(requirements(listing('Send'), view, ALLOWING, before).permissions)).toStrictEqual([
      PUBLISHING,
      SENDING,
    ]);
  });

  test('leaves them to another link of the role that has come to be about it', () => {
    const view = viewOf({ Send: SEND, Publish: naming(PUBLISH) });
    const sharing = [link('b', { tasks: ['Publish'] })];
    const result = requirementsOf({
      link: listing('Send'),
      view,
      context: ALLOWING,
      onRecord: before,
      sharing,
    });
    narrow(result.kind === 'required', 'it is refused');
    expect(callsOf(result.permissions)).toHaveLength(1);
  });

  test('loses them then', () => {
    const view = viewOf({ Send: SEND, Publish: PUBLISH });
    expect(callsOf(requirements(listing('Send'), view, ALLOWING, before).permissions)).toStrictEqual([
      SENDING,
    ]);
  });

  test('can be let go of together with the ARNs that were given for it', () => {
    const view = viewOf({ Send: SEND, Publish: naming(AT_RUN_TIME) });
    const { tasks, permissionsComplete } = requirements(listing('Send'), view, ALLOWING, before);
    expect([tasks, permissionsComplete]).toStrictEqual([['Send'], true]);
  });
});
