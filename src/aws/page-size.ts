/** How many items to ask for, so that parsing their page holds the event loop for about as long as is borne. */
import type { MetadataBearer, MiddlewareStack } from '@smithy/types';

const SMALLEST = 100;
const LARGEST = 1_000;
const START = 150;
/** Parsing is one stretch of work in the SDK. The bound is 50 ms; this leaves room for a heavier page. */
const AIM_MS = 35;

type Watch = <Input extends object, Output extends MetadataBearer>(
  stack: MiddlewareStack<Input, Output>,
) => void;

export class PageSize {
  readonly #now: () => number;
  #current = START;

  /** @param now monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get current(): number {
    return this.#current;
  }

  /** Makes a call and learns from it how long the answer took to parse. */
  async measuring<Answer>(call: (watch: Watch) => Promise<Answer>): Promise<Answer> {
    let bodyEndedAt = Number.NaN;
    const answer = await call((stack) => {
      stack.add(
        (next) => async (args) => {
          const result = await next(args);
          const { response } = result;
          if (hasBody(response)) response.body.once('end', () => (bodyEndedAt = this.#now()));
          return result;
        },
        { step: 'deserialize', priority: 'low', name: 'crossAccountLinkParseTime' },
      );
    });
    if (!Number.isNaN(bodyEndedAt)) this.learn(this.#now() - bodyEndedAt);
    return answer;
  }

  /** At most doubled at once: one page of small items says little about the next. */
  learn(heldMs: number): void {
    const factor = Math.min(2, AIM_MS / Math.max(heldMs, 1));
    this.#current = Math.round(Math.min(LARGEST, Math.max(SMALLEST, this.#current * factor)));
  }
}

interface WithBody {
  readonly body: NodeJS.EventEmitter;
}

function hasBody(response: unknown): response is WithBody {
  return (
    typeof response === 'object' &&
    response !== null &&
    'body' in response &&
    typeof response.body === 'object' &&
    response.body !== null &&
    'once' in response.body
  );
}
