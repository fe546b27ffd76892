/**
 * Text and voice messages: one parameter of a call names what it sends from, which may be a number, a pool or a sender's ID.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsendusermessagingsmsandvoicev2.html
 */
import { allow, CALLBACK, rowOn } from '../../row.ts';
import type { Permission, Row, ServiceTable } from '../../row.ts';
import { literalAt } from '../../../parameters.ts';
import { readEach, undetermined, unreadable } from '../../reading.ts';
import type { Call, Reading, Resource, ResourceArn } from '../../reading.ts';
import { arn, everything, namedArn, toPattern, wholeArn } from '../../resources.ts';

const FROM = 'OriginationIdentity';
const TYPES = ['phone-number', 'pool', 'rcs-agent', 'sender-id'].map(
  (type) => `arn:*:sms-voice:*:*:${type}/*`,
);

/** How AWS's identifiers of a type begin.
 *  https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html */
const BEGINNINGS: readonly (readonly [beginning: string, type: string])[] = [
  ['phone-', 'phone-number'],
  ['pool-', 'pool'],
  ['rcs-', 'rcs-agent'],
];
const NUMBER = /^\+?\d+$/;

const origin: Resource = {
  types: TYPES,
  read: (call) => readEach(call, FROM, (text) => readOrigin(text, call)),
};

function readOrigin(text: string, call: Call): Reading {
  if (NUMBER.test(text))
    return undetermined(FROM, 'is a number, and the ARN contains an identifier that AWS generates');
  const found = text.startsWith('arn:') ? wholeArn(text, TYPES) : identified(text, call);
  return found === undefined ? unreadable(FROM, text) : { arns: [found], unknown: [] };
}

function identified(id: string, { place, task }: Call): ResourceArn | undefined {
  const before = `arn:${place.partition}:sms-voice:${place.region}:${place.accountId}:`;
  const [, type] = BEGINNINGS.find(([beginning]) => id.startsWith(beginning)) ?? [];
  if (type !== undefined) return namedArn(`${before}${type}/`, id);
  // A sender of one name may be registered in several countries.
  const country = literalAt(task, 'IsoCountryCode');
  return namedArn(`${before}sender-id/`, id, `/${country === undefined ? '*' : toPattern(country)}`);
}

const named = (type: string, path: string): Resource => arn('sms-voice', `${type}/{${path}}`);
const ON_POOL = named('pool', 'PoolId');

/** A call that names nothing to send from leaves the choice to AWS. */
function sends(action: string): Row {
  const where = (type: string, path: string): Permission =>
    allow(`sms-voice:${action}`, named(type, path), { when: path });
  return {
    patterns: CALLBACK,
    call: [
      allow(`sms-voice:${action}`, origin, { when: FROM }),
      allow(`sms-voice:${action}`, everything, { unless: FROM }),
      where('configuration-set', 'ConfigurationSetName'),
      where('protect-configuration', 'ProtectConfigurationId'),
    ],
  };
}

function row(action: string, ...resources: readonly Resource[]): Row {
  return rowOn(`sms-voice:${action}`, resources);
}

export const textMessages: ServiceTable = {
  associateOriginationIdentity: row('AssociateOriginationIdentity', origin, ON_POOL),
  createPool: row('CreatePool', origin),
  deleteConfigurationSet: row('DeleteConfigurationSet', named('configuration-set', 'ConfigurationSetName')),
  deleteKeyword: row('DeleteKeyword', origin),
  describeKeywords: row('DescribeKeywords', origin),
  disassociateOriginationIdentity: row('DisassociateOriginationIdentity', origin, ON_POOL),
  putKeyword: row('PutKeyword', origin),
  sendDestinationNumberVerificationCode: sends('SendDestinationNumberVerificationCode'),
  sendMediaMessage: sends('SendMediaMessage'),
  sendRcsMessage: sends('SendRcsMessage'),
  sendTextMessage: sends('SendTextMessage'),
  sendVoiceMessage: sends('SendVoiceMessage'),
};
