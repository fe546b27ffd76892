/** Of an integration that Step Functions does not offer: the one that was meant. */
import { nearest } from '../../base/suggest.ts';
import type { Integration, ServiceCall } from '../integration.ts';
import { iamPrefixOf } from './aws-sdk/iam-prefixes.ts';
import { findIamAction } from './iam-data.ts';
import { modelledAs } from './operations.ts';
import { OPTIMIZED } from './table.ts';

/** As a Task's `Resource` names it; undefined when nothing is near. */
export function meantBy(integration: Integration): string | undefined {
  if (integration.kind === 'optimized') return ofOptimized(integration);
  if (integration.kind !== 'sdk') return undefined;
  const { service, api, pattern, partition } = integration;
  const spelled = api.charAt(0).toLowerCase() + api.slice(1);
  if (spelled !== api && isKnown(service, spelled))
    return written(
      partition,
      `aws-sdk:${service}:${spelled}${pattern === '.waitForTaskToken' ? pattern : ''}`,
    );
  const lowered = service.toLowerCase();
  if (lowered !== service && isKnown(lowered, spelled))
    return written(
      partition,
      `aws-sdk:${lowered}:${spelled}${pattern === '.waitForTaskToken' ? pattern : ''}`,
    );
  const row = rowOf(service, api);
  if (row === undefined || !row.patterns.includes(pattern)) return undefined;
  return written(partition, `${service}:${api}${pattern}`);
}

/** An operation that is spelled otherwise, that does not wait so, or that the SDK alone has. */
function ofOptimized({ service, api, pattern, partition }: ServiceCall): string | undefined {
  const apis = Object.keys(OPTIMIZED.get(service) ?? {});
  if (!apis.includes(api) && modelledAs(service, api) !== undefined)
    return written(partition, `aws-sdk:${service}:${api}`);
  const [name = ''] = nearest(api, apis);
  const patterns = rowOf(service, name)?.patterns ?? [];
  const fitting = patterns.includes(pattern) ? pattern : patterns[0];
  return fitting === undefined ? undefined : written(partition, `${service}:${name}${fitting}`);
}

function isKnown(service: string, api: string): boolean {
  return (
    modelledAs(service, api) !== undefined || findIamAction(iamPrefixOf(service) ?? '', api) !== undefined
  );
}

function rowOf(service: string, api: string) {
  const table = OPTIMIZED.get(service);
  return table !== undefined && Object.hasOwn(table, api) ? table[api] : undefined;
}

function written(partition: string, call: string): string {
  return `arn:${partition === '' ? 'aws' : partition}:states:::${call}`;
}
