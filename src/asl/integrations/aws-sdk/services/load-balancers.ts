/**
 * Load balancers of the newer kinds. The table of actions lacks their page where the Classic ones have an action with the same
 * name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
import { rowOn } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { readEach, unreadable } from '../../reading.ts';
import type { Resource } from '../../reading.ts';
import { arn, derived, parsed, wholeArn } from '../../resources.ts';

const PREFIX = 'elasticloadbalancing';

function typesOf(...resources: readonly string[]): string[] {
  return resources.map((resource) => `arn:*:${PREFIX}:*:*:${resource}/*`);
}

const BALANCERS = typesOf('loadbalancer/app', 'loadbalancer/gwy', 'loadbalancer/net');
const LISTENERS = typesOf('listener/app', 'listener/gwy', 'listener/net');
const RULES = typesOf('listener-rule/app', 'listener-rule/net');
const TAGGABLE = [...BALANCERS, ...LISTENERS, ...RULES, ...typesOf('targetgroup', 'truststore')];

/** By the parameter `Type`. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['application', 'app'],
  ['gateway', 'gwy'],
  ['network', 'net'],
]);

/** The ARN of a load balancer continues behind its name with an identifier that AWS makes. */
const made: Resource = {
  types: BALANCERS,
  read: (call) =>
    readEach(
      call,
      'Type',
      (type) => {
        const kind = KINDS.get(type);
        return kind === undefined
          ? unreadable('Type', type)
          : arn(PREFIX, `loadbalancer/${kind}/{Name}/*`).read(call);
      },
      'application',
    ),
};

function stated(path: string, types: readonly string[]): Resource {
  return parsed(path, types, (text) => wholeArn(text, types));
}

function row(action: string, resource: Resource): Row {
  return rowOn(`${PREFIX}:${action}`, resource);
}

export const loadBalancers: ServiceTable = {
  addTags: row('AddTags', stated('ResourceArns[]', TAGGABLE)),
  createLoadBalancer: row('CreateLoadBalancer', made),
  deleteLoadBalancer: row('DeleteLoadBalancer', stated('LoadBalancerArn', BALANCERS)),
  modifyLoadBalancerAttributes: row('ModifyLoadBalancerAttributes', stated('LoadBalancerArn', BALANCERS)),
  removeTags: row('RemoveTags', stated('ResourceArns[]', TAGGABLE)),
  setRulePriorities: row('SetRulePriorities', stated('RulePriorities[].RuleArn', RULES)),
};

/** What a call makes below the thing that it names: a listener of a load balancer, a rule of a listener. */
function below(path: string, types: readonly string[], holder: string, kind: string): Resource {
  return derived(
    stated(path, types),
    types.map((type) => type.replace(`:${holder}/`, `:${kind}/`)),
    (text) => `${text.replace(`:${holder}/`, `:${kind}/`)}/*`,
  );
}

/** What these calls make, which gets the tags that they give. */
export const MADE_FOR_BALANCERS: readonly (readonly [operation: string, made: Resource])[] = [
  ['createListener', below('LoadBalancerArn', BALANCERS, 'loadbalancer', 'listener')],
  ['createLoadBalancer', made],
  ['createRule', below('ListenerArn', LISTENERS, 'listener', 'listener-rule')],
  ['createTargetGroup', arn(PREFIX, 'targetgroup/{Name}/*')],
  ['createTrustStore', arn(PREFIX, 'truststore/{Name}/*')],
];
