/**
 * AWS's partitions, each with an IAM of its own and no way from one to another. A partition that is not listed here is refused,
 * never taken for the commercial one. Names and Regions are those of the SDK's endpoint rules, with which a test compares them;
 * host names come from the SDK alone. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */

interface Partition {
  /** The Region of IAM's control plane: its endpoint and signature, its CloudTrail events, and an STS that answers for every
   *  account of the partition. */
  readonly homeRegion: string;
  /** The prefix of its Regions' names; the commercial partition has all other Regions. */
  readonly regionPrefix: string;
  /** The ending of host names there, and of some service principals. */
  readonly dnsSuffix: string;
}

/** The usual ending of service principals, in every partition. */
const EVERYWHERE = 'amazonaws.com';

const PARTITIONS = {
  aws: { homeRegion: 'us-east-1', regionPrefix: '', dnsSuffix: EVERYWHERE },
  'aws-cn': { homeRegion: 'cn-north-1', regionPrefix: 'cn-', dnsSuffix: 'amazonaws.com.cn' },
  'aws-us-gov': { homeRegion: 'us-gov-west-1', regionPrefix: 'us-gov-', dnsSuffix: EVERYWHERE },
  'aws-iso': { homeRegion: 'us-iso-east-1', regionPrefix: 'us-iso-', dnsSuffix: 'c2s.ic.gov' },
  'aws-iso-b': { homeRegion: 'us-isob-east-1', regionPrefix: 'us-isob-', dnsSuffix: 'sc2s.sgov.gov' },
  'aws-iso-e': { homeRegion: 'eu-isoe-west-1', regionPrefix: 'eu-isoe-', dnsSuffix: 'cloud.adc-e.uk' },
  'aws-iso-f': { homeRegion: 'us-isof-south-1', regionPrefix: 'us-isof-', dnsSuffix: 'csp.hci.ic.gov' },
  'aws-eusc': { homeRegion: 'eusc-de-east-1', regionPrefix: 'eusc-', dnsSuffix: 'amazonaws.eu' },
} satisfies Readonly<Record<string, Partition>>;

type PartitionName = keyof typeof PARTITIONS;

const BY_NAME: ReadonlyMap<string, Partition> = new Map(Object.entries(PARTITIONS));

/** In the order in which messages list them. */
export const PARTITION_NAMES: readonly string[] = [...BY_NAME.keys()];

/** The ending of host names in a partition; the most common one if there is no such partition. */
export function dnsSuffixOf(partition: string): string {
  return BY_NAME.get(partition)?.dnsSuffix ?? EVERYWHERE;
}

/** A host name of AWS without its ending, in any partition: `sqs.us-east-1`; undefined for any other. */
export function hostWithoutSuffix(host: string): string | undefined {
  for (const { dnsSuffix } of BY_NAME.values()) {
    const stem = stemOf(host, dnsSuffix);
    if (stem !== undefined) return stem;
  }
  return undefined;
}

/** How a Region is written: `us-east-1`, `us-gov-west-1`. */
const REGION = /^[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-\d{1,2}$/;

export function isPartition(name: string): name is PartitionName {
  return BY_NAME.has(name);
}

/** The Region of a partition's IAM.
 *  @throws Error if there is no such partition */
export function homeRegion(partition: string): string {
  const known = BY_NAME.get(partition);
  if (known === undefined) throw new Error(unknownPartition(partition));
  return known.homeRegion;
}

/** The partition of a Region; undefined if the text is not the name of one. */
export function partitionOfRegion(region: string): string | undefined {
  if (!REGION.test(region)) return undefined;
  const isolated = [...BY_NAME].find(
    ([, { regionPrefix }]) => regionPrefix !== '' && region.startsWith(regionPrefix),
  );
  return isolated?.[0] ?? 'aws';
}

/** The names that a service may have in `iam:PassedToService`. Service principals end in `amazonaws.com` everywhere, and yet
 *  some services use the partition's own ending when a role is passed, some in a few of their calls: in China EC2 does. A
 *  condition has to name both.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
 *  https://github.com/aws/karpenter-provider-aws/pull/6839
 *  @param principal with the usual ending: `ec2.amazonaws.com` */
export function principalNames(principal: string, partition: string): readonly string[] {
  const dnsSuffix = dnsSuffixOf(partition);
  const stem = stemOf(principal, EVERYWHERE);
  return dnsSuffix === EVERYWHERE || stem === undefined ? [principal] : [principal, `${stem}.${dnsSuffix}`];
}

/** The service's name with the usual ending, from any name that it has in some partition. */
export function universalPrincipal(name: string): string {
  const stem = hostWithoutSuffix(name);
  return stem === undefined ? name : `${stem}.${EVERYWHERE}`;
}

function stemOf(name: string, suffix: string): string | undefined {
  return name.endsWith(`.${suffix}`) ? name.slice(0, -suffix.length - 1) : undefined;
}

/** The message for people: what is wrong, and which partitions are known. */
export function unknownPartition(name: string): string {
  return `${JSON.stringify(name)} is not an AWS partition: use ${PARTITION_NAMES.slice(0, -1).join(', ')} or ${PARTITION_NAMES.at(-1)}`;
}
