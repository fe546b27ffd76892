/** Parameters that name the account which owns what a call acts on. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { deriveOne, openDecisions, reasonsOf } from '../machines.ts';

const OTHER = '333333333333';
const ARN = (service: string, account: string, resource: string): string =>
  `arn:aws:${service}:us-east-1:${account}:${resource}`;

/** Operation, the parameter, the others, and what the call acts on in its own account. */
const ROWS: readonly [
  operation: string,
  owner: string,
  JsonObject,
  service: string,
  resources: readonly string[],
][] = [
  ['codeartifact:describeDomain', 'DomainOwner', { Domain: 'd' }, 'codeartifact', ['domain/d']],
  ['ecr:describeImages', 'RegistryId', { RepositoryName: 'team/r' }, 'ecr', ['repository/team/r']],
  ['ecr:putImage', 'RegistryId', { RepositoryName: 'r', ImageManifest: 'x' }, 'ecr', ['repository/r']],
  [
    'glue:createTable',
    'CatalogId',
    { DatabaseName: 'd', TableInput: { Name: 't' } },
    'glue',
    ['catalog', 'database/d', 'table/d/t'],
  ],
  ['glue:getDatabase', 'CatalogId', { Name: 'd' }, 'glue', ['catalog', 'database/d']],
  ['quicksight:describeTemplate', 'AwsAccountId', { TemplateId: 't' }, 'quicksight', ['template/t']],
  ['glacier:uploadArchive', 'AccountId', { VaultName: 'v' }, 'glacier', ['vaults/v']],
  ['sqs:getQueueUrl', 'QueueOwnerAWSAccountId', { QueueName: 'q' }, 'sqs', ['q']],
  [
    'backup:describeBackupVault',
    'BackupVaultAccountId',
    { BackupVaultName: 'v' },
    'backup',
    ['backup-vault:v'],
  ],
  ['appmesh:describeMesh', 'MeshOwner', { MeshName: 'm' }, 'appmesh', ['mesh/m']],
];

describe('the account that a parameter names', () => {
  for (const [operation, owner, parameters, service, resources] of ROWS) {
    const derive = (given: JsonObject) => deriveOne(`aws-sdk:${operation}`, { ...parameters, ...given });

    it(`${operation} ${owner}: the target account’s own changes nothing`, () => {
      const { statements, diagnostics } = derive({ [owner]: '222222222222' });
      expect(statements.flatMap((one) => one.resources?.values ?? []).toSorted()).toStrictEqual(
        resources.map((one) => ARN(service, '222222222222', one)).toSorted(),
      );
      expect(diagnostics).toStrictEqual([]);
      expect(derive({}).statements).toStrictEqual(statements);
    });

    it(`${operation} ${owner}: another’s is left out and named`, () => {
      const derivation = derive({ [owner]: OTHER });
      expect(derivation.statements).toStrictEqual([]);
      expect(new Set(reasonsOf(derivation).map(([reason]) => reason))).toStrictEqual(
        new Set(['ResourceElsewhere']),
      );
      const reported = derivation.diagnostics.map(({ message }) => message).join();
      for (const one of resources) expect(reported).toContain(ARN(service, OTHER, one));
    });

    it(`${operation} ${owner}: what only run time knows is asked for`, () => {
      const derivation = derive({ [`${owner}.$`]: '$.account' });
      expect(derivation.statements).toStrictEqual([]);
      expect(openDecisions(derivation).join()).toContain(`${owner} is known only at run time`);
    });

    it(`${operation} ${owner}: a text that is not an account is named`, () => {
      expect(openDecisions(derive({ [owner]: 'prod' })).join()).toContain(
        `${owner} "prod" does not name one`,
      );
    });
  }

  it('may be said to be the caller’s own', () => {
    const { statements } = deriveOne('aws-sdk:glacier:uploadArchive', { AccountId: '-', VaultName: 'v' });
    expect(statements.flatMap((one) => one.resources?.values ?? [])).toStrictEqual([
      ARN('glacier', '222222222222', 'vaults/v'),
    ]);
  });

  it('is reported for an action that takes no resource, too; the role that the call passes is the caller’s own', () => {
    const derivation = deriveOne('aws-sdk:s3control:createJob', {
      AccountId: OTHER,
      RoleArn: 'arn:aws:iam::222222222222:role/batch',
    });
    expect(derivation.statements.flatMap(({ actions }) => actions.values)).toStrictEqual(['iam:PassRole']);
    expect(reasonsOf(derivation)).toStrictEqual([['ResourceElsewhere', false]]);
  });

  it('of a catalog itself is its name', () => {
    const { statements } = deriveOne('aws-sdk:glue:getCatalog', { CatalogId: 'sales' });
    expect(statements.flatMap((one) => one.resources?.values ?? [])).toStrictEqual(
      ['catalog', 'catalog/sales'].map((one) => ARN('glue', '222222222222', one)),
    );
  });
});

describe('the owner of a bucket', () => {
  const CALLS: readonly [string, JsonObject][] = [
    [
      'aws-sdk:dynamodb:exportTableToPointInTime',
      { TableArn: ARN('dynamodb', '222222222222', 'table/t'), S3Bucket: 'b', S3BucketOwner: OTHER },
    ],
    [
      'aws-sdk:dynamodb:importTable',
      {
        S3BucketSource: { S3Bucket: 'b', S3BucketOwner: OTHER },
        TableCreationParameters: { TableName: 't' },
      },
    ],
    [
      'athena:startQueryExecution',
      { ResultConfiguration: { OutputLocation: 's3://b/p/', ExpectedBucketOwner: OTHER } },
    ],
    [
      'aws-sdk:bedrockruntime:startAsyncInvoke',
      {
        ModelId: 'amazon.nova-reel-v1:0',
        OutputDataConfig: { S3OutputDataConfig: { S3Uri: 's3://b/p', BucketOwner: OTHER } },
      },
    ],
  ];
  for (const [service, parameters] of CALLS) {
    it(`${service}: another account’s bucket is left out and named`, () => {
      const { statements, diagnostics } = deriveOne(service, parameters);
      const allowed = statements.flatMap((one) => one.resources?.values ?? []);
      expect(allowed.filter((arn) => arn.startsWith('arn:aws:s3:::b'))).toStrictEqual([]);
      expect(diagnostics.map(({ reason }) => reason)).toContain('ResourceElsewhere');
    });
  }
});
