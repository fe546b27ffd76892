/** Tells a person that a long step is under way: less often the longer it takes, because each message is a line in a log. */
const FIRST_MS = 5_000;
const LONGEST_MS = 30_000;

/** Runs `step`, writing a line to standard error when it starts, every five to thirty seconds while it runs, and at its
 *  end. */
export async function withProgress<T>(what: string, step: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const say = (text: string) => process.stderr.write(`${what}${text}\n`);
  const seconds = () => Math.round((performance.now() - start) / 1000);
  let timer: NodeJS.Timeout | undefined;
  const tellIn = (pauseMs: number) => {
    timer = setTimeout(() => {
      say(` … ${seconds()} s`);
      tellIn(Math.min(pauseMs * 2, LONGEST_MS));
    }, pauseMs);
  };
  say(' …');
  tellIn(FIRST_MS);
  try {
    const result = await step();
    say(`: done in ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
