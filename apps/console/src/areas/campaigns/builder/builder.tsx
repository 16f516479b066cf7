import { Button, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Campaign } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { Page } from '../../../parts/page.tsx';
import { useTexts } from '../../../texts/language.tsx';
import { campaignStatus, campaignType } from '../../../words/campaigns.ts';
import { useWord } from '../../../words/use-word.ts';
import { CampaignMenu } from '../campaign-menu.tsx';
import { useCommands } from '../commands.ts';
import { Audience } from './audience.tsx';
import { Basics } from './basics.tsx';
import classes from './builder.module.css';
import { MessageSection } from './message.tsx';
import { Review } from './review.tsx';
import { ScheduleSection } from './schedule.tsx';
import { faultsBySection, type Section, sections } from './sections.ts';
import { SendersSection } from './senders.tsx';
import { builderTexts } from './texts.ts';
import { DraftContext, useUnsaved } from './use-draft.ts';

const route = getRouteApi('/campaigns/$id/edit');

const drawn: Readonly<Record<Section, () => React.ReactNode>> = {
  basics: Basics,
  audience: Audience,
  message: MessageSection,
  senders: SendersSection,
  schedule: ScheduleSection,
  review: Review,
};

export function CampaignBuilder() {
  const say = useTexts(builderTexts);
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(one('/v1/campaigns/{id}', { path: { id } }));
  if (error && data === undefined) return <FaultBox error={error} again={() => void refetch()} />;
  if (data === undefined) {
    return (
      <Stack gap="md" aria-busy>
        <Skeleton height={28} width={280} />
        <Skeleton height={360} />
      </Stack>
    );
  }
  if (data.status !== 'draft') {
    return (
      <Page title={data.name}>
        <EmptyState
          title={say('noDraft')}
          hint={say('noDraftHint')}
          action={
            <Button component={Link} to={`/campaigns/${id}`} variant="default">
              {say('toDetail')}
            </Button>
          }
        />
      </Page>
    );
  }
  return <Building campaign={data} />;
}

function Building({ campaign }: { campaign: Campaign }) {
  const say = useTexts(builderTexts);
  const type = useWord(campaignType);
  const status = useWord(campaignStatus);
  const commands = useCommands();
  const { section = 'basics' } = route.useSearch();
  const { id } = campaign;
  const { data: check } = useQuery(one('/v1/campaigns/{id}/check', { path: { id } }));
  const faults = useMemo(() => faultsBySection(check?.faults ?? [], campaign.type), [check, campaign.type]);
  const draft = useMemo(() => ({ campaign, check }), [campaign, check]);
  const Chosen = drawn[section];
  const unsaved = useUnsaved(id);
  const stateOf = (each: Section): { tone?: 'good' | 'held'; says: string } => {
    if (unsaved.has(each)) return { tone: 'held', says: say('notSavedYet') };
    if (check === undefined) return { says: '…' };
    if (each === 'review') {
      return check.mayStart
        ? { tone: 'good', says: say('mayStart') }
        : { tone: 'held', says: say('mayNotStart') };
    }
    const found = faults.get(each)?.length ?? 0;
    return found === 0
      ? { tone: 'good', says: say('complete') }
      : { tone: 'held', says: say('blocksCount', { count: found }) };
  };
  return (
    <DraftContext value={draft}>
      <Page
        title={campaign.name}
        state={`${status('draft').says} · ${type(campaign.type).says} · ${say('draftState')}`}
        action={<CampaignMenu campaign={campaign} commands={commands} compact askToStop={() => undefined} />}
      >
        <div className={classes.whole}>
          <nav aria-label={say('sections')}>
            <ol className={classes.nav}>
              {sections.map((each) => {
                const { says, tone } = stateOf(each);
                return (
                  <li key={each}>
                    <Link
                      to="/campaigns/$id/edit"
                      params={{ id }}
                      search={{ section: each }}
                      className={classes.step}
                      aria-current={each === section ? 'step' : undefined}
                      activeProps={{}}
                    >
                      {say(each)}
                      <span className={classes.stepState} data-tone={tone}>
                        {says}
                      </span>
                    </Link>
                  </li>
                );
              })}
            </ol>
          </nav>
          <section className={classes.section} aria-label={say(section)}>
            <Chosen key={section} />
          </section>
        </div>
      </Page>
    </DraftContext>
  );
}
