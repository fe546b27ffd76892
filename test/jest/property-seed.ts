/** Loaded before each test file: properties try the same examples in every run, so that a commit that passed passes again.
 *  `PROPERTY_SEED=random` (or a number) tries others: what it finds should become a test of its own. */
import { configureGlobal } from 'fast-check';

const chosen = process.env['PROPERTY_SEED'] ?? '20260101';
if (chosen !== 'random') configureGlobal({ seed: Number(chosen) });
