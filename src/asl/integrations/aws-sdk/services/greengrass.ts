/** The newer Greengrass: its page has a separate list of what can be tagged. */
import { rowOn } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { parsed, wholeArn } from '../../resources.ts';

const TAGGABLE = ['components:*', 'coreDevices:*', 'deployments:*'].map(
  (resource) => `arn:*:greengrass:*:*:${resource}`,
);
const named = parsed('ResourceArn', TAGGABLE, (text) => wholeArn(text, TAGGABLE));

function row(action: string): Row {
  return rowOn(`greengrass:${action}`, named);
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiotgreengrassv2.html */
export const greengrassTags: ServiceTable = {
  listTagsForResource: row('ListTagsForResource'),
  tagResource: row('TagResource'),
  untagResource: row('UntagResource'),
};
