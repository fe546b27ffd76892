/** For an integration that Step Functions does not offer: the one that was probably meant. */
import { RecentMap } from '../../base/recent-map.ts';
import { nearest } from '../../base/suggest.ts';
import { parseIntegration } from '../integration.ts';
import type { ServiceCall } from '../integration.ts';
import { iamPrefixOf, knownServices, writtenName } from './aws-sdk/iam-prefixes.ts';
import { findIamAction } from './iam-data.ts';
import { modelledAs } from './operations.ts';
import { OPTIMIZED } from './table.ts';

/** As a Task's `Resource` names it; undefined if nothing is near. */
export function meantBy(resource: string): string | undefined {
  const integration = parseIntegration(resource);
  switch (integration.kind) {
    case 'optimized':
      return ofOptimized(integration);
    case 'sdk':
      return ofSdk(integration);
    case 'unknown':
      return ofCallAtEnd(resource);
    default:
      return undefined;
  }
}

/** An operation that is spelled differently, that does not support this way of waiting, or that only the SDK has. */
function ofOptimized({ service, api, pattern, partition }: ServiceCall): string | undefined {
  const apis = Object.keys(OPTIMIZED.get(service) ?? {});
  if (!apis.includes(api) && isKnown(service, api)) return written(partition, `aws-sdk:${service}:${api}`);
  const [name = ''] = nearest(api, apis);
  const patterns = rowOf(service, name)?.patterns ?? [];
  const fitting = patterns.includes(pattern) ? pattern : patterns[0];
  return fitting === undefined ? undefined : written(partition, `${service}:${name}${fitting}`);
}

/** The same call as an optimized integration, or as the SDK spells it, which does not support `.sync`. */
function ofSdk({ service, api, pattern, partition }: ServiceCall): string | undefined {
  const row = rowOf(service, api);
  if (row?.patterns.includes(pattern) === true) return written(partition, `${service}:${api}${pattern}`);
  const spelled = api.charAt(0).toLowerCase() + api.slice(1);
  const name = nameOf(service, spelled);
  if (name === undefined) return undefined;
  const waiting = pattern === '.waitForTaskToken' ? pattern : '';
  const meant = written(partition, `aws-sdk:${name}:${spelled}${waiting}`);
  return meant === written(partition, `aws-sdk:${service}:${api}${pattern}`) ? undefined : meant;
}

/** Names by which other tools call a service. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['cloudwatchevents', 'eventbridge'],
  ['elb', 'elasticloadbalancing'],
  ['elbv2', 'elasticloadbalancingv2'],
  ['iotdata', 'iotdataplane'],
  ['kinesisfirehose', 'firehose'],
  ['stepfunctions', 'sfn'],
]);

/** A service that has the operation: one with this name without its hyphens, with this prefix in IAM, or with a similar name. */
function nameOf(service: string, api: string): string | undefined {
  const plain = service.toLowerCase().replaceAll('-', '');
  const name = OTHER_NAMES.get(plain) ?? plain;
  if (isKnown(name, api)) return writtenName(modelledAs(name, api) ?? name);
  const near = nearServices(name).find((one) => isKnown(one, api));
  return near === undefined ? undefined : writtenName(modelledAs(near, api) ?? near);
}

/** Near names of recent questions: each name is compared with hundreds, a definition may contain a thousand of them, and each of
 *  its links asks. */
const NEAR = new RecentMap<readonly string[]>(1_000);

function nearServices(name: string): readonly string[] {
  const known = NEAR.get(name);
  if (known !== undefined || name.length > LONGEST_SERVICE) return known ?? [];
  const near = nearest(name, knownServices());
  NEAR.set(name, near);
  return near;
}

/** In letters: no service has a name as long as this. */
const LONGEST_SERVICE = 64;

function isKnown(service: string, api: string): boolean {
  return (
    modelledAs(service, api) !== undefined || findIamAction(iamPrefixOf(service) ?? '', api) !== undefined
  );
}

/** A function by its ARN, with a pattern behind it, which only an integration takes.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
const WAITING_FUNCTION =
  /^arn:([a-z-]+):lambda:[a-z0-9-]+:\d{12}:function:[\w$:-]+(\.sync|\.waitForTaskToken)$/;

/** `arn:aws:lambda:invoke`: a call behind something other than the beginning of every integration's ARN. */
function ofCallAtEnd(resource: string): string | undefined {
  const [, partition = '', pattern = ''] = WAITING_FUNCTION.exec(resource) ?? [];
  if (partition !== '')
    return written(partition, `lambda:invoke${pattern === '.waitForTaskToken' ? pattern : ''}`);
  const parts = resource.split(':');
  const call = parts.slice(parts.at(-3) === 'aws-sdk' ? -3 : -2).join(':');
  const meant = written('', call);
  const integration = parseIntegration(meant);
  if (integration.kind !== 'optimized' && integration.kind !== 'sdk') return undefined;
  return isOffered(integration) ? meant : meantBy(meant);
}

function isOffered({ kind, service, api, pattern }: ServiceCall & { readonly kind: string }): boolean {
  if (kind === 'optimized') return rowOf(service, api)?.patterns.includes(pattern) === true;
  return isKnown(service, api) && !pattern.startsWith('.sync');
}

function rowOf(service: string, api: string) {
  const table = OPTIMIZED.get(service);
  return table !== undefined && Object.hasOwn(table, api) ? table[api] : undefined;
}

function written(partition: string, call: string): string {
  return `arn:${partition === '' ? 'aws' : partition}:states:::${call}`;
}
