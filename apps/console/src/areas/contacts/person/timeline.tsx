import { Button, Skeleton, Text } from '@mantine/core';
import {
  IconBook,
  IconCircleCheck,
  IconMessage,
  IconMessageOff,
  IconMessageReply,
  IconNote,
  IconPhone,
  IconSpeakerphone,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TimelineEntry } from '#shared/api-client/api-types.ts';
import { many } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { Status } from '../../../parts/status.tsx';
import { useRows } from '../../../parts/table/use-rows.ts';
import { partTexts } from '../../../parts/texts.ts';
import { zoneHere } from '../../../parts/time.ts';
import { Time } from '../../../parts/time.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import type { Tone } from '../../../theme/tokens.ts';
import { callOutcome } from '../../../words/calls.ts';
import { contactState } from '../../../words/campaigns.ts';
import { deliveryStatus, messageState } from '../../../words/messages.ts';
import { consentMethod, consentStatus, lessonEvent, timelineKind } from '../../../words/people.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './person.module.css';
import { personTexts } from './texts.ts';

/** Entries of a page: what is seen at once, and a little more. */
const PAGE_ENTRIES = 50;

const kindsOf = {
  said: 'text,message',
  campaigns: 'campaign',
  consent: 'consent',
  lessons: 'drill',
  notes: 'note',
} as const;

/** Everything that happened between us and a person, newest first, day by day where they are. */
export function Timeline({
  phone,
  show,
  zone,
}: {
  phone: string;
  show?: keyof typeof kindsOf | undefined;
  /** Where they are; null: the days are the reader's. */
  zone: string | null;
}) {
  const say = useTexts(personTexts);
  const parts = useTexts(partTexts);
  const language = useLanguage();
  const rows = useRows(
    many(
      '/v1/people/{phone}/timeline',
      { path: { phone }, query: show === undefined ? {} : { kinds: kindsOf[show] } },
      PAGE_ENTRIES,
    ),
  );
  const where = zone ?? zoneHere();
  if (rows.error && rows.rows.length === 0) return <FaultBox error={rows.error} again={rows.readAgain} />;
  if (rows.isPending) return <Skeleton height={240} aria-busy />;
  if (rows.rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {say(show === undefined ? 'nothingHappened' : 'nothingOfThat')}
      </Text>
    );
  }
  const dayOf = (at: string): string =>
    new Intl.DateTimeFormat(language, {
      timeZone: where,
      weekday: 'long',
      year: 'numeric',
      month: 'long',
      day: 'numeric',
    }).format(new Date(at));
  const days: { day: string; entries: TimelineEntry[] }[] = [];
  for (const entry of rows.rows) {
    const day = dayOf(entry.at);
    if (days.at(-1)?.day === day) days.at(-1)?.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  const names = new Map(
    rows.rows.flatMap(({ campaign }) => (campaign === null ? [] : [[campaign.id, campaign.name]])),
  );
  return (
    <div className={classes.days}>
      {rows.hasChanged && (
        <Button variant="default" w="fit-content" onClick={rows.readAgain}>
          {parts('showNow')}
        </Button>
      )}
      {days.map(({ day, entries }, place) => (
        // The same day comes again where clocks differ.
        <section key={`${day} ${entries[0]?.id ?? place}`} aria-label={day}>
          <h3 className={classes.day}>{day}</h3>
          <ol className={classes.entries}>
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} where={where} campaigns={names} />
            ))}
          </ol>
        </section>
      ))}
      {rows.hasMore && (
        <Button variant="default" w="fit-content" loading={rows.isReadingMore} onClick={rows.readMore}>
          {say('earlier')}
        </Button>
      )}
    </div>
  );
}

interface Shown {
  icon: ReactNode;
  tone?: Tone | undefined;
  what: ReactNode;
}

