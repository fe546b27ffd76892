/** What AWS does not find. */
import { AwsFailure } from '../errors/errors.ts';

export interface Absent {
  readonly kind: 'absent';
}

/** What AWS does not find is absent. */
export async function absentIfGone<Reading>(absent: Reading, read: () => Promise<Reading>): Promise<Reading> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'notFound') return absent;
    throw error;
  }
}
