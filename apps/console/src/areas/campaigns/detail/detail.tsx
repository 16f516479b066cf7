import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconPencil, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { useLive } from '../../../api/live/live.tsx';
import { one } from '../../../api/queries.ts';
import { refresh, touch } from '../../../api/touch.ts';
import { useChange } from '../../../api/use-change.ts';
import { Action } from '../../../parts/action.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Notice } from '../../../parts/notice.tsx';
import { Page, Section } from '../../../parts/page.tsx';
import { Status } from '../../../parts/status.tsx';
import { Time } from '../../../parts/time.tsx';
import { useTypedCount } from '../../../parts/typed-count.tsx';
import { useTellWhy } from '../../../parts/use-tell-why.ts';
import { useTexts } from '../../../texts/language.tsx';
import { campaignStatus, campaignWait, guardStage, pausedBy } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { CampaignMenu } from '../campaign-menu.tsx';
import { useCommands } from '../commands.ts';
import { firstLine } from '../first-line.ts';
import { useAudienceWords } from '../names.ts';
import { StopDialog } from '../stop-dialog.tsx';
import { commandTexts } from '../texts.ts';
import { Answers } from './answers.tsx';
import classes from './detail.module.css';
import { Ladder } from './ladder.tsx';
import { Reasons } from './reasons.tsx';
import { Senders } from './senders.tsx';
import { detailTexts } from './texts.ts';
import { ThrottleOf } from './throttle.tsx';
import { Tiles } from './tiles.tsx';
import { Variants } from './variants.tsx';

const CourseChart = lazy(async () => ({ default: (await import('./course-chart.tsx')).CourseChart }));
const route = getRouteApi('/campaigns/$id');
/** How often is looked again at what is worked out and not counted, while it runs; in ms. */
const LOOK_AGAIN_MS = 10_000;

/** Of what goes on by itself. */
const isUnderWay = ({ status }: Campaign): boolean =>
  status === 'loading' || status === 'active' || status === 'paused' || status === 'scheduled';

export function CampaignDetail() {
  const { id } = route.useParams();
  const cache = useQueryClient();
  const own = one('/v1/campaigns/{id}', { path: { id } });
  const { data, error, refetch } = useQuery(own);
  useLive('campaigns', () => {
    void refresh(cache, { queryKey: own.queryKey, exact: true });
    void touch(cache, [
      '/v1/campaigns/{id}/metrics',
      '/v1/campaigns/{id}/guard',
      '/v1/campaigns/{id}/contacts',
    ]);
  });
  if (error && data === undefined) return <FaultBox error={error} again={() => void refetch()} />;
  if (data === undefined) {
    return (
      <Stack gap="md" aria-busy>
        <Skeleton height={28} width={280} />
        <Skeleton height={88} />
        <Skeleton height={280} />
      </Stack>
    );
  }
  return <Known campaign={data} />;
}

