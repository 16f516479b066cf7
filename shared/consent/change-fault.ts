import type { ConsentChange, ConsentGrant } from './change.ts';

/** Needs a signed writing, so the wording that was shown and what the person did (47 CFR 64.1200(f)(9)). */
const NEEDS_PROOF: readonly ConsentGrant[] = ['marketing_in_writing', 'artificial_voice'];
/** A topic's name: what stands in addresses, files and lists. */
const SCOPE = /^[a-z0-9][a-z0-9:+_.-]{0,79}$/;

export const isScope = (text: string): boolean => SCOPE.test(text);

/**
 * Why a change cannot be recorded as it is; null when it can. Pure. Whoever records on behalf of a person has to show
 * new consent; a word of the person's own (START) needs to show nothing, because it grants nothing.
 */
export function faultOf(change: ConsentChange): string | null {
  const { status, method, granted, evidence } = change;
  if (!isScope(change.scope)) return `the scope must match ${SCOPE.source}`;
  if (change.channels.length === 0) return 'a change is about at least one channel';
  if (Number.isNaN(change.requestedAt.getTime())) return 'requestedAt is no date';
  if ((status === 'pending_opt_out') !== (change.deadline !== null)) {
    return 'a pending request has a deadline, and nothing else has one';
  }
  if (change.reverses !== null) {
    return status === 'opted_in' && method === 'manual' && granted.length === 0 && change.actor !== null
      ? null
      : 'a reversal is a manual opt-in by somebody with a name, and grants nothing';
  }
  if (status !== 'opted_in') return granted.length === 0 ? null : 'only an opt-in grants something';
  const proven = Boolean(evidence?.wording) && Boolean(evidence?.affirmativeAction);
  if (granted.some((grant) => NEEDS_PROOF.includes(grant)) && !proven) {
    return `consent to ${NEEDS_PROOF.join(' or ')} needs the wording shown and what the person did`;
  }
  const byThemselves = method === 'sms' || method === 'carrier' || method === 'import';
  if (!byThemselves && (granted.length === 0 || !proven)) {
    return 'consent that is recorded for a person says what it grants, the wording shown and what the person did';
  }
  return null;
}
