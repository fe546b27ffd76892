/** An Event about a link, as the API server has it. */
import { isJsonObject, numberAt, objectAt, stringAt } from '../../base/json.ts';
import { parseMetadata, type ObjectMeta } from '../../kubernetes/metadata.ts';
import type { EventView } from './contract.ts';
import { wallMsOf } from './time.ts';

export interface LinkEvent extends EventView {
  readonly metadata: ObjectMeta;
  /** `namespace/name` of the link that it is about. */
  readonly link: string;
  /** UID of that very link: another of the same name has Events of its own. */
  readonly linkUid: string;
  readonly version: string;
}

/** Parses a core/v1 Event. Anybody who may create Events can write anything into one: all of it is only shown as text.
 *  @throws Error without metadata */
export function parseLinkEvent(value: unknown): LinkEvent {
  const metadata = parseMetadata(value);
  const event = isJsonObject(value) ? value : {};
  const regarding = objectAt(event, 'involvedObject');
  const series = objectAt(event, 'series');
  const first = [stringAt(event, 'firstTimestamp'), stringAt(event, 'eventTime'), metadata.creationTimestamp];
  const last = [stringAt(event, 'lastTimestamp'), stringAt(series, 'lastObservedTime'), ...first];
  return {
    metadata,
    // An Event can only be about objects of its own namespace.
    link: `${metadata.namespace ?? ''}/${stringAt(regarding, 'name') ?? ''}`,
    linkUid: stringAt(regarding, 'uid') ?? '',
    version: metadata.resourceVersion,
    type: stringAt(event, 'type') ?? 'Normal',
    reason: stringAt(event, 'reason') ?? '',
    message: stringAt(event, 'message') ?? '',
    count: numberAt(event, 'count') ?? numberAt(series, 'count') ?? 1,
    firstMs: firstOf(first),
    lastMs: firstOf(last),
  };
}

function firstOf(times: readonly (string | undefined)[]): number {
  return times.map(wallMsOf).find((time) => time !== undefined) ?? 0;
}
