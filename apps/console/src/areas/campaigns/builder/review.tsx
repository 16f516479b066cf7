import { Button, Group, List, Radio, Skeleton, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { IconRocket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { CampaignEstimate } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Count } from '../../../parts/number.tsx';
import { useReason } from '../../../parts/reason/use-reason.ts';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { Status } from '../../../parts/status.tsx';
import { TableBox } from '../../../parts/table-box.tsx';
import { tellDone } from '../../../parts/tell.ts';
import { Time } from '../../../parts/time.tsx';
import { useTypedCount } from '../../../parts/typed-count.tsx';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import { priceBasis } from '../../../words/calls.ts';
import { verdict } from '../../../words/gate.ts';
import { useWord } from '../../../words/use-word.ts';
import classes from './builder.module.css';
import { costRange } from './cost-range.ts';
import { LadderCosts } from './ladder-costs.tsx';
import { sectionOf } from './sections.ts';
import { builderTexts, ladderTexts } from './texts.ts';
import { ThrottleShares } from './throttle-shares.tsx';
import { useDraft, useUnsaved } from './use-draft.ts';
import { instantOf } from './wall-time.ts';

const ForecastChart = lazy(async () => ({ default: (await import('./forecast-chart.tsx')).ForecastChart }));

/** What it would do, what keeps it from it, and the start. */
export function Review() {
  const say = useTexts(builderTexts);
  const { campaign, check } = useDraft();
  const { timeZone } = campaign.definition;
  const [start, setStart] = useState({ when: 'now', wall: '' });
  const startAt = start.when === 'at' ? instantOf(start.wall, timeZone) : null;
  const namesNobody =
    check?.faults.some(({ pointer }) => sectionOf(pointer, campaign.type) === 'audience') ?? false;
  const estimate = useQuery({
    ...one('/v1/campaigns/{id}/estimate', {
      path: { id: campaign.id },
      query: startAt === null ? {} : { startAt },
    }),
    // An audience that names nobody would be looked at as everybody.
    enabled: check !== undefined && !namesNobody,
    retry: false,
  });
  return (
    <Stack gap="lg">
      <Blockers />
      {estimate.error ? (
        <FaultBox error={estimate.error} again={() => void estimate.refetch()} />
      ) : namesNobody ? null : estimate.data === undefined ? (
        <Skeleton height={320} aria-busy />
      ) : (
        <Outlook estimate={estimate.data} />
      )}
      {campaign.type !== 'drill' && check !== undefined && campaign.definition.variants.length > 0 && (
        <TestSend />
      )}
      <Stack gap="sm" component="section">
        <Title order={2}>{say('startTitle')}</Title>
        <Radio.Group label={say('when')} value={start.when} onChange={(when) => setStart({ ...start, when })}>
          <Group gap="md" mt={6} align="center">
            <Radio value="now" label={say('whenNow')} />
            <Radio value="at" label={say('whenAt', { zone: timeZone })} />
            {start.when === 'at' && (
              <TextInput
                aria-label={say('startTime')}
                type="datetime-local"
                value={start.wall}
                onChange={(event) => setStart({ ...start, wall: event.currentTarget.value })}
              />
            )}
          </Group>
        </Radio.Group>
        <Start
          isLater={start.when === 'at'}
          startAt={startAt}
          recipients={estimate.data?.recipients ?? null}
        />
      </Stack>
    </Stack>
  );
}

function Blockers() {
  const say = useTexts(builderTexts);
  const { campaign, check } = useDraft();
  if (check === undefined) return <Skeleton height={60} />;
  if (check.mayStart && check.warnings.length === 0) {
    return <Notice tone="good" title={say('allComplete')} />;
  }
  const rows = (found: typeof check.faults) => (
    <List size="sm">
      {found.map(({ detail, pointer }) => {
        const section = sectionOf(pointer, campaign.type);
        return (
          <List.Item key={`${pointer} ${detail}`}>
            <Link
              to="/campaigns/$id/edit"
              params={{ id: campaign.id }}
              search={{ section }}
              className={classes.link}
            >
              {say(section)}
            </Link>
            {': '}
            {detail}
          </List.Item>
        );
      })}
    </List>
  );
  return (
    <Stack gap="xs">
      {check.faults.length > 0 && (
        <Notice tone="bad" title={say('blockers', { count: check.faults.length })}>
          {rows(check.faults)}
        </Notice>
      )}
      {check.warnings.length > 0 && (
        <Notice tone="held" title={say('warnings', { count: check.warnings.length })}>
          {rows(check.warnings)}
        </Notice>
      )}
    </Stack>
  );
}

function Outlook({ estimate }: { estimate: CampaignEstimate }) {
  const say = useTexts(builderTexts);
  const language = useLanguage();
  const reason = useReason();
  const basisWord = useWord(priceBasis);
  const ladderSay = useTexts(ladderTexts);
  const { campaign } = useDraft();
  const { blocked, cost, pace, recipients, segments, skipped, unreached, zones } = estimate;
  const out = [...blocked, ...skipped];
  const left = out.reduce((sum, { contacts }) => sum + contacts, 0);
  const money = (amount: number): string =>
    amount.toLocaleString(language, { style: 'currency', currency: cost.currency });
  const range = costRange(estimate, campaign.definition.maxAttempts);
  const isCalls =
    campaign.type === 'voice' ||
    (campaign.type === 'hybrid' && estimate.ladder?.steps[0]?.channel === 'voice');
  return (
    <Stack gap="md">
      <Stats>
        <Stat
          label={say('recipients')}
          value={<Count of={recipients} />}
          note={say('ofChosen', { count: estimate.basis.contacts })}
        />
        <Stat
          label={say('leftOut')}
          value={<Count of={left} />}
          tone={left > 0 ? 'held' : undefined}
          note={out[0] === undefined ? say('nobodyLeftOut') : reason(out[0].rule, out[0].says).says}
        />
        <Stat
          label={say('doneBy')}
          value={estimate.finishesAt === null ? say('never') : <Time at={estimate.finishesAt} as="ago" />}
          note={
            estimate.finishesAt === null ? undefined : (
              <Time at={estimate.finishesAt} zone={campaign.definition.timeZone} />
            )
          }
        />
        <Stat
          label={estimate.ladder === null ? say('cost') : ladderSay('costOf')}
          value={
            range.low === range.high
              ? money(range.low)
              : say('range', { low: money(range.low), high: money(range.high) })
          }
          note={say('costNote', {
            basis: [
              ...new Set(
                pricesOf(cost.prices, isCalls).map(({ basis }) => basisWord(basis).says.toLocaleLowerCase()),
              ),
            ].join(', '),
          })}
        />
        {!isCalls && (
          <Stat
            label={say('segments')}
            value={<Count of={segments.total} />}
            note={segments.ucs2Messages > 0 ? say('ucs2', { count: segments.ucs2Messages }) : say('allPlain')}
          />
        )}
      </Stats>
      {pace.waits !== null && <Text c="var(--c-held-text)">{pace.waits}</Text>}
      <ThrottleShares of={pace.throttleGroups} />
      {unreached > 0 && <Text c="var(--c-held-text)">{say('unreached', { count: unreached })}</Text>}
      {out.length > 0 && (
        <Stack gap={4}>
          <Title order={2}>{say('whoNot')}</Title>
          <List size="sm">
            {out.map(({ contacts, rule, says }) => (
              <List.Item key={rule}>
                {say('others', { count: contacts, why: reason(rule, says).says })}
              </List.Item>
            ))}
          </List>
        </Stack>
      )}
      {estimate.ladder !== null && <LadderCosts ladder={estimate.ladder} cost={cost} />}
      {zones.some(({ curve }) => curve.length > 1) && (
        <Stack gap={4}>
          <Title order={2}>{say('forecast')}</Title>
          <Text size="xs" c="dimmed">
            {say('forecastHint', { zone: campaign.definition.timeZone })}
          </Text>
          <div className={classes.box}>
            <Suspense fallback={<Skeleton height={240} />}>
              <ForecastChart zones={zones} timeZone={campaign.definition.timeZone} />
            </Suspense>
          </div>
        </Stack>
      )}
      {zones.length > 0 && (
        <TableBox label={say('zones')}>
          <Table horizontalSpacing="sm" verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{say('zone')}</Table.Th>
                <Table.Th ta="right">{say('people')}</Table.Th>
                <Table.Th>{say('begins')}</Table.Th>
                <Table.Th>{say('finishes')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {zones.map((each) => (
                <Table.Tr key={each.zone}>
                  <Table.Td>{each.zone === 'unknown' ? say('unknownZone') : each.zone}</Table.Td>
                  <Table.Td ta="right">
                    <Count of={each.contacts} />
                  </Table.Td>
                  <Table.Td>{each.startsAt && <Time at={each.startsAt} zone={zoneOf(each.zone)} />}</Table.Td>
                  <Table.Td>
                    {each.finishesAt && <Time at={each.finishesAt} zone={zoneOf(each.zone)} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </TableBox>
      )}
    </Stack>
  );
}

/** Prices that a cost is made of: of calls besides each minute also the listening for a machine. */
const pricesOf = (prices: CampaignEstimate['cost']['prices'], areCalls: boolean) =>
  prices.flatMap(({ detection, minute, segment }) => (areCalls ? [minute, detection] : [segment]));

/** Several zones, or none, are told in the reader's own. */
const zoneOf = (zone: string): string | undefined =>
  zone === 'unknown' || zone.includes(',') ? undefined : zone;

function TestSend() {
  const say = useTexts(builderTexts);
  const reason = useReason();
  const { campaign } = useDraft();
  const [to, setTo] = useState('');
  const test = useChange('post', '/v1/campaigns/{id}/test');
  const send = (): void =>
    test.mutate({ path: { id: campaign.id }, body: { to: [to.trim()], variant: 0, values: {} } });
  return (
    <Stack gap="xs" component="section">
      <Title order={2}>{say('testTitle')}</Title>
      <Text size="sm" c="dimmed">
        {say('testHint')}
      </Text>
      <Group gap="xs" align="flex-end">
        <TextInput
          label={say('testTo')}
          type="tel"
          placeholder="+1"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Action
          needs="operator"
          variant="default"
          loading={test.isPending}
          whyNot={to.trim() === '' ? say('testNumber') : undefined}
          does={send}
        >
          {say('testSend')}
        </Action>
      </Group>
      {test.error && <FaultBox error={test.error} />}
      {test.data?.messages.map((each) => (
        <Group key={each.id} gap="xs" role="status">
          <Status words={verdict} of={each.verdict} />
          <Text size="sm">
            {each.phoneNumber}
            {each.verdict !== 'queued' && `: ${reason(each.rule, each.says).says}`}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

/** The typed count, and the start: whoever reaches people has read how many. */
function Start({
  isLater,
  recipients,
  startAt,
}: {
  isLater: boolean;
  startAt: string | null;
  recipients: number | null;
}) {
  const say = useTexts(builderTexts);
  const navigate = useNavigate();
  const { campaign, check } = useDraft();
  const { id, name } = campaign;
  const typed = useTypedCount(recipients);
  const unsaved = useUnsaved(id);
  // Not where it is told to start: once it is read again it is no draft, this form is gone, and what it waited for with it.
  const then = (key: 'started' | 'scheduled') => ({
    touches: ['/v1/campaigns'],
    onDone: () => {
      void tellDone(say(key, { name }));
      void navigate({ to: '/campaigns/$id', params: { id } });
    },
  });
  const start = useChange('post', '/v1/campaigns/{id}/start', then('started'));
  const schedule = useChange('post', '/v1/campaigns/{id}/schedule', then('scheduled'));
  const whyNot = (() => {
    if (unsaved.size > 0) return say('unsavedFirst');
    if (check?.mayStart !== true) return say('blockersFirst');
    if (recipients === 0) return say('nobodyGets');
    if (isLater && startAt === null) return say('timeFirst');
    return typed.whyNot;
  })();
  const error = start.error ?? schedule.error;
  return (
    <Stack gap="xs" align="flex-start">
      {typed.field}
      {error && <FaultBox error={error} />}
      <Group gap="xs">
        <Action
          needs="operator"
          leftSection={<IconRocket size={16} aria-hidden />}
          loading={start.isPending || schedule.isPending}
          whyNot={whyNot}
          does={() => {
            if (isLater && startAt !== null) {
              schedule.mutate({ path: { id }, body: { startAt }, seen: campaign });
            } else start.mutate({ path: { id }, seen: campaign });
          }}
        >
          {say(isLater ? 'scheduleIt' : 'startIt')}
        </Action>
        <Button component={Link} to="/campaigns" variant="subtle" color="gray">
          {say('later')}
        </Button>
      </Group>
    </Stack>
  );
}
