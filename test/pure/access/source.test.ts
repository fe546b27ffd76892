import { describe, expect, test } from '@jest/globals';
import { checkExecutionRole, checkStateMachine } from '../../../src/access/source.ts';
import type { NamespaceRules } from '../../../src/access/rules.ts';
import { asSource, machine, role, rulesOf, SOURCE, type Entry } from './fixtures.ts';
import { narrow } from '../../expectations.ts';

const EXECUTION_ROLE = role('payments/checkout-exec', SOURCE);

function inNamespace(entries: readonly Entry[]): NamespaceRules {
  const rules = rulesOf(SOURCE, [...entries]);
  return { rules, entries: rules.entries };
}

function mayLinkFrom(name: string, entries: readonly Entry[]): boolean {
  return checkStateMachine(inNamespace(entries), machine(name)).allowed;
}

function mayGrant(entries: readonly Entry[], executionRole = EXECUTION_ROLE, operatorRoles: string[] = []) {
  return checkExecutionRole(inNamespace(entries), machine('checkout'), executionRole, operatorRoles);
}

describe('a state machine', () => {
  const NAMES = [
    { pattern: 'checkout', name: 'checkout', allowed: true },
    { pattern: 'checkout', name: 'checkout2', allowed: false },
    { pattern: 'checkout*', name: 'checkout2', allowed: true },
    { pattern: 'check?ut', name: 'checkout', allowed: true },
    { pattern: 'Checkout', name: 'checkout', allowed: false },
    { pattern: '*', name: 'anything', allowed: true },
  ];
  for (const { pattern, name, allowed } of NAMES) {
    test(`"${name}" ${allowed ? 'may' : 'may not'} be linked from where "${pattern}" is allowed`, () => {
      expect(mayLinkFrom(name, [asSource([pattern])])).toBe(allowed);
    });
  }

  test('may not be linked where the list is left out', () => {
    expect(mayLinkFrom('checkout', [{ namespaces: { names: ['payments'] }, asSource: {} }])).toBe(false);
  });

  test('may not be linked where no entry speaks of sources', () => {
    const entry = {
      namespaces: { names: ['payments'] },
      asTarget: { rolePathPrefix: '/', allowedActions: ['*'] },
    };
    expect(mayLinkFrom('checkout', [entry])).toBe(false);
  });

  test('is named in the refusal, with the account and the field to extend', () => {
    const decision = checkStateMachine(inNamespace([asSource(['refund'])]), machine('checkout'));
    narrow(!decision.allowed, decision);
    expect(decision.message).toMatch(/AWSAccount checkout .*checkout.*access\[\]\.asSource\.stateMachines/);
  });

  test('is refused without a word of names that would help, where the namespace has no entry', () => {
    const decision = checkStateMachine(inNamespace([]), machine('checkout'));
    narrow(!decision.allowed, decision);
    expect(decision.message).toMatch(
      /checkout: it has no access entry for this namespace; ask .* for one\.$/,
    );
  });
});

describe('an execution role', () => {
  test('may be given a grant where the entry that allows the machine names it', () => {
    expect(mayGrant([asSource(['checkout*'], ['arn:aws:iam::111111111111:role/payments/*'])])).toStrictEqual({
      allowed: true,
    });
  });

  test('may not be given one where the list is left out', () => {
    const entry = { namespaces: { names: ['payments'] }, asSource: { stateMachines: ['checkout*'] } };
    expect(mayGrant([entry]).allowed).toBe(false);
  });

  test('is not allowed by an entry for other machines', () => {
    const entries = [asSource(['checkout']), asSource(['refund'], [EXECUTION_ROLE.text])];
    expect(mayGrant(entries).allowed).toBe(false);
  });

  const everything = [asSource(['*'], ['*'])];

  for (const path of ['aws-service-role/states.amazonaws.com/x', 'aws-reserved/sso.amazonaws.com/x']) {
    test(`at ${path} is never touched, whatever is allowed`, () => {
      const decision = mayGrant(everything, role(path, SOURCE));
      narrow(!decision.allowed, decision);
      expect(decision.message).toMatch(/managed by AWS/);
    });
  }

  const OWN = [
    { as: 'arn:aws:iam::111111111111:role/platform/operator', how: 'by its role' },
    { as: 'arn:aws:sts::111111111111:assumed-role/operator/session', how: 'by its session' },
    {
      as: 'arn:aws:iam::111111111111:role/platform/Operator',
      how: 'in other letters, which IAM does not tell apart',
    },
  ];
  for (const { as, how } of OWN) {
    test(`that is the operator's own is never touched, known ${how}`, () => {
      const decision = mayGrant(everything, role('platform/operator', SOURCE), [as]);
      narrow(!decision.allowed, decision);
      expect(decision.message).toMatch(/the operator's own/);
    });
  }

  test("is not the operator's own for bearing its name in another account", () => {
    const elsewhere = ['arn:aws:iam::333333333333:role/operator'];
    expect(mayGrant(everything, role('operator', SOURCE), elsewhere).allowed).toBe(true);
  });
});
