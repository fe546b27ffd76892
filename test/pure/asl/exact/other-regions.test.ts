import { describe, expect, it } from '@jest/globals';
import { deriveOne } from '../machines.ts';
import { needExactly } from './whole-policy.ts';

const SNAPSHOT = 'arn:aws:rds:eu-west-1:222222222222:snapshot:nightly';
const CLUSTER = 'arn:aws:rds:eu-west-1:222222222222:cluster:standby';

needExactly('what a call copies out of another Region, or into one', [
  [
    'aws-sdk:rds:copyDBSnapshot',
    { SourceDbSnapshotIdentifier: SNAPSHOT, TargetDbSnapshotIdentifier: 'copy' },
    [
      'rds:CopyDBSnapshot rds:@:snapshot:copy',
      'rds:CopyDBSnapshot rds:eu-west-1:222222222222:snapshot:nightly',
    ],
    ['CallerPermissionsNeeded'],
  ],
  [
    'aws-sdk:rds:failoverGlobalCluster',
    { GlobalClusterIdentifier: 'orders', TargetDbClusterIdentifier: CLUSTER },
    [
      'rds:FailoverGlobalCluster rds:~:global-cluster:orders',
      'rds:FailoverGlobalCluster rds:eu-west-1:222222222222:cluster:standby',
    ],
  ],
  [
    'aws-sdk:backup:startCopyJob',
    {
      RecoveryPointArn: 'arn:aws:backup:us-east-1:222222222222:recovery-point:a1',
      SourceBackupVaultName: 'here',
      DestinationBackupVaultArn: 'arn:aws:backup:eu-west-1:222222222222:backup-vault:there',
      IamRoleArn: 'arn:aws:iam::222222222222:role/backup',
    },
    [
      'backup:StartCopyJob backup:@:recovery-point:a1',
      'backup:StartCopyJob backup:eu-west-1:222222222222:backup-vault:there',
      'pass backup to backup',
    ],
  ],
]);

needExactly('what no call reaches', [
  ['aws-sdk:rds:deleteDBSnapshot', { DbSnapshotIdentifier: SNAPSHOT }, [], ['ResourceElsewhere']],
  [
    'aws-sdk:rds:copyDBSnapshot',
    {
      SourceDbSnapshotIdentifier: SNAPSHOT.replace('222222222222', '333333333333'),
      TargetDbSnapshotIdentifier: 'copy',
    },
    ['rds:CopyDBSnapshot rds:@:snapshot:copy'],
    ['CallerPermissionsNeeded', 'ResourceElsewhere'],
  ],
]);

// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
describe('operations that Step Functions does not offer', () => {
  it.each([
    'applicationdiscovery:exportConfigurations',
    'codedeploy:getDeploymentInstance',
    'directconnect:describeConnectionLoa',
    'efs:createTags',
    'emr:describeJobFlows',
    'iot:attachPrincipalPolicy',
    'lambda:invokeAsync',
    'mediapackage:rotateChannelCredentials',
    'shield:deleteSubscription',
    'sts:assumeRole',
  ])('are said to be none: %s', (call) => {
    const { statements, diagnostics } = deriveOne(`aws-sdk:${call}`, {});
    expect(statements).toStrictEqual([]);
    expect(diagnostics.map(({ message }) => message)).toStrictEqual([
      expect.stringContaining('which Step Functions does not offer: let it make another call'),
    ]);
  });
});
