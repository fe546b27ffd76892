/** SES: IAM is asked about the identity that sends, an address or its whole domain, whichever is verified. */
import { allow, CALLBACK } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { isNamed, readEach, toPattern, unreadable } from '../resources.ts';
import type { Resource } from '../resources.ts';

/** `a@example.com` or `Ann <a@example.com>` */
const ADDRESS = /^(?:[^<>]*<)?([^<>@\s]+@([^<>@\s]+))>?$/;

function sender(parameter: string): Resource {
  return {
    types: ['arn:*:ses:*:*:identity/*'],
    read: (call) =>
      readEach(call, parameter, (text) => {
        const [matched, address = '', domain = ''] = ADDRESS.exec(text) ?? [];
        if (matched === undefined || !isNamed(domain)) return unreadable(parameter, text);
        const { partition, region, accountId } = call.place;
        const before = `arn:${partition}:ses:${region}:${accountId}:identity/`;
        return { arns: [address, domain].map((name) => ({ text: before + toPattern(name) })), unknown: [] };
      }),
  };
}

function sends(action: string, parameter: string): Row {
  return { patterns: CALLBACK, call: [allow(`ses:${action}`, sender(parameter))] };
}

/** https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html */
export const ses: ServiceTable = {
  sendBulkTemplatedEmail: sends('SendBulkTemplatedEmail', 'Source'),
  sendEmail: sends('SendEmail', 'Source'),
  sendRawEmail: sends('SendRawEmail', 'Source'),
  sendTemplatedEmail: sends('SendTemplatedEmail', 'Source'),
};

export const sesv2: ServiceTable = {
  sendBulkEmail: sends('SendBulkEmail', 'FromEmailAddress'),
  sendEmail: sends('SendEmail', 'FromEmailAddress'),
};
