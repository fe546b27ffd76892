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
  /** What host names end in there, and some service principals. */
  readonly dnsSuffix: string;
}

/** What service principals end in, in every partition as a rule. */
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

/** What host names end in, in a partition; as in most where it is none. */
export function dnsSuffixOf(partition: string): string {
  return BY_NAME.get(partition)?.dnsSuffix ?? EVERYWHERE;
}

/** A host name of AWS's without its ending, whichever the partition: `sqs.us-east-1`; undefined for any other. */
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

/**
 * The names that a service may have in `iam:PassedToService`. Service principals end in `amazonaws.com` everywhere, and yet
 * some services say the partition's own ending when a role is passed, some of their calls the one and some the other: in
 * China EC2 does. A condition has to name both.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services
 * https://github.com/aws/karpenter-provider-aws/pull/6839
 * @param principal as it is everywhere: `ec2.amazonaws.com`
 */
export function principalNames(principal: string, partition: string): readonly string[] {
  const dnsSuffix = dnsSuffixOf(partition);
  const stem = stemOf(principal, EVERYWHERE);
  return dnsSuffix === EVERYWHERE || stem === undefined ? [principal] : [principal, `${stem}.${dnsSuffix}`];
}

/** The name that a service has everywhere, of any that it has in some partition. */
export function universalPrincipal(name: string): string {
  const stem = hostWithoutSuffix(name);
  return stem === undefined ? name : `${stem}.${EVERYWHERE}`;
}

function stemOf(name: string, suffix: string): string | undefined {
  return name.endsWith(`.${suffix}`) ? name.slice(0, -suffix.length - 1) : undefined;
}

/** For people: what is wrong, and what is known. */
export function unknownPartition(name: string): string {
  return `${JSON.stringify(name)} is no AWS partition: write ${PARTITION_NAMES.slice(0, -1).join(', ')} or ${PARTITION_NAMES.at(-1)}`;
}
