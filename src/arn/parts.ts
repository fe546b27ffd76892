/**
 * ARNs that are not parsed but taken apart and put together: those in a definition, with holes that only run time fills, and
 * patterns that stand for several.
 */

interface ArnParts {
  /** `arn` */
  readonly prefix: string;
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** Everything after the fifth colon, further colons included. */
  readonly resource: string;
}

/** The six parts of a text, whatever they say; missing ones are empty. */
export function splitArn(text: string): ArnParts {
  const [prefix = '', partition = '', service = '', region = '', accountId = '', ...rest] = text.split(':');
  return { prefix, partition, service, region, accountId, resource: rest.join(':') };
}

/** Whether a text has all six parts, even if they are empty. */
export function isWholeArn(text: string): boolean {
  return /^(?:[^:]*:){5}/.test(text);
}

/** The ARN of these parts: the opposite of `splitArn`. */
export function joinArn({ prefix, partition, service, region, accountId, resource }: ArnParts): string {
  return [prefix, partition, service, region, accountId, resource].join(':');
}

/** The ARN without the version, the alias or the ID that follows a resource's name; a text that is not an ARN stays as it is.
 *  @param pieces how many pieces of the resource are its name: 2 for `stateMachine:orders:live` */
export function unqualifiedArn(text: string, pieces: number): string {
  if (!isWholeArn(text)) return text;
  const parts = splitArn(text);
  return joinArn({ ...parts, resource: parts.resource.split(':').slice(0, pieces).join(':') });
}
