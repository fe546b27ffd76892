/** What AWS makes of the names that calls give: an identifier of its own, or the same name in lower case. */
import { splitArn } from '../../../arn/parts.ts';
import type { ArnForm } from '../iam-data.ts';
import type { Call } from '../reading.ts';

/**
 * Kinds whose ARNs end in an identifier that AWS makes, while calls give a name, which does not tell the identifier. By service
 * and the beginning of the ARN's resource, as in the examples of their ARNs in each service's reference.
 */
const IDENTIFIED_BY_AWS = new Set([
  'braket:job',
  'catalog:product',
  'cleanrooms:configuredaudiencemodelassociation',
  'config:config-aggregator',
  'config:config-rule',
  'config:organization-config-rule',
  'config:organization-conformance-pack',
  'docdb-elastic:cluster',
  'docdb-elastic:cluster-snapshot',
  'ec2:launch-template',
  'ec2:security-group',
  // With the dataset's name before the job's.
  'forecast:dataset-import-job',
  'glue:integration',
  'lightsail:ContainerService',
  'lightsail:Instance',
  'lightsail:RelationalDatabase',
  'neptune-graph:graph',
  'neptune-graph:graph-snapshot',
  'omics:runBatch',
  'rds:db-proxy',
  'rds:db-proxy-endpoint',
  'rds:integration',
  'rds:target-group',
  'redshift:integration',
  'redshift-serverless:managedvpcendpoint',
  'redshift-serverless:namespace',
  'redshift-serverless:snapshot',
  'redshift-serverless:workgroup',
  'resiliencehub:resiliency-policy',
  'sagemaker:artifact',
  'sagemaker:cluster',
  'servicediscovery:namespace',
  'servicediscovery:service',
  'workspaces-web:identityProvider',
]);

/** These services turn identifiers into lower case.
 *  https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.ARN.html */
const LOWER_CASE = new Set(['elasticache', 'memorydb', 'rds', 'redshift']);

/** What AWS makes of the name or ARN: lower case, for these services. */
export function asMade(service: string, text: string): string {
  return LOWER_CASE.has(service) ? text.toLowerCase() : text;
}

/** `config-rule` for `config-rule/{ConfigRuleId}`; if there are several such words, the last one. */
function kindOf({ resource }: ArnForm): string {
  const words = resource.split(/[/:]/).filter((word) => /^[A-Za-z-]+$/.test(word));
  return words.at(-1) ?? '';
}

/** Whether the parameter gives a name, but the ARN has an identifier. */
export function isNameOnly(form: ArnForm, path: string): boolean {
  return IDENTIFIED_BY_AWS.has(`${form.service}:${kindOf(form)}`) && /Names?(?:\[\])?$/.test(path);
}

/** Whether the call is the one that makes things of this kind: `createDBProxy`, `putConfigRule`, `startRunBatch`. */
export function isMadeBy(form: ArnForm, { task }: Call): boolean {
  const made = kindOf(form).replaceAll('-', '').toLowerCase();
  const api = task.resource.toLowerCase().replace(/\.waitfortasktoken$/, '');
  return ['create', 'put', 'start'].some((verb) => api.endsWith(`:${verb}${made}`));
}

/** A name may come with its qualifier (`family:revision`) or its type (Route 53's `/hostedzone/Z1`, KMS's `alias/app`). */
export function asAuthorized({ resource, service }: ArnForm, text: string): string {
  if (service === 'wafv2')
    return text.replace(':REGIONAL/', ':regional/').replace(':CLOUDFRONT/', ':global/');
  if (service === 'route53') return text.replace(/:::([a-z]+)\/\/\1\//, ':::$1/');
  if (service === 'payment-cryptography') return text.replace(':key/alias/', ':alias/');
  if (service === 'kms') return text.replace(':alias/alias/', ':alias/');
  const named = splitArn(text).resource.split(':').length;
  const isQualified = named > resource.split(':').length && text.endsWith(':*');
  return isQualified ? text.slice(0, -2) : text;
}
