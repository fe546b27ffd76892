/** Checks that are counted, and reported as they are made. */
export class Checks {
  passed = 0;
  failed = 0;

  /** Runs a check: it passes unless it throws. */
  async that(what: string, look: () => Promise<void> | void): Promise<void> {
    try {
      await look();
      this.passed += 1;
      say(`  ✓ ${what}`);
    } catch (error) {
      this.failed += 1;
      say(`  ✗ ${what}\n      ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** The call has to be refused because a permission is missing. */
  async refused(what: string, call: () => Promise<unknown>): Promise<void> {
    await this.that(what, async () => {
      try {
        await call();
      } catch (error) {
        if (error instanceof Error && /AccessDenied|not authorized/i.test(`${error.name} ${error.message}`))
          return;
        throw error;
      }
      throw new Error('it was allowed');
    });
  }
}

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function heading(text: string): void {
  say(`\n${text}`);
}
