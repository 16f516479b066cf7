import { Button, Code, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Campaign, CampaignContact, Message } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Bubbles } from '../../../parts/phone/phone-preview.tsx';
import { clockAt, placeOf } from '../../../parts/place.ts';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { SideDrawer } from '../../../parts/side-drawer.tsx';
import { Status } from '../../../parts/status.tsx';
import { zoneHere } from '../../../parts/time.ts';
import { Time } from '../../../parts/time.tsx';
import { useNow } from '../../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { contactState } from '../../../words/campaigns.ts';
import { verdict as verdictWords } from '../../../words/gate.ts';
import { deliveryStatus } from '../../../words/messages.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './detail.module.css';
import { detailTexts } from './texts.ts';
import { useWhyPending } from './throttle.tsx';

const route = getRouteApi('/campaigns/$id/contacts/$contactId');

/** Inside a sentence. */
const lower = (text: string): string => `${text[0]?.toLocaleLowerCase() ?? ''}${text.slice(1)}`;

/** What became of the campaign for one person: what was decided, when and why, and what carriers said. */
export function ContactDrawer() {
  const say = useTexts(detailTexts);
  const { contactId, id } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const rows = useQuery(one('/v1/campaigns/{id}/contacts', { path: { id }, query: { contactId } }));
  const campaign = useQuery(one('/v1/campaigns/{id}', { path: { id } }));
  const contact = useQuery({ ...one('/v1/contacts/{id}', { path: { id: contactId } }), retry: false });
  const row = rows.data?.items[0];
  const messageId = row?.messageId ?? null;
  const message = useQuery({
    ...one('/v1/messages/{id}', { path: { id: messageId ?? '' } }),
    enabled: messageId !== null,
  });
  const name = contact.data?.name ?? row?.phoneNumber ?? say('person');
  const hasCount = Object.keys(search).length > 0;
  return (
    <SideDrawer
      title={name}
      state={
        row && <Text size="sm">{[row.phoneNumber, contact.data?.timeZone].filter(Boolean).join(' · ')}</Text>
      }
      close={() =>
        void navigate(
          hasCount
            ? { to: '/campaigns/$id/contacts', params: { id }, search }
            : { to: '/campaigns/$id', params: { id } },
        )
      }
      actions={
        <Button
          variant="default"
          onClick={() => void navigate({ to: '/campaigns/$id/contacts', params: { id }, search })}
        >
          {say('backToThem')}
        </Button>
      }
    >
      {rows.error ? (
        <FaultBox error={rows.error} again={() => void rows.refetch()} />
      ) : rows.data === undefined ? (
        <Skeleton height={160} aria-busy />
      ) : row === undefined ? (
        <Text c="dimmed">{say('notInIt')}</Text>
      ) : (
        <Record
          row={row}
          campaign={campaign.data}
          message={message.data}
          zone={contact.data?.timeZone ?? null}
        />
      )}
    </SideDrawer>
  );
}

function Record({
  campaign,
  message,
  row,
  zone,
}: {
  row: CampaignContact;
  campaign: Campaign | undefined;
  message: Message | undefined;
  zone: string | null;
}) {
  const say = useTexts(detailTexts);
  const reason = useReason();
  const word = useWord(verdictWords);
  const state = useWord(contactState);
  const throttled = useWhyPending(campaign);
  const language = useLanguage();
  const now = useNow(false);
  const where = zone ?? zoneHere();
  const outgoing = message?.outgoing ?? null;
  return (
    <Stack gap="lg">
      <Stack gap={6} align="flex-start">
        <Status words={contactState} of={row.state} />
        <Text>
          {row.state === 'held' && row.dueAt !== null
            ? say('heldUntil', {
                time: clockAt(row.dueAt, { language, now, zone: where }),
                place: placeOf(where),
                why: lower(row.rule === null ? '' : reason(row.rule, row.says).says),
              })
            : row.rule === null
              ? ((row.state === 'pending' ? throttled : null) ??
                state(row.state).hint ??
                state(row.state).says)
              : reason(row.rule, row.says).says}
        </Text>
        {row.rule !== null && reason(row.rule, row.says).hint !== undefined && (
          <Text size="sm" c="dimmed">
            {reason(row.rule, row.says).hint}
          </Text>
        )}
        {row.attempts > 0 && (
          <Text size="sm" c="dimmed">
            {say('attempts', { count: row.attempts })}
          </Text>
        )}
        {row.repliedAt !== null && (
          <Text size="sm" c="dimmed">
            {say('answered')} <Time at={row.repliedAt} zone={zone ?? undefined} />
          </Text>
        )}
      </Stack>
      {outgoing !== null && (
        <Stack gap={4} component="section">
          <Title order={3}>{say('theMessage')}</Title>
          <Bubbles
            bubbles={[{ id: outgoing.id, from: 'us', body: outgoing.body, media: outgoing.mediaUrls }]}
          />
        </Stack>
      )}
      {message !== undefined && message.decisions.length > 0 && (
        <Stack gap="xs" component="section">
          <Title order={3}>{say('decisions')}</Title>
          {message.decisions.map((each) => (
            <div key={each.id} className={classes.decision} data-tone={word(each.verdict).tone}>
              <Text size="sm">
                {each.verdict === 'hold' && each.until !== null
                  ? say('heldUntil', {
                      time: clockAt(each.until, { language, now, zone: where }),
                      place: placeOf(where),
                      why: lower(reason(each.rule, each.says).says),
                    })
                  : [
                      word(each.verdict).says,
                      ...(each.verdict === 'send' ? [] : [reason(each.rule, each.says).says]),
                    ].join(': ')}
              </Text>
              <Text size="xs" c="dimmed">
                <Time at={each.decidedAt} zone={zone ?? undefined} />{' '}
                {say('byRules', { version: each.rulesVersion })}
              </Text>
              <details>
                <summary>
                  <Text span size="xs" c="dimmed">
                    {say('madeFrom')}
                  </Text>
                </summary>
                <Code block>{JSON.stringify(each.inputs, null, 2)}</Code>
              </details>
            </div>
          ))}
        </Stack>
      )}
      {message !== undefined && message.log.length > 0 && (
        <Stack gap="xs" component="section">
          <Title order={3}>{say('carriers')}</Title>
          {message.log.map((each) => (
            <div key={each.logId} className={classes.decision}>
              <Status words={deliveryStatus} of={each.status} />{' '}
              <Text span size="xs" c="dimmed">
                <Time at={each.statusAt} zone={zone ?? undefined} />
                {each.errorCode !== null && ` · ${reason(each.errorCode, null).says}`}
              </Text>
            </div>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
