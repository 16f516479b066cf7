import { Text } from '@mantine/core';
import {
  IconArrowForwardUp,
  IconCheck,
  IconClock,
  IconMoodCheck,
  IconNote,
  IconPhone,
  IconRobot,
  IconShieldX,
  IconUserCheck,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type {
  ConsentChange,
  ConversationDecision,
  SaidInConversation,
} from '#shared/api-client/api-types.ts';
import { Status } from '../../../parts/status.tsx';
import { exactly, span, zoneHere } from '../../../parts/time.ts';
import { Time } from '../../../parts/time.tsx';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { callOutcome } from '../../../words/calls.ts';
import { agentMode } from '../../../words/conversations.ts';
import { deliveryStatus, messageState } from '../../../words/messages.ts';
import { consentMethod, consentStatus, reversalReason } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import { inboxTexts } from '../texts.ts';
import { useWhy } from '../use-why.ts';
import classes from './thread.module.css';
import type { Line } from './timeline.ts';

/** Something between messages: what somebody decided, a change of consent, a note, a call, a session that began. */
export function Happened({ line }: { line: Exclude<Line, { kind: 'day' }> }) {
  const say = useTexts(inboxTexts);
  switch (line.kind) {
    case 'session':
      return (
        <Event at={line.at} icon={<IconClock size={14} aria-hidden />}>
          {say('sessionEnded')}
        </Event>
      );
    case 'consent':
      return <Consent change={line.change} />;
    case 'decision':
      return <Decision decision={line.decision} />;
    case 'said':
      return <Call said={line.said} />;
    case 'note':
      return (
        <div className={classes.internal}>
          <Text size="xs" component="div" className={classes.event}>
            <IconNote size={14} aria-hidden />
            <span>{say('noteBy', { who: line.note.writtenBy })}</span>
            <Time at={line.at} as="ago" />
          </Text>
          <Text size="sm" className={classes.words}>
            {line.note.body}
          </Text>
        </div>
      );
  }
}

const Event = ({ at, children, icon }: { at: string; children: ReactNode; icon: ReactNode }) => (
  <Text size="xs" component="div" className={classes.event}>
    {icon}
    <span>{children}</span>
    <Time at={at} as="ago" />
  </Text>
);

/** A change of consent in one sentence. */
export function useConsentSentence(): (change: ConsentChange) => string {
  const say = useTexts(inboxTexts);
  const status = useWord(consentStatus);
  const method = useWord(consentMethod);
  const reversal = useWord(reversalReason);
  return ({ actor, method: how, originalMessage, reversalReason: why, reverses, status: now }) => {
    if (reverses !== null) {
      return say('takenBack', { who: actor ?? say('somebody'), why: why === null ? '' : reversal(why).says });
    }
    const by = method(how).says;
    const did = say('consentBy', {
      did: status(now).says,
      how: `${by[0]?.toLocaleLowerCase() ?? ''}${by.slice(1)}`,
    });
    const recorded = actor === null ? did : say('recordedBy', { did, who: actor });
    return originalMessage === null ? recorded : say('inWords', { did: recorded, words: originalMessage });
  };
}

function Consent({ change }: { change: ConsentChange }) {
  const sentence = useConsentSentence();
  const isGood = change.status === 'opted_in';
  const Icon = isGood ? IconMoodCheck : IconShieldX;
  return (
    <div className={classes.consent} data-tone={isGood ? 'good' : 'bad'}>
      <Event at={change.requestedAt} icon={<Icon size={14} aria-hidden />}>
        {sentence(change)}
      </Event>
    </div>
  );
}

function Decision({
  decision: { agentMode: agent, assignee, at, by, state },
}: {
  decision: ConversationDecision;
}) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const now = useNow(false);
  const mode = useWord(agentMode);
  const who = by ?? say('somebody');
  return (
    <>
      {agent !== null && (
        <Event at={at} icon={<IconRobot size={14} aria-hidden />}>
          {say('didAgent', {
            who,
            mode: agent.after === null ? say('agentAsElsewhere') : mode(agent.after).says,
          })}
        </Event>
      )}
      {assignee !== null && (
        <Event at={at} icon={<IconUserCheck size={14} aria-hidden />}>
          {assignee.after === null
            ? say('didRelease', { who })
            : assignee.after === by
              ? say('didTake', { who })
              : say('didGive', { who, to: assignee.after })}
        </Event>
      )}
      {state !== null && (
        <Event
          at={at}
          icon={
            state.after === 'closed' ? (
              <IconCheck size={14} aria-hidden />
            ) : (
              <IconArrowForwardUp size={14} aria-hidden />
            )
          }
        >
          {state.after === 'snoozed' && state.snoozedUntil !== null
            ? say('didSnooze', {
                who,
                until: exactly(state.snoozedUntil, { language, now, zone: zoneHere() }),
              })
            : say(`did_${state.after}`, { who })}
        </Event>
      )}
    </>
  );
}

function Call({ said: { at, body, outbound } }: { said: SaidInConversation }) {
  const say = useTexts(inboxTexts);
  const language = useLanguage();
  const why = useWhy();
  if (outbound === null) return null;
  const { call, state, status } = outbound;
  return (
    <div className={classes.internal} data-call>
      <Text size="xs" component="div" className={classes.event}>
        <IconPhone size={14} aria-hidden />
        <span>{say('call')}</span>
        {call?.outcome ? (
          <Status words={callOutcome} of={call.outcome} plain />
        ) : state === 'held' ? (
          <span>{why.held(outbound)}</span>
        ) : state === 'blocked' ? (
          <span>{say('notSent', { why: why.lower(outbound) })}</span>
        ) : status !== null ? (
          <Status words={deliveryStatus} of={status} plain />
        ) : (
          <Status words={messageState} of={state} plain />
        )}
        {call !== null && call.seconds !== null && <span>{span(call.seconds * 1_000, language)}</span>}
        {call !== null && call.keys.length > 0 && <span>{say('keys', { keys: call.keys.join(', ') })}</span>}
        <Time at={at} as="ago" />
      </Text>
      <details>
        <summary>
          <Text span size="xs" c="dimmed">
            {say('whatItSaid')}
          </Text>
        </summary>
        <Text size="sm" className={classes.words}>
          {body}
        </Text>
      </details>
    </div>
  );
}
