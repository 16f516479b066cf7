import type { RejectedRow } from '#shared/csv/rows.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';

/**
 * The port behind which look-ups of numbers lie. An adapter brings answers ahead of time, as many as there are, and a
 * loader writes them into tables that the gate reads in the claim; nothing is ever asked while a claim is open
 * (docs/decisions/0015-looked-up-ahead.md). The adapters here read files (`do-not-call-file.ts`, `reassigned-file.ts`);
 * one for a live service asks in batches, and yields what it was told.
 *
 * Every adapter
 * - yields some at a time, in constant memory and in any order; a number may come twice;
 * - throws when it cannot bring everything: half a list must not pass for a whole one;
 * - gives to `reject` what it could not read, and goes on.
 */
export interface DoNotCallSource {
  /** The day of the registry's data, as 2026-11-26: not of its download, and not of today. */
  listDate: string;
  numbers(reject: Reject): AsyncIterable<readonly PhoneNumber[]>;
  /** What the numbers were read from. Complete once they were read to their end. */
  provenance(): readonly Provenance[];
}

export interface ReassignedSource {
  /** The day on which the database was asked. */
  askedOn: string;
  answers(reject: Reject): AsyncIterable<readonly ReassignedRow[]>;
  provenance(): readonly Provenance[];
}

/** What the Reassigned Numbers Database said of a number: whether it was permanently disconnected since a day. */
export interface ReassignedRow {
  phoneNumber: PhoneNumber;
  /** The day that was asked with: of consent, or of the last certain contact. */
  askedAbout: string;
  answer: 'yes' | 'no' | 'no_data';
}

export type Reject = (row: RejectedRow) => void;

export interface Provenance {
  name: string;
  sha256: string;
}
