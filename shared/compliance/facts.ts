import type { Instant } from './instant.ts';
import type { Whereabouts } from './location/locate.ts';

/** Somebody may not be contacted: about a topic, or (null) about anything. */
export interface Suppression {
  topic: string | null;
}

/** Consent that was given and is on record. */
export interface Grant {
  /** Null: everything of this sender. */
  topic: string | null;
  /** A signed agreement with the disclosures of 47 CFR 64.1200(f)(9) (PEWC); false: expressed in any other way (PEC). */
  written: boolean;
  /** Whether it names artificial or prerecorded voice. A synthetic voice is one (FCC 24-17). */
  artificialVoice: boolean;
  givenAt: Instant;
}

export interface Consent {
  /** Of the person towards this sender. A revocation that is pending counts as one. */
  status: 'opted_in' | 'pending_opt_out' | 'opted_out' | 'none';
  grants: readonly Grant[];
}

/** Whether a number is on the national do-not-call registry, by a copy of it of some day. */
export interface DoNotCallAnswer {
  listed: boolean;
  listDate: Instant;
}

/**
 * Answer of the Reassigned Numbers Database, asked with the date of consent. `yes`: permanently disconnected since;
 * `no_data`: the database does not know.
 */
export interface ReassignedAnswer {
  answer: 'yes' | 'no' | 'no_data';
  askedAt: Instant;
}

/**
 * What is known of a person at the moment of judging, read under the lock on their number. Null always means that it
 * could not be read or was never asked: what needs it then waits.
 */
export interface Facts extends Whereabouts {
  suppressions: readonly Suppression[] | null;
  consent: Consent | null;
  /** When they got marketing in the last 24 hours, SMS and voice alike, requests on their way included; in any order. */
  marketingTouches: readonly Instant[] | null;
  /** Messages of the touch's intent that went out, or are on their way, for the same cause. */
  sentForCause: number | null;
  /** Whether the carrier has confirmed this revocation already (Twilio's `OptOutType`). */
  carrierConfirmed: boolean;
  /**
   * Whether the person has changed their mind since the text that this answers: an opt-out that was lifted again needs
   * no confirmation, and who asked for help and then opted out gets no answer.
   */
  overtaken: boolean;
  doNotCall: DoNotCallAnswer | null;
  reassigned: ReassignedAnswer | null;
  /** Until when free text may go to them on WhatsApp, with the margin taken off (whatsapp-window.ts). Null: it is not known that it may. */
  windowClosesAt: Instant | null;
}
