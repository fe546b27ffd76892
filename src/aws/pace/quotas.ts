/**
 * AWS's request quotas as data: a bucket of `burst` tokens, refilled with `perSecond`, per account, Region and API. Step
 * Functions:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general (the
 * smaller figure if Regions differ). IAM publishes no quotas and raises none: the figures are what it accepts, and an
 * AWSAccount can set its own.
 */

export interface Rate {
  /** Calls that may be made at once after a rest. */
  readonly burst: number;
  readonly perSecond: number;
}

/** An AWSAccount's `spec.rates`, by service (`iam`) or by one operation of it (`states:UpdateStateMachine`). */
export type Rates = Readonly<Record<string, Rate>>;

/** Links name Regions, and may name some that do not exist. An account keeps clients and lanes of this many; AWS has about
 *  forty. */
export const MOST_REGIONS = 64;

export type Service = 'iam' | 'states' | 'sts' | 'sqs';

interface Quota {
  /** Calls with the same name share a bucket. */
  readonly lane: string;
  readonly rate: Rate;
}

const IAM: Rate = { burst: 50, perSecond: 5 };

const STATES: Readonly<Record<string, Rate>> = {
  DescribeExecution: { burst: 250, perSecond: 10 },
  DescribeStateMachine: { burst: 200, perSecond: 20 },
  DescribeStateMachineAlias: { burst: 200, perSecond: 1 },
  DescribeStateMachineForExecution: { burst: 200, perSecond: 1 },
  GetExecutionHistory: { burst: 300, perSecond: 15 },
  ListExecutions: { burst: 100, perSecond: 2 },
  ListStateMachineAliases: { burst: 100, perSecond: 1 },
  ListStateMachineVersions: { burst: 100, perSecond: 1 },
  ListStateMachines: { burst: 100, perSecond: 5 },
  ListTagsForResource: { burst: 100, perSecond: 1 },
  TagResource: { burst: 200, perSecond: 1 },
  UpdateStateMachine: { burst: 100, perSecond: 1 },
};
const OTHER_STATES: Rate = { burst: 100, perSecond: 1 };

const STS: Rate = { burst: 300, perSecond: 300 };
const SQS: Rate = { burst: 300, perSecond: 300 };

/** The bucket from which an operation draws: its own if the AWSAccount sets a rate for it. */
export function quotaOf(service: Service, operation: string, rates: Rates = {}): Quota {
  const single = `${service}:${operation}`;
  const ownRate = rates[single];
  if (ownRate !== undefined) return { lane: single, rate: ownRate };
  const { lane, rate } = publishedQuota(service, operation);
  return { lane, rate: rates[service] ?? rate };
}

function publishedQuota(service: Service, operation: string): Quota {
  switch (service) {
    case 'iam':
      return { lane: 'iam', rate: IAM };
    case 'states':
      return { lane: `states:${operation}`, rate: STATES[operation] ?? OTHER_STATES };
    case 'sts':
      return { lane: 'sts', rate: STS };
    case 'sqs':
      // A lane each: deleting must not wait behind long polls.
      return { lane: `sqs:${operation}`, rate: SQS };
  }
}
