import { objectAt } from '../../../src/base/json.ts';
import { isJsonObject } from '../../../src/base/json.ts';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import type { ObjectMeta, ResourceType } from '../../../src/kubernetes/metadata.ts';

export const widgets: ResourceType = {
  group: 'example.com',
  version: 'v1',
  plural: 'widgets',
  kind: 'Widget',
};
export const widgetsIn = (namespace: string) => `/apis/example.com/v1/namespaces/${namespace}/widgets`;

export interface Widget {
  readonly metadata: ObjectMeta;
  readonly colour: string;
}

/** Refuses what has no colour. */
export function parseWidget(object: unknown): Widget {
  const metadata = parseMetadata(object);
  const { colour } = isJsonObject(object) ? objectAt(object, 'spec') : {};
  if (typeof colour !== 'string') throw new Error('spec.colour is missing');
  return { metadata, colour };
}
