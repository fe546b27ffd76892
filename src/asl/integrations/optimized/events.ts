import { allow, CALLBACK } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

/** An entry without a bus goes to the account's default one. */
const buses = arn('events', 'event-bus/{Entries[].EventBusName=default}');

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-eventbridge.html */
export const events: ServiceTable = {
  putEvents: { patterns: CALLBACK, call: [allow('events:PutEvents', buses)] },
};
