/** Tells a person that a long step is under way. */
const EVERY_MS = 5_000;

/** Runs `step`, writing a line to standard error when it starts, every five seconds while it runs, and at its end. */
export async function withProgress<T>(what: string, step: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const say = (text: string) => process.stderr.write(`${what}${text}\n`);
  const seconds = () => Math.round((performance.now() - start) / 1000);
  say(' …');
  const ticker = setInterval(() => say(` … ${seconds()} s`), EVERY_MS);
  try {
    const result = await step();
    say(`: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}
