/** Lex: a bot goes with its aliases. */
import { allow, CALLBACK } from '../../row.ts';
import type { ServiceTable } from '../../row.ts';
import { arn } from '../../resources.ts';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonlexv2.html */
export const bots: ServiceTable = {
  deleteBot: {
    patterns: CALLBACK,
    call: [allow('lex:DeleteBot', [arn('lex', 'bot/{BotId}'), arn('lex', 'bot-alias/{BotId}/*')])],
  },
};
