import type {
  DialogCommand,
  StartDrill,
  TriggerReminder,
  UpdateUser,
} from '#shared/contracts/dialog-commands.ts';
import type { DialogState } from '#shared/contracts/dialog-state.ts';
import type { Facts } from './facts.ts';

/**
 * Why a command comes to nothing; `unknown_drill` and `other_programme` are faults of content
 * or caller.
 */
export type Refusal =
  | 'campaign_not_active'
  | 'opted_out'
  | 'not_validated'
  | 'other_programme'
  | 'stale'
  | 'unknown_drill';

/**
 * Whether a command may have its way, and why not: null for one that may. Pure.
 */
export function refusalOf(command: DialogCommand, state: DialogState, facts: Facts): Refusal | null {
  switch (command.type) {
    case 'START_DRILL':
      return (
        // First: it may be asked for again, so that nothing else is said of it yet.
        (facts.isCampaignActive ? null : 'campaign_not_active') ??
        unwilling(state, facts) ??
        outdated(command, state) ??
        answered(command, state) ??
        elsewhere(command, facts) ??
        unregistered(state, facts) ??
        (facts.drill ? null : 'unknown_drill')
      );
    case 'TRIGGER_REMINDER':
      return (
        unwilling(state, facts) ??
        outdated(command, state) ??
        elsewhere(command, facts) ??
        unregistered(state, facts)
      );
    case 'SEND_AD_HOC_MESSAGE':
      return unwilling(state, facts);
    case 'UPDATE_USER':
      return outdated(command, state);
    case 'INBOUND_SMS':
    case 'CONSENT_CHANGED':
      return null;
  }
}

/** Doubt means no: the state may lag behind the suppression list. */
const unwilling = ({ profile }: DialogState, { suppressed }: Facts): Refusal | null =>
  profile.optedOut || suppressed ? 'opted_out' : null;

/** What was decided goes by what was known then: the person, or something else, has gone on since. */
const outdated = (
  { payload }: StartDrill | TriggerReminder | UpdateUser,
  { version }: DialogState,
): Refusal | null =>
  payload.dialogVersion === undefined || payload.dialogVersion === version ? null : 'stale';

/**
 * Who asks for the next drill twice while nobody follows what they ask is given one for each: the second would begin anew the
 * drill that the first began after both were asked for. Both instants are those of tasks of the dialog. Where the clock of one is
 * ahead, whoever asks anew sooner after the drill began than clocks are apart has that drill and gets no other: seconds at worst
 * where clocks are kept, and never more than asking once more.
 */
const answered = (
  { occurredAt, payload: { drillSlug, origin } }: StartDrill,
  { currentDrill, currentPrompt }: DialogState,
): Refusal | null =>
  origin.kind === 'reply' &&
  currentDrill?.slug === drillSlug &&
  currentPrompt !== null &&
  Date.parse(currentPrompt.startedAt) > Date.parse(occurredAt)
    ? 'stale'
    : null;

/** Registration counts where the programme asks for a code; a list or an open programme needs none. */
const unregistered = ({ profile }: DialogState, { programme }: Facts): Refusal | null =>
  programme?.registration === 'code' && !profile.validated ? 'not_validated' : null;

/** What is answered goes to the programme that owns the number. */
function elsewhere({ payload }: StartDrill | TriggerReminder, { programme }: Facts): Refusal | null {
  const named =
    ('campaign' in payload ? payload.campaign?.programmeSlug : undefined) ?? payload.programmeSlug;
  return named === undefined || named === programme?.slug ? null : 'other_programme';
}
