import { Group, Select, Skeleton, Stack, Text } from '@mantine/core';
import { IconChartBar } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import type { DrillReport } from '#shared/api-client/api-types.ts';
import { one } from '../../../api/queries.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { FaultBox } from '../../../parts/fault-box.tsx';
import { languageName } from '../../../parts/languages.ts';
import { Count, Share } from '../../../parts/number.tsx';
import { Section } from '../../../parts/page.tsx';
import { Stat, Stats } from '../../../parts/stat.tsx';
import { type Column, DataTable } from '../../../parts/table/data-table.tsx';
import { wholeRows } from '../../../parts/table/use-rows.ts';
import { span } from '../../../parts/time.ts';
import { useLanguage, useTexts } from '../../../texts/language.tsx';
import classes from './drill.module.css';
import { DrillPage } from './head.tsx';
import {
  chosenOf,
  droppedOf,
  funnelOf,
  hardestOf,
  type LanguageReport,
  type PromptReport,
} from './report-rows.ts';
import { drillPageTexts } from './texts.ts';
import { WrongAnswers } from './wrong-answers.tsx';

const FunnelChart = lazy(async () => ({ default: (await import('./funnel-chart.tsx')).FunnelChart }));

const route = getRouteApi('/drills/drill/$slug');

/** Which question of a drill does not work: what people made of each. */
export function DrillReportScreen() {
  const { slug } = route.useParams();
  const { version } = route.useSearch();
  const asked = Number(version);
  const query = Number.isInteger(asked) && asked > 0 ? { version: asked } : {};
  const { data, error, refetch } = useQuery({
    ...one('/v1/drills/{slug}/report', { path: { slug }, query }),
    refetchInterval: 15_000,
  });
  return (
    <DrillPage slug={slug}>
      {error && data === undefined ? (
        <FaultBox error={error} again={() => void refetch()} />
      ) : data === undefined ? (
        <Skeleton height={320} />
      ) : (
        <Report slug={slug} report={data} />
      )}
    </DrillPage>
  );
}

function Report({ report: { items, version, versions }, slug }: { slug: string; report: DrillReport }) {
  const say = useTexts(drillPageTexts);
  const reader = useLanguage();
  const filters = route.useSearch();
  const navigate = route.useNavigate();
  const programmes = useQuery(one('/v1/programmes', { query: { limit: 200 } })).data?.items;
  const chosen = chosenOf(items, filters);
  if (version === null || items.length === 0) {
    return (
      <EmptyState icon={<IconChartBar size={32} />} title={say('noReport')} hint={say('noReportHint')} />
    );
  }
  const called = (slugOf: string | null): string =>
    slugOf === null ? say('noProgramme') : (programmes?.find((each) => each.slug === slugOf)?.name ?? slugOf);
  const keyOf = ({ language, programme }: LanguageReport): string => `${programme ?? '-'} ${language}`;
  return (
    <Stack gap="lg">
      <Group gap="sm" align="flex-end">
        <Select
          label={say('version')}
          w={150}
          allowDeselect={false}
          data={versions.map((each) => ({
            value: String(each),
            label: say('oldVersion', { version: each }),
          }))}
          value={String(version)}
          onChange={(value) =>
            void navigate({ search: value === null ? {} : { version: value }, replace: true })
          }
        />
        <Select
          label={say('who')}
          w={340}
          maw="100%"
          allowDeselect={false}
          data={items.map((item) => ({
            value: keyOf(item),
            label: say('whoIs', {
              programme: called(item.programme),
              language: languageName(item.language, reader),
              count: item.started,
            }),
          }))}
          value={chosen === null ? null : keyOf(chosen)}
          onChange={(value) => {
            const [programme, language] = (value ?? '').split(' ');
            void navigate({ search: (before) => ({ ...before, programme, language }), replace: true });
          }}
        />
      </Group>
      {chosen === null ? (
        <EmptyState title={say('noReport')} hint={say('noReportHint')} />
      ) : (
        <OfLanguage slug={slug} report={chosen} />
      )}
    </Stack>
  );
}

