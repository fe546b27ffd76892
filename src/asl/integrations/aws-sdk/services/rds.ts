/** Clusters of RDS, Neptune and DocumentDB, which share one API: what is made on the way is asked about where it is named. */
import { derived, arn } from '../../resources.ts';
import { allow, CALLBACK } from '../../row.ts';
import type { ServiceTable } from '../../row.ts';

/** RDS makes identifiers lower case. */
function named(type: string, parameter: string): ReturnType<typeof derived> {
  const stated = arn('rds', `${type}:{${parameter}}`);
  return derived(stated, stated.types, (text) => text.toLowerCase());
}

const FINAL = 'FinalDBSnapshotIdentifier';

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html */
export const clusters: ServiceTable = {
  deleteDBCluster: {
    patterns: CALLBACK,
    call: [
      allow('rds:DeleteDBCluster', named('cluster', 'DBClusterIdentifier')),
      allow('rds:DeleteDBCluster', named('cluster-snapshot', FINAL), { when: FINAL }),
    ],
  },
};

/** Such a restore takes the snapshot of an instance or of a cluster, by the same parameter. */
export const RESTORED_CLUSTER = allow(
  'rds:RestoreDBClusterFromSnapshot',
  named('cluster-snapshot', 'SnapshotIdentifier'),
);
