/** Sizes come before comparisons: what no role could hold is compared with nothing. */
import { describe, expect, it } from '@jest/globals';
import { finish } from '../../../src/base/parts.ts';
import { permissionsInParts, refusePermissions } from '../../../src/desired/permissions.ts';
import { allow, link, permitting } from './fixtures.ts';
import { asTarget, rulesOf, TARGET } from '../access/fixtures.ts';

const huge = (index: number) => ({
  actions: Array.from({ length: 100 }, (_, action) => `sqs:Send${index}x${action}`),
  resources: Array.from({ length: 100 }, (_, resource) => `arn:${'?*'.repeat(1_000)}${index}${resource}`),
  conditions: {},
});

const quotas = (inlineTotal: number) => ({ inlineTotal, trust: 2_048, attached: 10 });

describe('a link whose statements', () => {
  it('are the largest that the CRD takes is refused for their size, before they are compared', () => {
    const statements = Array.from({ length: 6 }, (_, index) => huge(index));
    const permissions = permitting({ derive: false, statements });
    expect(finish(permissionsInParts(link('a', { permissions }), [], { targets: [] }))).toMatchObject({
      statements: [],
      tooLarge: expect.stringContaining('of the 10240 characters'),
    });
  });

  it('are longer than a quota is refused with it: AWS’s default, or the one that its account had raised', () => {
    const resources = Array.from(
      { length: 120 },
      (_, index) => `arn:aws:sqs:us-east-1:222222222222:${'q'.repeat(70)}${index}`,
    );
    const statements = [{ actions: ['sqs:SendMessage'], resources, conditions: {} }];
    const statementsAlone = link('a', { permissions: permitting({ derive: false, statements }) });
    const permitted = (raised?: number) =>
      finish(
        permissionsInParts(statementsAlone, [], {
          targets: [],
          ...(raised !== undefined && { quotas: quotas(raised) }),
        }),
      );
    expect(permitted().tooLarge).toMatch(/of the 10240 characters/);
    expect(permitted(12_000).tooLarge).toMatch(/of the 12000 characters/);
    expect(permitted(20_480)).not.toHaveProperty('tooLarge');
  });

  it('repeat themselves is refused where they are ten times as long as the quota, however short they become', () => {
    const one = {
      actions: ['sqs:SendMessage'],
      resources: ['arn:aws:sqs:us-east-1:222222222222:orders'],
      conditions: {},
    };
    const repeated = (count: number) => {
      const statements = Array.from({ length: count }, () => one);
      const permissions = permitting({ derive: false, statements });
      return finish(permissionsInParts(link('a', { permissions }), [], { targets: [], quotas: quotas(200) }));
    };
    expect(repeated(15).statements).toHaveLength(1);
    expect(repeated(25).tooLarge).toMatch(
      /of the 200 characters .* shorten permissions\.statements, or give/,
    );
  });

  it('take too many steps to compare with the rules is refused, and says what to do', () => {
    const resources = Array.from({ length: 60 }, (_, index) => `arn:aws:sqs:${'a'.repeat(100)}${index}`);
    const patterns = Array.from({ length: 200 }, (_, index) => `arn:aws:sqs:${'*a'.repeat(60)}b${index}*`);
    const rules = rulesOf(
      TARGET,
      Array.from({ length: 20 }, () => asTarget({ allowedActions: ['*'], allowedResources: patterns })),
    );
    const permissions = { statements: [allow(['sqs:SendMessage'], resources)], notes: [] };
    const refusal = refusePermissions(link('a'), permissions, {
      target: { rules, entries: rules.entries },
      takesNoResource: () => false,
    });
    expect(refusal?.message).toMatch(/take more than \d+ steps to compare: name fewer resources/);
  });
});