function Known({ campaign }: { campaign: Campaign }) {
  const say = useTexts(detailTexts);
  const told = useTexts(commandTexts);
  const audienceWords = useAudienceWords();
  const commands = useCommands();
  const [isStopping, setStopping] = useState(false);
  const { id } = campaign;
  const given = { path: { id } };
  const isMoving = isUnderWay(campaign);
  const again = isMoving ? { refetchInterval: LOOK_AGAIN_MS } : {};
  const metrics = useQuery(one('/v1/campaigns/{id}/metrics', given));
  const guard = useQuery(one('/v1/campaigns/{id}/guard', given));
  const course = useQuery({ ...one('/v1/campaigns/{id}/course', given), ...again });
  const senders = useQuery({ ...one('/v1/campaigns/{id}/senders', given), ...again });
  const estimate = useQuery({
    ...one('/v1/campaigns/{id}/estimate', given),
    enabled: isMoving,
    refetchInterval: 6 * LOOK_AGAIN_MS,
    retry: false,
  });
  const waiting = (metrics.data?.states ?? [])
    .filter(({ state }) => state === 'pending' || state === 'held' || state === 'queued')
    .reduce((sum, { contacts }) => sum + contacts, 0);
  const can = (command: Campaign['commands'][number]): boolean => campaign.commands.includes(command);
  const action = (
    <>
      {can('pause') && (
        <Action
          needs="operator"
          loading={commands.isBusy}
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          does={() => commands.pause(campaign)}
        >
          {told('pause')}
        </Action>
      )}
      {can('resume') && (
        <Action
          needs="operator"
          loading={commands.isBusy}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          does={() => commands.resume(campaign)}
        >
          {told('resume')}
        </Action>
      )}
      {campaign.status === 'draft' && (
        <Button
          component={Link}
          to={`/campaigns/${id}/edit`}
          leftSection={<IconPencil size={16} aria-hidden />}
        >
          {told('edit')}
        </Button>
      )}
      <CampaignMenu campaign={campaign} commands={commands} compact askToStop={() => setStopping(true)} />
    </>
  );
  return (
    <Page
      title={campaign.name}
      state={
        <div className={classes.state}>
          <Link to="/campaigns" className={classes.count}>
            {say('all')}
          </Link>
          <Status words={campaignStatus} of={campaign.status} />
          <Sentence campaign={campaign} finishesAt={estimate.data?.finishesAt ?? null} />
        </div>
      }
      action={action}
    >
      <Stack gap="lg">
        <Why
          campaign={campaign}
          pausedByItself={guard.data?.pausedBy ?? null}
          stage={guard.data?.start ?? null}
          waiting={metrics.data === undefined ? null : waiting}
        />
        {metrics.error ? (
          <FaultBox error={metrics.error} again={() => void metrics.refetch()} />
        ) : metrics.data === undefined ? (
          <Skeleton height={88} aria-busy />
        ) : (
          <Tiles campaign={campaign} metrics={metrics.data} guard={guard.data} />
        )}
        {campaign.type !== 'drill' && (
          <Section
            title={say('perMinute')}
            aside={
              <Text size="xs" c="dimmed">
                {course.data !== undefined && course.data.share < 1 ? say('drawn') : say('perMinuteNote')}
              </Text>
            }
          >
            <div className={`${classes.box} ${classes.chart}`}>
              {course.data === undefined ? (
                <Skeleton height={260} />
              ) : course.data.points.length === 0 && (estimate.data?.reached ?? 0) === 0 ? (
                <Text c="dimmed" ta="center" py={80}>
                  {say('nothingWent')}
                </Text>
              ) : (
                <Suspense fallback={<Skeleton height={260} />}>
                  <CourseChart course={course.data} zones={estimate.data?.zones ?? null} />
                </Suspense>
              )}
            </div>
          </Section>
        )}
        {metrics.data !== undefined && metrics.data.variants.length > 1 && (
          <Section title={say('variants')}>
            <Variants id={id} metrics={metrics.data} type={campaign.type} />
          </Section>
        )}
        {metrics.data !== undefined && metrics.data.keywords.length > 0 && (
          <Answers id={id} metrics={metrics.data} />
        )}
        {metrics.data !== undefined && <Ladder campaign={campaign} metrics={metrics.data} />}
        <div className={classes.columns}>
          <Section title={say('everybody')}>
            {metrics.data === undefined ? (
              <Skeleton height={160} />
            ) : (
              <Reasons id={id} metrics={metrics.data} />
            )}
          </Section>
          <Stack gap="lg">
            <Section title={say('senders')}>
              {senders.data === undefined ? (
                <Skeleton height={90} />
              ) : (
                <Senders senders={senders.data.items} />
              )}
            </Section>
            <Section title={say('what')}>
              <div className={classes.box}>
                <Stack gap={4} p="sm">
                  <Text size="sm">{firstLine(campaign) ?? say('noMessage')}</Text>
                  <Text size="sm" c="dimmed">
                    {audienceWords(campaign.definition.audience)}
                  </Text>
                  {campaign.definition.spreadOverMinutes !== null && (
                    <Text size="sm" c="dimmed">
                      {say('spread', { count: campaign.definition.spreadOverMinutes })}
                    </Text>
                  )}
                  <ThrottleOf campaign={campaign} />
                  <Text size="xs" c="dimmed">
                    {say('madeBy', { by: campaign.createdBy })}{' '}
                    {campaign.approvedBy !== null && say('approvedBy', { by: campaign.approvedBy })}
                  </Text>
                </Stack>
              </div>
            </Section>
          </Stack>
        </div>
      </Stack>
      <Outlet />
      {isStopping && (
        <StopDialog
          campaign={campaign}
          waiting={waiting}
          stop={commands.stop}
          close={() => setStopping(false)}
        />
      )}
    </Page>
  );
}

/** When it began and when it is done, in one sentence. */
function Sentence({ campaign, finishesAt }: { campaign: Campaign; finishesAt: string | null }) {
  const say = useTexts(detailTexts);
  const { definition, endedAt, startAt, startedAt, status } = campaign;
  if (endedAt !== null) {
    return (
      <span>
        {say('endedAt')} <Time at={endedAt} zone={definition.timeZone} />
      </span>
    );
  }
  if (startedAt !== null) {
    return (
      <span>
        {say('since')} <Time at={startedAt} as="ago" />
        {finishesAt !== null && status !== 'paused' && (
          <>
            {' · '}
            {say('doneBy')} <Time at={finishesAt} zone={definition.timeZone} />
          </>
        )}
      </span>
    );
  }
  if (status === 'scheduled' && startAt !== null) {
    return (
      <span>
        {say('startsAt')} <Time at={startAt} zone={definition.timeZone} />
      </span>
    );
  }
  return null;
}

/** Why it waits, paused by itself or failed, and what somebody can do. */
function Why({
  campaign,
  pausedByItself,
  stage,
  waiting,
}: {
  campaign: Campaign;
  /** How many it would reach; null: not known yet. */
  waiting: number | null;
  pausedByItself: string | null;
  stage: string | null;
}) {
  const say = useTexts(detailTexts);
  const why = useWord(pausedBy);
  const waits = useWord(campaignWait);
  const onError = useTellWhy();
  const approve = useChange('post', '/v1/campaigns/{id}/approve', { touches: ['/v1/campaigns'] });
  const { id, reason, status, waitsFor } = campaign;
  const typed = useTypedCount(waiting);
  const careful = stage !== null && stage !== 'open' && status === 'active';
  if (reason === null && !careful) return null;
  if (reason === null) {
    return (
      <Text size="sm">
        <Status words={guardStage} of={stage ?? ''} />
      </Text>
    );
  }
  const title =
    pausedByItself !== null
      ? why(pausedByItself).says
      : waitsFor !== null
        ? waits(waitsFor).says
        : say(status === 'failed' ? 'failed' : 'waits');
  return (
    <Notice tone={status === 'failed' ? 'bad' : 'held'} title={title}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{reason}</Text>
        {pausedByItself !== null && <Text size="sm">{say('resumeHint')}</Text>}
        {waitsFor === 'approval' && (
          <Group gap="xs" align="flex-end">
            {typed.field}
            <Action
              needs="operator"
              loading={approve.isPending}
              whyNot={typed.whyNot}
              does={() => approve.mutate({ path: { id } }, { onError })}
            >
              {say('approve')}
            </Action>
          </Group>
        )}
      </Stack>
    </Notice>
  );
}
