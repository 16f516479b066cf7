import { Button, Progress, Skeleton, Table, Text, Tooltip } from '@mantine/core';
import { IconSpeakerphone } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Campaign, CampaignGuard } from '#shared/api-client/api-types.ts';
import { one } from '../../api/queries.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { FaultBox } from '../../parts/fault-box.tsx';
import { Count } from '../../parts/number.tsx';
import { Time } from '../../parts/time.tsx';
import { useNow } from '../../parts/use-now.ts';
import { useLanguage, useTexts } from '../../texts/language.tsx';
import { doneOf, finishOf } from './finish.ts';
import classes from './home.module.css';
import { homeTexts } from './texts.ts';

/** As many as may run at once, and some. */
const SHOWN = 20;

/** Campaigns that run, how far they have come, when they end at this pace, and what they cost. */
export function RunningCampaigns() {
  const say = useTexts(homeTexts);
  const { data, error, refetch } = useQuery(
    one('/v1/campaigns', { query: { status: 'active', limit: SHOWN } }),
  );
  if (error && data === undefined) return <FaultBox error={error} again={() => void refetch()} />;
  if (data === undefined) return <Skeleton height={96} aria-busy />;
  if (data.items.length === 0) {
    return (
      <EmptyState
        icon={<IconSpeakerphone size={32} />}
        title={say('noneRunning')}
        hint={say('noneRunningHint')}
        action={
          <Button component={Link} to="/campaigns" variant="default">
            {say('toCampaigns')}
          </Button>
        }
      />
    );
  }
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table withTableBorder verticalSpacing={6} bg="var(--c-surface)">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('name')}</Table.Th>
            <Table.Th w={220}>{say('progress')}</Table.Th>
            <Table.Th w={90} ta="right">
              {say('held')}
            </Table.Th>
            <Table.Th w={180}>{say('finish')}</Table.Th>
            <Table.Th w={160}>{say('spend')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.items.map((campaign) => (
            <CampaignRow key={campaign.id} of={campaign} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function CampaignRow({ of: campaign }: { of: Pick<Campaign, 'id' | 'name' | 'startedAt'> }) {
  const say = useTexts(homeTexts);
  const now = useNow();
  const path = { id: campaign.id };
  const metrics = useQuery(one('/v1/campaigns/{id}/metrics', { path })).data;
  const guard = useQuery(one('/v1/campaigns/{id}/guard', { path })).data;
  const progress = metrics && doneOf(metrics);
  const finish = metrics && finishOf(campaign, metrics, now);
  const text = progress && say('ofAll', { part: progress.done, whole: progress.total });
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/campaigns/$id" params={path} className={classes.campaign}>
          {campaign.name}
        </Link>
      </Table.Td>
      <Table.Td>
        {progress && (
          <>
            {text}
            <Progress
              className={classes.bar}
              size={4}
              value={(progress.done / Math.max(1, progress.total)) * 100}
              aria-label={text}
            />
          </>
        )}
      </Table.Td>
      <Table.Td ta="right">{progress && <Count of={progress.held} />}</Table.Td>
      <Table.Td>
        {metrics && (
          <Tooltip label={say('finishHint')}>
            <span>
              {finish ? (
                <Time at={finish} as="ago" />
              ) : (
                <Text span c="dimmed">
                  {say('unknown')}
                </Text>
              )}
            </span>
          </Tooltip>
        )}
      </Table.Td>
      <Table.Td>{guard && <Spend of={guard} />}</Table.Td>
    </Table.Tr>
  );
}

function Spend({ of: { budget, cost, currency } }: { of: CampaignGuard }) {
  const say = useTexts(homeTexts);
  const language = useLanguage();
  const money = (amount: number): string => amount.toLocaleString(language, { style: 'currency', currency });
  return budget === null ? money(cost) : say('ofBudget', { part: money(cost), whole: money(budget) });
}
