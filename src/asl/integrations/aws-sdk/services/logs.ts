/** Log groups of CloudWatch Logs, and what they send their events to. */
import { splitArn } from '../../../../arn/parts.ts';
import { findIamAction } from '../../iam-data.ts';
import { NONE, readEach, unreadable } from '../../reading.ts';
import { arn, derived, wholeArn } from '../../resources.ts';
import { rowOn } from '../../row.ts';
import type { Resource } from '../../reading.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { resourcesOf } from '../action-resources.ts';

const DESTINATION_TYPE = 'arn:*:logs:*:*:destination:*';

/** A destination of CloudWatch Logs. A stream or a function may be given instead, but is not a resource of the call. */
const destination: Resource = {
  types: [DESTINATION_TYPE],
  read: (call) =>
    readEach(call, 'DestinationArn', (text) => {
      if (['firehose', 'kinesis', 'lambda'].includes(splitArn(text).service)) return NONE;
      const found = wholeArn(text, DESTINATION_TYPE);
      return found === undefined ? unreadable('DestinationArn', text) : { arns: [found], unknown: [] };
    }),
};

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html */
export const subscriptions: ServiceTable = {
  putSubscriptionFilter: rowOn('logs:PutSubscriptionFilter', [
    arn('logs', 'log-group:{LogGroupName}:*'),
    destination,
  ]),
};

/** A log group as a resource is `log-group:NAME:*`, except for the actions on its tags. */
const TAG_ACTIONS: ReadonlySet<string> = new Set(['ListTagsForResource', 'TagResource', 'UntagResource']);

/** The row of any CloudWatch Logs operation that IAM knows by the operation's name. */
export function logsRow(service: string, api: string): Row | undefined {
  const action = findIamAction('logs', api);
  if (action === undefined) return undefined;
  const resources = resourcesOf(action, { service, api, prefix: 'logs' });
  const starred = derived(resources, resources.types, (text) =>
    /:log-group:[^:]+$/.test(text) ? `${text}:*` : text,
  );
  return rowOn(`logs:${action.name}`, TAG_ACTIONS.has(action.name) ? resources : starred);
}
