/** Tells people how far long work has come. */
const EVERY_MS = 15_000;

/** To be called any number of times: it only prints now and then.
 *  @param say takes a line, such as `12000 of 50000 links are written, after 31 s` */
export function progressOf(say: (line: string) => void, what: string): (done: number, of: number) => void {
  const began = Date.now();
  let saidAt = began;
  return (done, of) => {
    const now = Date.now();
    if (now - saidAt < EVERY_MS) return;
    saidAt = now;
    say(`${done} of ${of} ${what}, after ${Math.round((now - began) / 1000)} s`);
  };
}
