/** Customer keys that a call names: what is not granted on them is spoken of. */
import type { JsonObject } from '../../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { deriveOne, ROLE } from '../machines.ts';

const KEY = 'arn:aws:kms:us-east-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

function saidOfKeys(call: string, parameters: JsonObject): string[] {
  const { diagnostics } = deriveOne(call, parameters);
  return diagnostics
    .filter(({ reason }) => reason === 'KeyPermissionUnknown')
    .map(({ message }) => message.replace(/^Task "Call": (.*) may name a customer managed key.*$/, '$1'));
}

describe('a call that names a key says that the service may ask for it', () => {
  const rows: [call: string, JsonObject, named: string][] = [
    ['aws-sdk:ec2:copySnapshot', { SourceSnapshotId: 'snap-1', KmsKeyId: KEY }, 'KmsKeyId'],
    ['aws-sdk:ec2:createVolume', { AvailabilityZone: 'a', 'KmsKeyId.$': '$.key' }, 'KmsKeyId'],
    ['aws-sdk:rds:copyDBSnapshot', { SourceDBSnapshotIdentifier: 's', KmsKeyId: 'alias/own' }, 'KmsKeyId'],
    ['aws-sdk:efs:createFileSystem', { CreationToken: 'c', KmsKeyId: KEY }, 'KmsKeyId'],
    [
      'aws-sdk:dynamodb:createTable',
      { TableName: 't', SSESpecification: { KMSMasterKeyId: KEY } },
      'SSESpecification.KMSMasterKeyId',
    ],
    ['aws-sdk:backup:createBackupVault', { BackupVaultName: 'v', EncryptionKeyArn: KEY }, 'EncryptionKeyArn'],
    [
      'aws-sdk:transcribe:startTranscriptionJob',
      { TranscriptionJobName: 'j', Media: {}, OutputEncryptionKMSKeyId: KEY },
      'OutputEncryptionKMSKeyId',
    ],
    [
      'sagemaker:createProcessingJob.sync',
      { ProcessingJobName: 'p', RoleArn: ROLE, ProcessingOutputConfig: { KmsKeyId: KEY } },
      'ProcessingOutputConfig.KmsKeyId',
    ],
    [
      'athena:startQueryExecution.sync',
      { QueryString: 'SELECT 1', ResultConfiguration: { EncryptionConfiguration: { KmsKey: KEY } } },
      'ResultConfiguration.EncryptionConfiguration.KmsKey',
    ],
  ];
  it.each(rows)('%s %j', (call, parameters, named) => {
    expect(saidOfKeys(call, parameters)).toStrictEqual([named]);
  });
});

describe('nothing is said of', () => {
  const rows: [what: string, call: string, JsonObject][] = [
    [
      'AWS’s own key',
      'aws-sdk:efs:createFileSystem',
      { CreationToken: 'c', KmsKeyId: 'alias/aws/elasticfilesystem' },
    ],
    ['data that is called so', 'lambda:invoke', { FunctionName: 'f', Payload: { KmsKeyId: KEY } }],
    ['an item that is called so', 'dynamodb:putItem', { TableName: 't', Item: { KmsKeyId: { S: KEY } } }],
    ['a call of KMS itself', 'aws-sdk:kms:decrypt', { KeyId: KEY }],
    ['a call that looks', 'aws-sdk:ec2:describeVolumes', { KmsKeyId: KEY }],
    ['a call that names none', 'aws-sdk:efs:createFileSystem', { CreationToken: 'c', Encrypted: true }],
  ];
  it.each(rows)('%s: %s %j', (_what, call, parameters) => {
    expect(saidOfKeys(call, parameters)).toStrictEqual([]);
  });
});
