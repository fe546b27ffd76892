/**
 * One page of GetAccountAuthorizationDetails, read as a stream: its members are handed on one by one.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
import { Readable } from 'node:stream';
import { GetAccountAuthorizationDetailsCommand, type EntityType, type IAMClient } from '@aws-sdk/client-iam';
import type { HttpHandlerOptions } from '@smithy/types';
import type { IamPaging } from '../calls/pages.ts';
import { XmlMembers, type OnMember } from './xml-members.ts';

/** As many as IAM gives. A page is never held as a whole, so its size costs nothing. */
const MAX_ITEMS = 1_000;

/** What the SDK gets to parse, instead of what was already read. */
const NOTHING =
  '<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult/></GetAccountAuthorizationDetailsResponse>';

/** Which page, and of which kinds of objects. */
interface AccountPage {
  readonly filter: EntityType[];
  /** From the page before; undefined for the first. */
  readonly marker: string | undefined;
}

interface PageReader {
  /** Called with `RoleDetailList` or `Policies`, and each member of it. */
  readonly onMember: OnMember;
  /** Awaited before each piece: pages of many accounts come in at once, and together would delay the timer that renews the
   *  lease. */
  readonly breathe: () => Promise<void>;
}

/** How many characters are parsed at a time: half a dozen roles. */
const PIECE = 16_384;

/** Reads a page.
 *  @returns where the next page is, according to the answer */
export async function readAccountPage(
  iam: IAMClient,
  options: HttpHandlerOptions,
  { filter, marker }: AccountPage,
  reader: PageReader,
): Promise<IamPaging> {
  const command = new GetAccountAuthorizationDetailsCommand({
    Filter: filter,
    Marker: marker,
    MaxItems: MAX_ITEMS,
  });
  let fields: ReadonlyMap<string, string> = new Map();
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (isSuccess(response)) {
        fields = await readMembers(response.body, reader);
        response.body = Readable.from([Buffer.from(NOTHING)]);
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'crossAccountLinkStream' },
  );
  await iam.send(command, options);
  return { IsTruncated: fields.get('IsTruncated') === 'true', Marker: fields.get('Marker') };
}

async function readMembers(
  body: Readable,
  { onMember, breathe }: PageReader,
): Promise<ReadonlyMap<string, string>> {
  const members = new XmlMembers(['RoleDetailList', 'Policies'], onMember);
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) throw new Error('the answer is not read as bytes');
    const text = decoder.decode(chunk, { stream: true });
    for (let at = 0; at < text.length; at += PIECE) {
      await breathe();
      members.write(text.slice(at, at + PIECE));
    }
  }
  return members.end();
}

/** Other answers are left to the SDK. */
function isSuccess(response: unknown): response is { body: Readable } {
  return (
    typeof response === 'object' &&
    response !== null &&
    'statusCode' in response &&
    response.statusCode === 200 &&
    'body' in response &&
    response.body instanceof Readable
  );
}
