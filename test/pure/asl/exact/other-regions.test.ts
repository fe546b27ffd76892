import { describe, expect, it } from '@jest/globals';
import { deriveOne, permissionsOf } from '../machines.ts';
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

// https://docs.aws.amazon.com/aurora-dsql/latest/APIReference/API_CreateCluster.html
// https://docs.aws.amazon.com/aurora-dsql/latest/APIReference/API_UpdateCluster.html
const PEERS = {
  MultiRegionProperties: {
    WitnessRegion: 'us-west-2',
    Clusters: ['arn:aws:dsql:us-east-2:222222222222:cluster/peer'],
  },
};
needExactly('a cluster with peers in other Regions', [
  [
    'aws-sdk:dsql:createCluster',
    { Tags: { team: 'payments' }, ...PEERS },
    [
      'dsql:AddPeerCluster dsql:@:cluster/*',
      'dsql:AddPeerCluster dsql:us-east-2:222222222222:cluster/peer',
      'dsql:CreateCluster dsql:@:cluster/*',
      'dsql:PutMultiRegionProperties dsql:@:cluster/*',
      'dsql:PutWitnessRegion dsql:@:cluster/*',
      'dsql:TagResource dsql:@:cluster/*',
    ],
    ['ServiceLinkedRoleNeeded'],
  ],
  [
    'aws-sdk:dsql:updateCluster',
    { Identifier: 'mine', ...PEERS },
    [
      'dsql:AddPeerCluster dsql:@:cluster/mine',
      'dsql:AddPeerCluster dsql:us-east-2:222222222222:cluster/peer',
      'dsql:GetCluster dsql:@:cluster/mine',
      'dsql:PutMultiRegionProperties dsql:@:cluster/mine',
      'dsql:PutWitnessRegion dsql:@:cluster/mine',
      'dsql:UpdateCluster dsql:@:cluster/mine',
    ],
    ['CallerPermissionsNeeded'],
  ],
]);

needExactly('what a call restores, or replicates, out of another Region', [
  [
    'aws-sdk:rds:createDBInstanceReadReplica',
    { DbInstanceIdentifier: 'replica', SourceDbInstanceIdentifier: CLUSTER.replace('cluster', 'db') },
    [
      'rds:CreateDBInstanceReadReplica rds:@:db:replica',
      'rds:CreateDBInstanceReadReplica rds:eu-west-1:222222222222:db:standby',
      'rds:CreateDBInstanceReadReplica rds:@:og:default*',
      'rds:CreateDBInstanceReadReplica rds:@:pg:default*',
      'rds:CreateDBInstanceReadReplica rds:@:subgrp:default*',
    ],
  ],
  [
    'aws-sdk:dynamodb:restoreTableToPointInTime',
    { SourceTableArn: 'arn:aws:dynamodb:eu-west-1:222222222222:table/music', TargetTableName: 'copy' },
    [
      'dynamodb:RestoreTableToPointInTime dynamodb:@:table/copy',
      'dynamodb:RestoreTableToPointInTime dynamodb:eu-west-1:222222222222:table/music',
      ...['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].map(
        (action) => `dynamodb:${action} dynamodb:@:table/copy`,
      ),
    ],
  ],
  [
    'aws-sdk:bedrock:createModelCopyJob',
    {
      SourceModelArn: 'arn:aws:bedrock:eu-west-1:222222222222:custom-model/amazon.titan/abcdefabcdef',
      TargetModelName: 'copy',
    },
    [
      'bedrock:CreateModelCopyJob bedrock:@:custom-model/copy',
      'bedrock:CreateModelCopyJob bedrock:eu-west-1:222222222222:custom-model/amazon.titan/abcdefabcdef',
    ],
  ],
  [
    'aws-sdk:rds:createDBCluster',
    { DbClusterIdentifier: 'replica', Engine: 'aurora-mysql', ReplicationSourceIdentifier: CLUSTER },
    [
      'rds:CreateDBCluster rds:@:cluster:replica',
      'rds:CreateDBCluster rds:eu-west-1:222222222222:cluster:standby',
      'rds:CreateDBCluster rds:@:cluster-pg:default*',
      'rds:CreateDBCluster rds:@:og:default*',
      'rds:CreateDBCluster rds:@:subgrp:default*',
    ],
    ['CallerPermissionsNeeded'],
  ],
]);

needExactly('what no call reaches', [
  [
    'aws-sdk:rds:copyDBSnapshot',
    { SourceDbSnapshotIdentifier: 'nightly', TargetDbSnapshotIdentifier: SNAPSHOT },
    ['rds:CopyDBSnapshot rds:@:snapshot:nightly'],
    ['CallerPermissionsNeeded', 'ResourceElsewhere'],
  ],
  [
    'aws-sdk:backup:startCopyJob',
    {
      RecoveryPointArn: 'arn:aws:backup:eu-west-1:222222222222:recovery-point:a1',
      SourceBackupVaultName: 'here',
      DestinationBackupVaultArn: 'arn:aws:backup:us-west-2:222222222222:backup-vault:there',
      IamRoleArn: 'arn:aws:iam::222222222222:role/backup',
    },
    ['backup:StartCopyJob backup:us-west-2:222222222222:backup-vault:there', 'pass backup to backup'],
    ['ResourceElsewhere'],
  ],
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

describe('what is listed for a Task because only run time knows it', () => {
  it.each([
    ['SourceDbSnapshotIdentifier', [['rds:CopyDBSnapshot', SNAPSHOT]], []],
    ['TargetDbSnapshotIdentifier', [], ['ResourceElsewhere']],
  ] as const)('lies in another Region only if the call reaches there by %s', (parameter, granted, said) => {
    const given = { SourceDbSnapshotIdentifier: 'here', TargetDbSnapshotIdentifier: 'copy' };
    const { [parameter]: _, ...others } = given;
    const derivation = deriveOne(
      'aws-sdk:rds:copyDBSnapshot',
      { ...others, [`${parameter}.$`]: '$.snapshot' },
      { hints: [{ task: 'Call', arns: [SNAPSHOT] }] },
    );
    expect(permissionsOf(derivation).filter(([, arn]) => arn.includes('eu-west-1'))).toStrictEqual(granted);
    const reasons = derivation.diagnostics.map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'ResourceElsewhere')).toStrictEqual(said);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
describe('operations that Step Functions does not offer', () => {
  it.each([
    'applicationdiscovery:exportConfigurations',
    'codedeploy:getDeploymentInstance',
    'comprehendmedical:detectEntities',
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
      expect.stringContaining('which Step Functions does not offer: use another call'),
    ]);
  });
});
