/**
 * Calls that name something of another Region: what they copy, and where to. All other calls reach no further than their own.
 */
import { readParameters } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import type { Reading, Resource } from '../reading.ts';
import { toPattern } from '../resources.ts';
import type { Permission } from '../row.ts';
import { textOf } from './stated-arns.ts';

/** Operations, each with the parameter that may lie elsewhere. What the call makes or changes with its other parameters lies in
 *  the call's own Region. */
type Reach = Readonly<Record<string, string>>;

/** Of databases of every kind.
 *  https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html
 *  https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Replication.CrossRegion.html */
const OF_DATABASES: Reach = {
  copyDBClusterSnapshot: 'SourceDBClusterSnapshotIdentifier',
  copyDBSnapshot: 'SourceDBSnapshotIdentifier',
  createDBCluster: 'ReplicationSourceIdentifier',
  createDBInstanceReadReplica: 'SourceDBInstanceIdentifier',
  createGlobalCluster: 'SourceDBClusterIdentifier',
  failoverGlobalCluster: 'TargetDbClusterIdentifier',
  removeFromGlobalCluster: 'DbClusterIdentifier',
  startDBInstanceAutomatedBackupsReplication: 'SourceDBInstanceArn',
  stopDBInstanceAutomatedBackupsReplication: 'SourceDBInstanceArn',
  switchoverGlobalCluster: 'TargetDbClusterIdentifier',
};

/** By SDK service. */
const OPERATIONS: ReadonlyMap<string, Reach> = new Map<string, Reach>([
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html
  ['backup', { startCopyJob: 'DestinationBackupVaultArn' }],
  // https://docs.aws.amazon.com/bedrock/latest/userguide/copy-model.html
  ['bedrock', { createModelCopyJob: 'SourceModelArn' }],
  ['docdb', OF_DATABASES],
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_restores.html
  ['dynamodb', { restoreTableFromBackup: 'BackupArn', restoreTableToPointInTime: 'SourceTableArn' }],
  ['neptune', OF_DATABASES],
  ['rds', OF_DATABASES],
]);

/** The permission on what the call states by a whole ARN in that parameter, or what is listed for it, in whichever Region. */
export function inOtherRegions(service: string, api: string, permission: Permission): Permission {
  const reach = OPERATIONS.get(service) ?? {};
  const parameter = Object.hasOwn(reach, api) ? reach[api] : undefined;
  if (parameter === undefined) return permission;
  return { ...permission, resources: permission.resources.map((one) => inAnyRegion(one, parameter)) };
}

function inAnyRegion(resource: Resource, parameter: string): Resource {
  return {
    types: resource.types,
    read: (call) => reachable(resource.read(call), parameter, call.task),
  };
}

function reachable({ arns, unknown }: Reading, parameter: string, task: Task): Reading {
  const stated = new Set(readParameters(task, parameter).flatMap(textOf).map(toPattern));
  return {
    arns: arns.map((found) => (stated.has(found.text) ? { ...found, inAnyRegion: true } : found)),
    unknown: unknown.map((one) => (one.parameter === parameter ? { ...one, inAnyRegion: true } : one)),
  };
}
