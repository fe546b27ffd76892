import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { additive, isAllowedBy } from '../../../src/plan/statements.ts';
import type { Statement } from '../../../src/policy/document.ts';
import { allow, letIn } from '../desired/fixtures.ts';
import { identityStatement, trustStatement } from '../policy/generators.ts';
import { OWN_TRUST } from './fixtures.ts';
import { narrow } from '../../expectations.ts';

function lets(principal: string, ...ids: readonly string[]): Statement {
  return {
    ...OWN_TRUST,
    principals: { negated: false, anyone: false, byType: { AWS: [principal] } },
    conditions: { StringEquals: { 'sts:ExternalId': ids } },
  };
}

const HELD = [allow(['a:x', 'a:y'], ['q', 'r']), allow(['a:z'], ['q'])];

const COVERED: readonly { what: string; statement: Statement; by: readonly Statement[]; allowed: boolean }[] =
  [
    { what: 'one of the calls', statement: allow(['a:x'], ['q']), by: HELD, allowed: true },
    {
      what: 'calls that stand in two statements',
      statement: allow(['a:x', 'a:z'], ['q']),
      by: HELD,
      allowed: true,
    },
    { what: 'an action in other letters', statement: allow(['A:X'], ['q']), by: HELD, allowed: true },
    { what: 'another Sid', statement: { ...allow(['a:x'], ['q']), sid: 'New' }, by: HELD, allowed: true },
    { what: 'another action', statement: allow(['a:w'], ['q']), by: HELD, allowed: false },
    { what: 'an action on another resource', statement: allow(['a:z'], ['r']), by: HELD, allowed: false },
    {
      what: 'no condition where one stands',
      statement: allow(['a:x'], ['q']),
      by: [allow(['a:x'], ['q'], { Bool: { 'aws:SecureTransport': ['true'] } })],
      allowed: false,
    },
    {
      what: 'a Deny where an Allow stands',
      statement: { ...allow(['a:x'], ['q']), effect: 'Deny' },
      by: HELD,
      allowed: false,
    },
    {
      what: 'a NotAction where actions stand',
      statement: { ...allow([], ['q']), actions: { negated: true, values: ['a:x'] } },
      by: HELD,
      allowed: false,
    },
    { what: 'one of the external IDs', statement: lets('p', '1'), by: [lets('p', '1', '2')], allowed: true },
    { what: 'another external ID', statement: lets('p', '3'), by: [lets('p', '1', '2')], allowed: false },
    {
      what: 'the external ID of another principal',
      statement: lets('p', '2'),
      by: [lets('p', '1'), lets('q', '2')],
      allowed: false,
    },
    {
      what: 'an external ID where none is asked for',
      statement: lets('p', '1'),
      by: [{ ...lets('p'), conditions: {} }],
      allowed: false,
    },
  ];

describe('isAllowedBy', () => {
  for (const { what, statement, by, allowed } of COVERED) {
    test(`says ${allowed ? 'yes' : 'no'} to ${what}`, () => expect(isAllowedBy(statement, by)).toBe(allowed));
  }

  test('says yes to every statement of the policy itself', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(identityStatement, trustStatement), { maxLength: 4 }), (statements) => {
        expect(statements.every((statement) => isAllowedBy(statement, statements))).toBe(true);
      }),
    );
  });
});

describe('additive', () => {
  const statements = fc.array(identityStatement, { maxLength: 3 });

  test('leaves alone what allows all of it', () => {
    expect(additive([allow(['a:x'], ['q'])], HELD)).toBe(HELD);
  });

  test('keeps all that stands, and adds all that is desired', () => {
    fc.assert(
      fc.property(statements, statements, (desired, observed) => {
        const all = additive(desired, observed);
        expect([...desired, ...observed].every((statement) => isAllowedBy(statement, all))).toBe(true);
      }),
    );
  });

  test('adds nothing to its own result', () => {
    fc.assert(
      fc.property(statements, statements, (desired, observed) => {
        const all = additive(desired, observed);
        expect(additive(desired, all)).toBe(all);
      }),
    );
  });

  test('never lets a principal in with the external ID of another', () => {
    const trust = additive([lets('p', '1')], [lets('p', '2'), lets('q', '3')]);
    expect(letIn(trust)).toStrictEqual(['p as 1', 'p as 2', 'q as 3']);
  });

  test('has each Sid once, as IAM wants it', () => {
    const [one, other] = ['a:x', 'b:y'].map((action) =>
      Object.assign(allow([action], [action]), { sid: 'Read' }),
    );
    narrow(one !== undefined && other !== undefined, { one, other });
    const sids = additive([one], [other]).map(({ sid }) => sid);
    expect(new Set(sids).size).toBe(2);
  });
});
