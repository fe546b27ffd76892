/** Clusters of RDS, Neptune and DocumentDB, which share one API: IAM is also asked about what a call makes on the way, if it is
 *  named. */
import { derived, arn } from '../../resources.ts';
import { allow, CALLBACK } from '../../row.ts';
import type { Note, Permission, ServiceTable } from '../../row.ts';
import { usesKey, writingKey } from '../kms-keys.ts';

/** RDS turns identifiers into lower case. */
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
const RESTORED_CLUSTER = allow(
  'rds:RestoreDBClusterFromSnapshot',
  named('cluster-snapshot', 'SnapshotIdentifier'),
);

/** For an export to S3 the caller passes the key to the service.
 *  https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartExportTask.html */
const KEY_OF_EXPORT = [
  'CreateGrant',
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'RetireGrant',
];
const EXPORT_KEY = usesKey('KmsKeyId', KEY_OF_EXPORT);
/** To IAM, an alias is not a key. */
const EXPORT_KEY_NOTE = writingKey('KmsKeyId', KEY_OF_EXPORT.map((name) => `kms:${name}`).join(', '));

/** What else a call of RDS needs. */
export function besideRds(api: string): {
  readonly permissions: readonly Permission[];
  readonly notes: readonly Note[];
} {
  if (api === 'startExportTask') return { permissions: [EXPORT_KEY], notes: [EXPORT_KEY_NOTE] };
  return { permissions: api === 'restoreDBClusterFromSnapshot' ? [RESTORED_CLUSTER] : [], notes: [] };
}