function OfLanguage({ report, slug }: { slug: string; report: LanguageReport }) {
  const say = useTexts(drillPageTexts);
  const reader = useLanguage();
  const columns = useColumns();
  const bars = useMemo(() => funnelOf(report), [report]);
  const hardest = hardestOf(report);
  const dropped = report.prompts.reduce((sum, prompt) => sum + droppedOf(prompt), 0);
  const waiting = report.prompts.reduce((sum, prompt) => sum + prompt.waiting, 0);
  return (
    <>
      <Stats>
        <Stat label={say('began')} value={<Count of={report.started} />} note={say('beganNote')} />
        <Stat
          label={say('completed')}
          value={<Count of={report.completed} />}
          note={<Share part={report.completed} whole={report.started} />}
        />
        <Stat label={say('waiting')} value={<Count of={waiting} />} note={say('waitingNote')} />
        <Stat
          label={say('dropped')}
          value={<Count of={dropped} />}
          note={<Share part={dropped} whole={report.started} />}
          tone={report.started > 0 && dropped / report.started > 0.25 ? 'held' : undefined}
        />
        <Stat
          label={say('hardest')}
          value={hardest === null ? '–' : hardest.prompt}
          note={
            hardest === null ? (
              say('hardestNone')
            ) : (
              <Share part={hardest.passed} whole={hardest.passed + hardest.abandoned} />
            )
          }
        />
      </Stats>
      <Section title={say('funnel')}>
        <div className={classes.box}>
          <Suspense fallback={<Skeleton height={bars.length * 34 + 76} />}>
            <FunnelChart bars={bars} />
          </Suspense>
        </div>
      </Section>
      <Section title={say('questions')}>
        <DataTable
          id="drill-report"
          label={say('questions')}
          columns={columns}
          rows={wholeRows(report.prompts)}
          rowId={({ prompt }) => prompt}
          empty={<Text>{say('noReport')}</Text>}
        />
        <Text size="xs" c="dimmed">
          {say('timesHint', { days: span(7 * 86_400_000, reader) })}
        </Text>
      </Section>
      <Section title={say('wrongAnswers')}>
        <Text size="sm" c="dimmed">
          {say('wrongHint')}
        </Text>
        <WrongAnswers slug={slug} report={report} />
      </Section>
    </>
  );
}

function useColumns(): Column<PromptReport>[] {
  const say = useTexts(drillPageTexts);
  const reader = useLanguage();
  return useMemo<Column<PromptReport>[]>(() => {
    const time = (seconds: number | null): string => (seconds === null ? '–' : span(seconds * 1_000, reader));
    return [
      { id: 'prompt', title: say('question'), width: 190, fixed: true, cell: ({ prompt }) => prompt },
      {
        id: 'reached',
        title: say('reached'),
        width: 90,
        align: 'right',
        cell: ({ reached }) => <Count of={reached} />,
      },
      {
        id: 'passed',
        title: say('passRate'),
        width: 170,
        cell: ({ abandoned, noted, passRate, passed }) =>
          passRate === null ? (
            noted > 0 && say('anyAnswer')
          ) : (
            <Share part={passed} whole={passed + abandoned} />
          ),
      },
      {
        id: 'first',
        title: say('firstTry'),
        width: 170,
        cell: ({ abandoned, firstPassRate, passed, passedFirst }) =>
          firstPassRate !== null && <Share part={passedFirst} whole={passed + abandoned} />,
      },
      {
        id: 'attempts',
        title: say('attempts'),
        width: 130,
        align: 'right',
        cell: ({ answers, abandoned, noted, passed }) => {
          const people = passed + abandoned + noted;
          return people > 0 && (answers / people).toLocaleString(reader, { maximumFractionDigits: 2 });
        },
      },
      {
        id: 'dropped',
        title: say('dropOff'),
        width: 160,
        cell: (prompt) => <Share part={droppedOf(prompt)} whole={prompt.reached} />,
      },
      {
        id: 'reminded',
        title: say('reminded'),
        width: 96,
        align: 'right',
        extra: true,
        cell: ({ reminded }) => <Count of={reminded} />,
      },
      {
        id: 'median',
        title: say('median'),
        width: 130,
        align: 'right',
        cell: ({ answerTime }) => time(answerTime.medianSeconds),
      },
      {
        id: 'p90',
        title: say('p90'),
        width: 120,
        align: 'right',
        cell: ({ answerTime }) => time(answerTime.p90Seconds),
      },
    ];
  }, [reader, say]);
}
