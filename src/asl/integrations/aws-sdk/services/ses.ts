/** SES: IAM is asked about the identity that sends, an address or its whole domain, depending on which is verified. */
import { allow, CALLBACK } from '../../row.ts';
import type { Permission, Row, ServiceTable } from '../../row.ts';
import { readEach, unreadable } from '../../reading.ts';
import { arn, isNamed, toPattern } from '../../resources.ts';
import type { Resource } from '../../reading.ts';

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

/** A call whose parameter has another name than the part of the ARN that it fills. */
function named(action: string, resource: string): Row {
  return { patterns: CALLBACK, call: [allow(`ses:${action}`, arn('ses', resource))] };
}

/** Parameters of a call: IAM is asked about each one that it gives, beside the identity. */
interface MailUses {
  readonly templates?: readonly string[];
  /** ARNs of identities on whose behalf mail is sent: each replaces the one that the address would name. */
  readonly identities?: readonly string[];
}

function sends(action: string, from: string, { templates = [], identities = [] }: MailUses = {}): Row {
  const ses = (type: string, path: string): Permission =>
    allow(`ses:${action}`, arn('ses', `${type}/{${path}}`), { when: path });
  return {
    patterns: CALLBACK,
    call: [
      allow(`ses:${action}`, sender(from), { unless: identities }),
      ses('configuration-set', 'ConfigurationSetName'),
      ...templates.map((path) => ses('template', path)),
      ...identities.map((path) => ses('identity', path)),
    ],
  };
}

const OF_SES = { identities: ['SourceArn', 'FromArn'] };
const TEMPLATED = { ...OF_SES, templates: ['Template', 'TemplateArn'] };

/** https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html */
export const ses: ServiceTable = {
  sendBulkTemplatedEmail: sends('SendBulkTemplatedEmail', 'Source', TEMPLATED),
  sendEmail: sends('SendEmail', 'Source', OF_SES),
  sendRawEmail: sends('SendRawEmail', 'Source', OF_SES),
  sendTemplatedEmail: sends('SendTemplatedEmail', 'Source', TEMPLATED),
};

function contentTemplates(content: string): MailUses {
  return {
    templates: [`${content}.Template.TemplateName`, `${content}.Template.TemplateArn`],
    identities: ['FromEmailAddressIdentityArn'],
  };
}

export const sesv2: ServiceTable = {
  getDomainStatisticsReport: named('GetDomainStatisticsReport', 'identity/{Domain}'),
  putDedicatedIpInPool: named('PutDedicatedIpInPool', 'dedicated-ip-pool/{DestinationPoolName}'),
  sendBulkEmail: sends('SendBulkEmail', 'FromEmailAddress', contentTemplates('DefaultContent')),
  sendEmail: sends('SendEmail', 'FromEmailAddress', contentTemplates('Content')),
};
