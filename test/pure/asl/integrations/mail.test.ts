/** SES: every resource of the request is asked about, not the identity alone. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, here, openDecisions } from '../machines.ts';

const ses = (resource: string): string => here('ses', resource);
const SENDER = [ses('identity/a@example.com'), ses('identity/example.com')];
const SET = ses('configuration-set/alerts');
const TEMPLATE = ses('template/welcome');
const OTHER = ses('identity/other.example.com');

const ROWS: readonly [operation: string, JsonObject, action: string, resources: readonly string[]][] = [
  ['ses:sendEmail', { Source: 'a@example.com' }, 'SendEmail', SENDER],
  [
    'ses:sendEmail',
    { Source: 'a@example.com', ConfigurationSetName: 'alerts' },
    'SendEmail',
    [...SENDER, SET],
  ],
  ['ses:sendEmail', { Source: 'a@example.com', SourceArn: OTHER }, 'SendEmail', [OTHER]],
  ['ses:sendRawEmail', { Source: 'a@example.com', FromArn: OTHER }, 'SendRawEmail', [OTHER]],
  [
    'ses:sendTemplatedEmail',
    { Source: 'Ann <a@example.com>', Template: 'welcome', ConfigurationSetName: 'alerts' },
    'SendTemplatedEmail',
    [...SENDER, TEMPLATE, SET],
  ],
  [
    'ses:sendBulkTemplatedEmail',
    { Source: 'a@example.com', Template: 'welcome' },
    'SendBulkTemplatedEmail',
    [...SENDER, TEMPLATE],
  ],
  [
    'sesv2:sendEmail',
    {
      FromEmailAddress: 'a@example.com',
      ConfigurationSetName: 'alerts',
      Content: { Template: { TemplateName: 'welcome' } },
    },
    'SendEmail',
    [...SENDER, TEMPLATE, SET],
  ],
  [
    'sesv2:sendEmail',
    { FromEmailAddress: 'a@example.com', Content: { Template: { TemplateArn: TEMPLATE } } },
    'SendEmail',
    [...SENDER, TEMPLATE],
  ],
  [
    'sesv2:sendEmail',
    { FromEmailAddress: 'a@example.com', FromEmailAddressIdentityArn: OTHER, Content: { Simple: {} } },
    'SendEmail',
    [OTHER],
  ],
  [
    'sesv2:sendBulkEmail',
    { FromEmailAddress: 'a@example.com', DefaultContent: { Template: { TemplateName: 'welcome' } } },
    'SendBulkEmail',
    [...SENDER, TEMPLATE],
  ],
];

describe('mail', () => {
  for (const [operation, parameters, action, resources] of ROWS) {
    it(`${operation} ${JSON.stringify(parameters)}`, () => {
      const derivation = deriveOne(`aws-sdk:${operation}`, parameters);
      assertAllows(derivation, [{ Action: `ses:${action}`, Resource: resources }]);
      expect(openDecisions(derivation)).toStrictEqual([]);
    });
  }
});
