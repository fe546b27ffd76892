/** In which Region a queue is. */

/** The Region in a queue's URL, with any of SQS's endpoints: regional, FIPS, of a VPC (`vpce-….sqs.REGION.vpce.amazonaws.com`),
 *  and the older `REGION.queue.amazonaws.com`. https://docs.aws.amazon.com/general/latest/gr/sqs-service.html */
export function queueRegion(url: string): string | undefined {
  const [, region, legacyRegion] =
    /^https?:\/\/(?:(?:[^./]+\.)?sqs(?:-fips)?\.([a-z0-9-]+)\.|([a-z0-9-]+)\.queue\.)/.exec(url) ?? [];
  return region ?? legacyRegion;
}