function Entry({
  campaigns,
  entry,
  where,
}: {
  entry: TimelineEntry;
  where: string;
  campaigns: ReadonlyMap<string, string>;
}) {
  const word = useWord(timelineKind);
  const language = useLanguage();
  const { icon, tone, what } = useShown(entry, campaigns);
  const time = new Intl.DateTimeFormat(language, {
    timeZone: where,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(entry.at));
  return (
    <li className={classes.entry}>
      <time className={classes.time} dateTime={entry.at}>
        {time}
      </time>
      <span className={classes.sign} data-tone={tone} role="img" aria-label={word(entry.kind).says}>
        {icon}
      </span>
      <div>{what}</div>
    </li>
  );
}

const SIZE = 17;

function useShown(entry: TimelineEntry, campaigns: ReadonlyMap<string, string>): Shown {
  const consent = useWord(consentStatus);
  const { said } = entry;
  if (said !== null) {
    const isCall = said.outbound?.channel === 'voice';
    const icon =
      said.inbound !== null ? (
        <IconMessageReply size={SIZE} aria-hidden />
      ) : isCall ? (
        <IconPhone size={SIZE} aria-hidden />
      ) : (
        <IconMessage size={SIZE} aria-hidden />
      );
    return {
      icon,
      tone: said.inbound === null ? undefined : 'info',
      what: <Said said={said} campaigns={campaigns} />,
    };
  }
  if (entry.consent !== null) {
    const { tone } = consent(entry.consent.status);
    return {
      icon:
        tone === 'bad' ? (
          <IconMessageOff size={SIZE} aria-hidden />
        ) : (
          <IconCircleCheck size={SIZE} aria-hidden />
        ),
      tone,
      what: <Consent change={entry.consent} />,
    };
  }
  if (entry.campaign !== null) {
    return {
      icon: <IconSpeakerphone size={SIZE} aria-hidden />,
      what: <Campaign campaign={entry.campaign} />,
    };
  }
  if (entry.note !== null) {
    return { icon: <IconNote size={SIZE} aria-hidden />, what: <Note {...entry.note} /> };
  }
  return { icon: <IconBook size={SIZE} aria-hidden />, what: <Lesson entry={entry} /> };
}

const UNSENT = new Set(['queued', 'held', 'blocked', 'cancelled', 'failed']);

function Said({
  campaigns,
  said,
}: {
  said: NonNullable<TimelineEntry['said']>;
  campaigns: ReadonlyMap<string, string>;
}) {
  const say = useTexts(personTexts);
  const reason = useReason();
  const { body, inbound, mediaUrls, outbound } = said;
  const campaignId = outbound?.campaignId ?? null;
  return (
    <>
      <div
        className={classes.said}
        data-from={inbound === null ? 'us' : 'them'}
        data-unsent={(outbound !== null && UNSENT.has(outbound.state)) || undefined}
      >
        {mediaUrls.map((address) => (
          <img key={address} src={address} alt={say('picture')} className={classes.picture} loading="lazy" />
        ))}
        {body === '' && mediaUrls.length === 0 ? (
          <Text span c="dimmed">
            {say('noWords')}
          </Text>
        ) : (
          body
        )}
      </div>
      {outbound !== null && (
        <div className={classes.under}>
          {outbound.call?.outcome ? (
            <Status words={callOutcome} of={outbound.call.outcome} plain />
          ) : outbound.state === 'sent' && outbound.status !== null ? (
            <Status words={deliveryStatus} of={outbound.status} plain />
          ) : (
            <Status words={messageState} of={outbound.state} plain />
          )}
          {outbound.rule !== null && outbound.state !== 'sent' && (
            <span>{reason(outbound.rule, outbound.says).says}</span>
          )}
          {outbound.state === 'held' && outbound.heldUntil !== null && <Time at={outbound.heldUntil} />}
          {campaignId !== null && (
            <Link to="/campaigns/$id" params={{ id: campaignId }} className={classes.link}>
              {campaigns.get(campaignId) ?? say('aCampaign')}
            </Link>
          )}
          {outbound.answeredBy !== null && <span>{say('by', { name: outbound.answeredBy })}</span>}
        </div>
      )}
    </>
  );
}

function Consent({ change }: { change: NonNullable<TimelineEntry['consent']> }) {
  const say = useTexts(personTexts);
  const method = useWord(consentMethod);
  const { actor, originalMessage, reversedBy, reverses, scope, status, wording } = change;
  return (
    <>
      <Text size="sm" component="div">
        <Status words={consentStatus} of={status} />{' '}
        {[
          method(change.method).says,
          ...(scope === 'sender' ? [] : [say('about_topic', { topic: scope })]),
          ...(actor === null ? [] : [say('by', { name: actor })]),
        ].join(' · ')}
      </Text>
      {reverses !== null && (
        <Text size="sm" c="dimmed">
          {say('tookBack')}
        </Text>
      )}
      {reversedBy !== null && (
        <Text size="sm" c="dimmed">
          {say('takenBack')}
        </Text>
      )}
      {(originalMessage ?? wording) !== null && (
        <Text size="sm" component="blockquote" className={classes.quote}>
          {originalMessage ?? wording}
        </Text>
      )}
    </>
  );
}

function Campaign({ campaign }: { campaign: NonNullable<TimelineEntry['campaign']> }) {
  const say = useTexts(personTexts);
  const reason = useReason();
  const { contactId, dueAt, id, name, repliedAt, rule, says, state } = campaign;
  return (
    <>
      <Text size="sm" component="div">
        {say('campaignBegan')}{' '}
        <Link to="/campaigns/$id" params={{ id }} className={classes.link}>
          {name}
        </Link>
      </Text>
      <div className={classes.under}>
        <Status words={contactState} of={state} plain />
        {rule !== null && <span>{reason(rule, says).says}</span>}
        {dueAt !== null && <Time at={dueAt} />}
        {repliedAt !== null && <span>{say('answered')}</span>}
        <Link to="/campaigns/$id/contacts/$contactId" params={{ id, contactId }} className={classes.link}>
          {say('decision')}
        </Link>
      </div>
    </>
  );
}

function Lesson({ entry: { events, programme } }: { entry: TimelineEntry }) {
  const say = useTexts(personTexts);
  const word = useWord(lessonEvent);
  return (
    <>
      {(events ?? []).map((event) => (
        <Text size="sm" component="div" key={event.id}>
          {word(event.type).says}
          {event.drill !== null && `: ${event.drill}`}
          {event.text !== null && (
            <Text size="sm" component="blockquote" className={classes.quote}>
              {event.text}
            </Text>
          )}
        </Text>
      ))}
      {programme !== null && (
        <div className={classes.under}>
          <span>{say('ofProgramme', { programme })}</span>
        </div>
      )}
    </>
  );
}

function Note({ body, writtenBy }: { body: string; writtenBy: string }) {
  const say = useTexts(personTexts);
  return (
    <>
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        {body}
      </Text>
      <div className={classes.under}>
        <span>{say('by', { name: writtenBy })}</span>
      </div>
    </>
  );
}
