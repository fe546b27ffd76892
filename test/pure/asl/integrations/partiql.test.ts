/** PartiQL: the table and the verb, or a question; never another table. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import type { Derivation } from '../../../../src/asl/derive/derive.ts';
import { assertAllows, deriveOne, openDecisions } from '../machines.ts';

const table = (name: string): string => `arn:aws:dynamodb:us-east-1:222222222222:table/${name}`;

const READ: readonly [string, action: string, resource: string][] = [
  ['SELECT * FROM orders', 'Select', table('orders')],
  ['select id from "orders" where id = ?', 'Select', table('orders')],
  ['SELECT * FROM "orders"."by-day" WHERE day = ?', 'Select', table('orders/index/by-day')],
  ['SELECT * FROM orders.by_day', 'Select', table('orders/index/by_day')],
  ['SELECT * FROM "shop.orders-v2"', 'Select', table('shop.orders-v2')],
  ['SELECT * FROM "a""b"', 'Select', table('a"b')],
  ['SELECT "from" FROM "orders"', 'Select', table('orders')],
  [`SELECT * FROM "orders" WHERE note = 'FROM "other"'`, 'Select', table('orders')],
  ['-- FROM "other"\nSELECT * /* FROM "third" */ FROM /* here */ "orders"', 'Select', table('orders')],
  ['EXISTS(SELECT * FROM "orders" WHERE id = 1)', 'Select', table('orders')],
  [`INSERT INTO "orders" VALUE {'id': 1}`, 'Insert', table('orders')],
  ['UPDATE "prod*" SET a = 1 WHERE b = 2', 'Update', table('prod${*}')],
  ['UPDATE "orders" SET total = 2 WHERE id = 1', 'Update', table('orders')],
  ['DELETE FROM "orders" WHERE id = 1', 'Delete', table('orders')],
  [`SELECT * FROM "${table('orders')}"."by-day"`, 'Select', table('orders/index/by-day')],
];

const UNREAD: readonly string[] = [
  'SELECT * FROM ?',
  'SELECT 1',
  'SELECT * FROM "orders',
  `SELECT * FROM 'orders'`,
  'SELECT * FROM "orders".?',
  'DROP TABLE orders',
  '-- SELECT * FROM "orders"',
  'SELECT * FROM "arn:aws:sqs:us-east-1:222222222222:orders"',
  '',
  `SELECT * FROM "orders" WHERE id = '${'x'.repeat(8_200)}'`,
];

describe('a PartiQL statement', () => {
  for (const [Statement, verb, resource] of READ) {
    it(`${JSON.stringify(Statement)} is of one table`, () => {
      const derivation = deriveOne('aws-sdk:dynamodb:executeStatement', { Statement });
      assertAllows(derivation, [{ Action: `dynamodb:PartiQL${verb}`, Resource: resource }]);
      expect(openDecisions(derivation)).toStrictEqual([]);
    });
  }

  for (const Statement of UNREAD) {
    it(`${JSON.stringify(Statement.slice(0, 80))} is asked about`, () => {
      const derivation = deriveOne('aws-sdk:dynamodb:executeStatement', { Statement });
      assertAllows(derivation, []);
      expect(openDecisions(derivation)).toHaveLength(1);
    });
  }

  it('in batches and transactions each stands for itself', () => {
    const statements = [{ Statement: 'SELECT * FROM a' }, { Statement: 'DELETE FROM b WHERE id = 1' }];
    const calls: [string, JsonObject][] = [
      ['batchExecuteStatement', { Statements: statements }],
      ['executeTransaction', { TransactStatements: statements }],
    ];
    for (const [api, parameters] of calls) {
      assertAllows(deriveOne(`aws-sdk:dynamodb:${api}`, parameters), [
        { Action: 'dynamodb:PartiQLSelect', Resource: table('a') },
        { Action: 'dynamodb:PartiQLDelete', Resource: table('b') },
      ]);
    }
  });
});

function formatted(template: string): Derivation {
  return deriveOne('aws-sdk:dynamodb:executeStatement', {
    'Statement.$': `States.Format('${template}', $.x)`,
  });
}

describe('a PartiQL statement that run time fills in', () => {
  it('behind the condition only says which items', () => {
    assertAllows(formatted(String.raw`SELECT * FROM "orders" WHERE id = \'{}\'`), [
      { Action: 'dynamodb:PartiQLSelect', Resource: table('orders') },
    ]);
  });

  it('in the table’s name leaves a hole', () => {
    assertAllows(formatted('SELECT * FROM "orders-{}" WHERE id = 1'), [
      { Action: 'dynamodb:PartiQLSelect', Resource: table('orders-*') },
    ]);
  });

  for (const template of [
    'SELECT {} FROM "orders"',
    'SELECT * FROM "{}"',
    'SELECT * FROM "orders"{}',
    'SELECT * FROM "orders" {}',
    'SELECT * /* {} */ FROM "orders"',
    '{} * FROM "orders"',
  ]) {
    it(`may bring in another table or index: ${template}`, () => {
      expect(openDecisions(formatted(template))).toHaveLength(1);
      assertAllows(formatted(template), []);
    });
  }
});
