/**
 * AWS's partitions: closed worlds with an IAM each. A partition that is not named here is refused, never taken for the
 * commercial one. The names and Regions are those of the SDK's endpoint rules, which a test compares; host names come
 * from the SDK alone.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */

interface Partition {
  /** Region whose endpoint and signature IAM's control plane uses; its CloudTrail events arrive there, too, and its STS
   *  answers for every account of the partition. */
  readonly homeRegion: string;
  /** What the names of its Regions begin with; the commercial partition has the others. */
  readonly regionPrefix: string;
}

const PARTITIONS = {
  aws: { homeRegion: 'us-east-1', regionPrefix: '' },
  'aws-cn': { homeRegion: 'cn-north-1', regionPrefix: 'cn-' },
  'aws-us-gov': { homeRegion: 'us-gov-west-1', regionPrefix: 'us-gov-' },
  'aws-iso': { homeRegion: 'us-iso-east-1', regionPrefix: 'us-iso-' },
  'aws-iso-b': { homeRegion: 'us-isob-east-1', regionPrefix: 'us-isob-' },
  'aws-iso-e': { homeRegion: 'eu-isoe-west-1', regionPrefix: 'eu-isoe-' },
  'aws-iso-f': { homeRegion: 'us-isof-south-1', regionPrefix: 'us-isof-' },
  'aws-eusc': { homeRegion: 'eusc-de-east-1', regionPrefix: 'eusc-' },
} satisfies Readonly<Record<string, Partition>>;

export type PartitionName = keyof typeof PARTITIONS;

const BY_NAME: ReadonlyMap<string, Partition> = new Map(Object.entries(PARTITIONS));

/** In the order in which people are told of them. */
export const PARTITION_NAMES: readonly string[] = [...BY_NAME.keys()];

/** How a Region is written: `us-east-1`, `us-gov-west-1`. */
const REGION = /^[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-\d{1,2}$/;

export function isPartition(name: string): name is PartitionName {
  return BY_NAME.has(name);
}

/** The Region of a partition's IAM. @throws Error for a partition that is none */
export function homeRegion(partition: string): string {
  const known = BY_NAME.get(partition);
  if (known === undefined) throw new Error(unknownPartition(partition));
  return known.homeRegion;
}

/** The partition that a Region lies in; undefined when it is no Region's name. */
export function partitionOfRegion(region: string): string | undefined {
  if (!REGION.test(region)) return undefined;
  const isolated = [...BY_NAME].find(
    ([, { regionPrefix }]) => regionPrefix !== '' && region.startsWith(regionPrefix),
  );
  return isolated?.[0] ?? 'aws';
}

/** For people: what is wrong, and what is known. */
export function unknownPartition(name: string): string {
  return `${JSON.stringify(name)} is no AWS partition: write ${PARTITION_NAMES.slice(0, -1).join(', ')} or ${PARTITION_NAMES.at(-1)}`;
}
