/**
 * Calls that name something of another Region: what they copy, and where to. All other calls reach no further than their own.
 */
import type { Resource, ResourceArn } from '../reading.ts';
import type { Permission } from '../row.ts';

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html */
const OF_DATABASES: readonly string[] = [
  'copyDBClusterSnapshot',
  'copyDBSnapshot',
  'createDBInstanceReadReplica',
  'createGlobalCluster',
  'failoverGlobalCluster',
  'removeFromGlobalCluster',
  'startDBInstanceAutomatedBackupsReplication',
  'stopDBInstanceAutomatedBackupsReplication',
  'switchoverGlobalCluster',
];

/** By SDK service. */
const OPERATIONS: ReadonlyMap<string, readonly string[]> = new Map([
  // https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html
  ['backup', ['startCopyJob']],
  ['docdb', OF_DATABASES],
  ['neptune', OF_DATABASES],
  ['rds', OF_DATABASES],
]);

/** The permission on what the call states by whole ARNs, in whichever Region it lies. */
export function inOtherRegions(service: string, api: string, permission: Permission): Permission {
  if (OPERATIONS.get(service)?.includes(api) !== true) return permission;
  return { ...permission, resources: permission.resources.map(inAnyRegion) };
}

function inAnyRegion(resource: Resource): Resource {
  return {
    types: resource.types,
    read(call) {
      const { arns, unknown } = resource.read(call);
      return { arns: arns.map(reachable), unknown };
    },
  };
}

function reachable(found: ResourceArn): ResourceArn {
  return { ...found, inAnyRegion: true };
}
