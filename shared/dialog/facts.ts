import type { DialogCommand, InboundSms } from '#shared/contracts/dialog-commands.ts';
import type { DialogEventBatch } from '#shared/contracts/dialog-events.ts';
import type { Drill } from '#shared/contracts/drill.ts';
import type { PublishedContent } from '#shared/drills/drills.ts';
import { type CodeVerdict, type Programme, validateCode } from '#shared/drills/programme.ts';
import type { PhoneNumber } from '#shared/phone/phone-number.ts';
import type { SenderAddress } from '#shared/phone/sender-address.ts';

/** What the engine must know besides the state, read before a batch of commands is executed. */
export interface Facts {
  /** Content for a START_DRILL; null for every other command. A drill that does not exist starts nothing. */
  drill: Drill | null;
  /** The programme that owns the number that was texted or will send (see `numberOf`); null when none does. */
  programme: Programme | null;
  /** What the text of an INBOUND_SMS is worth as a registration code; null when nobody needs to know. */
  codeVerdict: CodeVerdict | null;
  /** Whether the number is on the suppression list. */
  suppressed: boolean;
  /** Of a text about consent: whether one that undoes it has been heard before (see `readOvertaken`). */
  overtaken: boolean;
  /** Of a START_DRILL of a campaign: whether that is active. True for every other command. */
  isCampaignActive: boolean;
  /** Of a person of whom nothing is known: two letters. */
  defaultLanguage: string;
  /** Of a text without a word: whether people have the conversation in their hands. Left out: they have not. */
  isInHands?: boolean;
}

/** What facts are taken from, read once for a batch of commands. */
export interface Known {
  drills: Pick<PublishedContent, 'programmeOwning'>;
  /** The number that sends where a command names none. */
  defaultSender: PhoneNumber;
  /** Of a person whom no programme says otherwise about: two letters. */
  defaultLanguage: string;
  /** Drills that the batch starts, by slug; null: there is none. */
  content: ReadonlyMap<string, Drill | null>;
  /** Of the batch's phone numbers, those on the suppression list. */
  suppressed: ReadonlySet<string>;
  /** Of the batch's commands, the texts about consent that are not to be followed. */
  overtaken: ReadonlySet<string>;
  /** Of the campaigns whose drills the batch starts, those that are active. */
  activeCampaigns: ReadonlySet<string>;
  /** Whether a text names a code that may not be used any more, once these batches have happened; left out: none does. */
  isUsedUp?(command: DialogCommand, soFar: readonly DialogEventBatch[]): boolean;
  /** Of the batch's phone numbers that sent no words, those whose conversation people have in their hands. */
  inHands?: ReadonlySet<string>;
  /** Business time. */
  now: Date;
}

/** The facts for one command, behind the batches that come of those before it. Pure. */
export function factsOf(
  command: DialogCommand,
  known: Known,
  soFar: readonly DialogEventBatch[] = [],
): Facts {
  const programme = known.drills.programmeOwning(numberOf(command, known.defaultSender));
  return {
    drill: command.type === 'START_DRILL' ? (known.content.get(command.payload.drillSlug) ?? null) : null,
    programme,
    codeVerdict:
      command.type === 'INBOUND_SMS' && programme !== null
        ? verdictOf(command, programme, known, soFar)
        : null,
    suppressed: known.suppressed.has(command.phoneNumber),
    overtaken: known.overtaken.has(command.commandId),
    isCampaignActive: isActive(command, known),
    defaultLanguage: programme?.defaultLanguage ?? known.defaultLanguage,
    isInHands: known.inHands?.has(command.phoneNumber) ?? false,
  };
}

function verdictOf(
  command: InboundSms,
  programme: Programme,
  known: Known,
  soFar: readonly DialogEventBatch[],
): CodeVerdict {
  const verdict = validateCode(command.payload.body, programme, known.now);
  return verdict.valid && known.isUsedUp?.(command, soFar) ? { valid: false } : verdict;
}

function isActive(command: DialogCommand, { activeCampaigns }: Known): boolean {
  const campaign = command.type === 'START_DRILL' ? command.payload.campaign : undefined;
  return campaign === undefined || activeCampaigns.has(campaign.campaignId);
}

/** The number of ours that a command is about: texted, sending, or the default where it names none. */
function numberOf({ type, payload }: DialogCommand, defaultSender: PhoneNumber): SenderAddress {
  if (type === 'INBOUND_SMS') return payload.to;
  return ('origin' in payload ? payload.origin.senderNumber : null) ?? defaultSender;
}
