/** Where an AWS partition keeps its one IAM, and which Regions are its own.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */

interface Partition {
  /** Region whose endpoint and signature IAM's control plane uses; its CloudTrail events arrive there, too. */
  readonly iamRegion: string;
  readonly regionPrefix: RegExp;
}

const PARTITIONS: Readonly<Record<string, Partition>> = {
  'aws-cn': { iamRegion: 'cn-north-1', regionPrefix: /^cn-/ },
  'aws-us-gov': { iamRegion: 'us-gov-west-1', regionPrefix: /^us-gov-/ },
  'aws-iso': { iamRegion: 'us-iso-east-1', regionPrefix: /^us-iso-/ },
  'aws-iso-b': { iamRegion: 'us-isob-east-1', regionPrefix: /^us-isob-/ },
};
const COMMERCIAL: Partition = { iamRegion: 'us-east-1', regionPrefix: /^(?!cn-|us-gov-|us-iso)/ };

/** The Region of a partition's IAM. */
export function iamRegion(partition: string): string {
  return (PARTITIONS[partition] ?? COMMERCIAL).iamRegion;
}

/** The Region whose STS is asked: the operator's own when it lies in the partition, otherwise that of IAM. */
export function stsRegion(partition: string, ownRegion: string | undefined): string {
  const { regionPrefix, iamRegion: home } = PARTITIONS[partition] ?? COMMERCIAL;
  return ownRegion !== undefined && regionPrefix.test(ownRegion) ? ownRegion : home;
}
