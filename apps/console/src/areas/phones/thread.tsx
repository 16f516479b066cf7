import { useMemo } from 'react';
import type { CallView } from '#shared/simulator/call-view.ts';
import type { PhoneView } from '#shared/simulator/phone-view.ts';
import type { Bubble } from '../../parts/phone/phone-preview.tsx';
import { Status } from '../../parts/status.tsx';
import { span } from '../../parts/time.ts';
import { Time } from '../../parts/time.tsx';
import { TonedText } from '../../parts/toned-text.tsx';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { carrierErrorWord } from '../../words/carrier-errors.ts';
import { deliveryStatus } from '../../words/messages.ts';
import { phoneTexts } from './texts.ts';

const ENDED = new Set<CallView['status']>(['completed', 'busy', 'failed', 'no-answer', 'canceled']);

/** Whether the phone has something to do with it still. */
export const isUnderWay = ({ status }: CallView): boolean => !ENDED.has(status);

interface Thread {
  bubbles: Bubble[];
  /** Our numbers that it was with. */
  ours: string[];
  /** The one of the newest message or call; null: there is none yet. */
  lastOurs: string | null;
}

const oursOf = ({ direction, from, to }: PhoneView | CallView): string =>
  direction === 'to_phone' ? from : to;

/** What the phone shows: texts, and calls that are over, oldest first. */
export function useThread(
  messages: readonly PhoneView[] | undefined,
  calls: readonly CallView[] | undefined,
): Thread {
  const say = useTexts(phoneTexts);
  const language = useLanguage();
  return useMemo(() => {
    const entries = [...(messages ?? []), ...(calls ?? []).filter((call) => !isUnderWay(call))].sort(
      (a, b) => (a.at < b.at ? -1 : 1),
    );
    const ours = [...new Set(entries.map(oursOf))];
    const withWhom = (entry: PhoneView | CallView): string | null => (ours.length > 1 ? oursOf(entry) : null);
    const words = (call: CallView): string =>
      call.heard
        .filter(({ kind }) => kind !== 'pause')
        .map(({ kind, text }) => (kind === 'play' ? say('recording', { address: text }) : text))
        .join(' ');
    return {
      ours,
      lastOurs: entries.length === 0 ? null : oursOf(entries[entries.length - 1] as PhoneView),
      bubbles: entries.map((entry): Bubble => {
        const from = entry.direction === 'to_phone' ? 'us' : 'them';
        if ('heard' in entry) {
          return {
            id: entry.id,
            from,
            body: words(entry) || say(entry.direction === 'to_phone' ? 'callToPhone' : 'callFromPhone'),
            note: <CallNote of={entry} with={withWhom(entry)} />,
          };
        }
        return {
          id: entry.id,
          from,
          body: entry.body,
          media: entry.mediaUrls,
          note: <MessageNote of={entry} with={withWhom(entry)} language={language} />,
        };
      }),
    };
  }, [messages, calls, say, language]);
}

/** Arrived, or taken by us: nothing needs saying. */
const USUAL = new Set(['delivered', 'received']);

function MessageNote({
  of: { at, errorCode, status },
  language,
  with: other,
}: {
  of: PhoneView;
  with: string | null;
  language: ReturnType<typeof useLanguage>;
}) {
  const error = errorCode === null ? null : carrierErrorWord('twilio', String(errorCode), language);
  return (
    <>
      <Time at={at} />
      {other !== null && ` · ${other}`}
      {!USUAL.has(status) && (
        <div>
          <Status words={deliveryStatus} of={status} plain />
          {error !== null && `: ${error.says}`}
        </div>
      )}
    </>
  );
}

function CallNote({ of: call, with: other }: { of: CallView; with: string | null }) {
  const say = useTexts(phoneTexts);
  const language = useLanguage();
  const keys = call.pressed.map(({ key }) => key).join(' ');
  return (
    <>
      <Time at={call.at} />
      {other !== null && ` · ${other}`}
      <div>
        {call.status === 'completed' ? (
          <TonedText tone="good">
            {say('callOver', { length: span(call.lengthMs ?? 0, language) })}
            {keys !== '' && ` · ${say('pressed', { keys })}`}
          </TonedText>
        ) : (
          <Status words={deliveryStatus} of={call.status} plain />
        )}
      </div>
    </>
  );
}
